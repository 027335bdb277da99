import JSONRPC

/// What every request of the modern era says of itself, and the little that `_meta` says in both.
struct RequestEnvelope: Sendable {
  let version: ProtocolVersion
  let client: ClientCapabilities
  let logLevel: LogLevel?

  /// Whether a request belongs to the modern era: the version key alone decides.
  static func isModern(_ request: Request) -> Bool {
    request.method != "initialize"
      && request.params["_meta"]?[MetaKey.protocolVersion] != nil
  }

  /// The revision a modern request is written in: what is checked before the method is looked at.
  /// - Parameter checkHeaders: checks what must hold before the revision itself is looked at.
  /// - Throws: -32602 naming what is missing or wrong, -32022 for a revision we do not serve.
  static func version(
    of params: JSONObject, checkHeaders: () throws(RPCError) -> Void = {}
  ) throws(RPCError) -> ProtocolVersion {
    guard let meta = params["_meta"]?.objectValue else {
      throw RPCError(.invalidParams, "'_meta' is missing, expected an object")
    }
    let missing = [MetaKey.protocolVersion, MetaKey.clientCapabilities].filter { meta[$0] == nil }
    guard missing.isEmpty else {
      throw RPCError(
        .invalidParams, "_meta: required keys are missing: \(missing.joined(separator: ", "))",
        data: ["missing": .array(missing.map(JSONValue.string))])
    }
    try checkHeaders()
    guard let written = meta[MetaKey.protocolVersion]?.stringValue else {
      throw RPCError(.invalidParams, "_meta: '\(MetaKey.protocolVersion)' must be a string")
    }
    guard let version = ProtocolVersion(rawValue: written), version.era == .modern else {
      throw RPCError.unsupportedVersion(written)
    }
    return version
  }

  /// Reads the rest of a modern envelope, once it is known that there is such a method.
  /// - Throws: -32602 naming what is wrong.
  init(_ params: JSONObject, version: ProtocolVersion) throws(RPCError) {
    let meta = params["_meta"]?.objectValue ?? [:]
    guard let client = meta[MetaKey.clientCapabilities]?.objectValue else {
      throw RPCError(.invalidParams, "_meta: '\(MetaKey.clientCapabilities)' must be an object")
    }
    self.version = version
    self.client = ClientCapabilities(client)
    switch meta[MetaKey.logLevel] {
    case nil: self.logLevel = nil
    case .some(let level):
      guard let known = level.stringValue.flatMap(LogLevel.init) else {
        throw RPCError.badLogLevel
      }
      self.logLevel = known
    }
  }

  /// The progress token of a request of either era.
  /// - Throws: -32602 for a `_meta` that is no object and a token that is neither string nor integer.
  static func progressToken(_ params: JSONObject) throws(RPCError) -> JSONValue? {
    switch params["_meta"] {
    case nil: return nil
    case .object(let meta):
      guard let token = meta[MetaKey.progressToken] else { return nil }
      guard RequestID(token) != nil else {
        throw RPCError(
          .invalidParams,
          "_meta: 'progressToken' is \(token.typeName), expected a string or integer")
      }
      return token
    case .some(let other):
      throw RPCError(.invalidParams, "'_meta' is \(other.typeName), expected an object")
    }
  }
}

extension RPCError {
  static var badLogLevel: RPCError {
    let levels = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
    return RPCError(.invalidParams, "Invalid log level: one of \(levels)")
  }
}
