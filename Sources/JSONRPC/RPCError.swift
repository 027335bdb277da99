/// A JSON-RPC error. Its code, message and data cross the wire; cause and place stay here, for the log.
package struct RPCError: Error, Sendable, Hashable {
  /// The kind of failure, as JSON-RPC 2.0 and the protocol above it number them.
  package struct Code: RawRepresentable, Sendable, Hashable, ExpressibleByIntegerLiteral {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package init(integerLiteral value: Int64) { self.rawValue = value }

    /// The bytes are not JSON, not UTF-8, or nested too deeply: send valid JSON.
    package static let parseError: Code = -32700
    /// JSON, but not one valid request or notification: correct the message's frame.
    package static let invalidRequest: Code = -32600
    /// No such method, or not in this version or with these capabilities: do not repeat the call.
    package static let methodNotFound: Code = -32601
    /// The parameters are wrong: correct them as the message says.
    package static let invalidParams: Code = -32602
    /// Our fault; repeating the call may help.
    package static let internalError: Code = -32603
  }

  /// The kind of failure.
  package let code: Code
  /// One short sentence for the peer: what was found, what would be accepted.
  package let message: String
  /// Facts that a program can act on.
  package let data: JSONValue?
  /// What made it happen, for the log only.
  package let cause: String?
  /// Where in the source it was raised, for the log only.
  package let place: String

  /// An error raised at the caller's place.
  package init(
    _ code: Code, _ message: String, data: JSONValue? = nil, cause: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.code = code
    self.message = message
    self.data = data
    self.cause = cause
    self.place = "\(file):\(line)"
  }

  /// What crosses the wire.
  package var json: JSONValue {
    var object: JSONObject = ["code": .integer(code.rawValue), "message": .string(message)]
    object["data"] = data
    return .object(object)
  }

  /// Reads an error object that a peer sent; `nil` when its code or message is missing.
  package init?(json: JSONValue) {
    guard let code = json["code"]?.integerValue, let message = json["message"]?.stringValue
    else { return nil }
    self.init(Code(rawValue: code), message, data: json["data"])
  }

  package static func == (left: RPCError, right: RPCError) -> Bool {
    left.code == right.code && left.message == right.message && left.data == right.data
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
  }
}
