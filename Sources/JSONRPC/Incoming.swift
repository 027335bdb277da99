/// What one frame of a transport holds.
package enum Incoming: Sendable, Hashable {
  /// One value, to be read as a message.
  case single(JSONValue)
  /// A JSON-RPC batch, never empty.
  case batch([JSONValue])

  /// Parses a frame.
  /// - Throws: `RPCError` -32700 for bytes that are not JSON or are nested too deeply, -32600 for an
  ///   empty batch or a frame over the size limit; both are answered with `id: null`.
  package init(parsing frame: some Collection<UInt8>, with parser: JSONParser) throws(RPCError) {
    let value: JSONValue
    do {
      value = try parser.parse(frame)
    } catch {
      let code: RPCError.Code = error.reason == .size ? .invalidRequest : .parseError
      throw RPCError(code, "\(code == .parseError ? "Parse error" : "Invalid request"): \(error)")
    }
    guard case .array(let elements) = value else {
      self = .single(value)
      return
    }
    guard !elements.isEmpty else {
      throw RPCError(.invalidRequest, "Invalid request: found an empty batch")
    }
    self = .batch(elements)
  }
}

extension Incoming {
  /// The method of a single request or notification.
  package var method: String? {
    guard case .single(let value) = self else { return nil }
    return value["method"]?.stringValue
  }

  /// The id of a single request, when it is one.
  package var id: RequestID? {
    guard case .single(let value) = self else { return nil }
    return RequestID(value["id"])
  }
}
