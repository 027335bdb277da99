package import JSONRPC

extension RPCError.Code {
  /// The request was cancelled; answered only where a stream has to end with an answer.
  package static let requestCancelled: Self = -32800
  /// A resource that is not there, in the revisions with a handshake.
  package static let resourceNotFound: Self = -32002
  /// An HTTP header is missing, repeated, malformed or says something else than the message.
  package static let headerMismatch: Self = -32020
  /// The call cannot go on without a capability that the request did not declare; `data` names it.
  package static let missingClientCapability: Self = -32021
  /// A revision we do not serve; `data` lists the ones we do.
  package static let unsupportedProtocolVersion: Self = -32022
  /// Too many requests are in flight: repeat the call later. Our own code, outside JSON-RPC's range.
  package static let overloaded: Self = -31001
  /// Too many requests in a short time: repeat the call after `data.retryAfterMs`. Our own code.
  package static let rateLimited: Self = -31002
}

extension RPCError {
  static func methodNotFound(_ method: String, hint: String = "") -> RPCError {
    RPCError(.methodNotFound, "Method not found: \(method.shortened(to: 80))\(hint)")
  }

  static func notInitialized(_ method: String) -> RPCError {
    RPCError(
      .invalidRequest,
      "Server not initialized: send 'initialize' before '\(method.shortened(to: 80))'")
  }

  /// The error for a revision we do not serve.
  package static func unsupportedVersion(_ requested: String) -> RPCError {
    RPCError(
      .unsupportedProtocolVersion, "Unsupported protocol version",
      data: [
        "supported": .array(ProtocolVersion.modernVersions.map { .string($0.rawValue) }),
        // In full, as clients compare it; cut only where it cannot be meant.
        "requested": .string(requested.shortened(to: 1024)),
      ])
  }

  static func missingCapability(_ capabilities: JSONObject) -> RPCError {
    RPCError(
      .missingClientCapability,
      "Missing required client capability: \(capabilities.keys.joined(separator: ", "))",
      data: ["requiredCapabilities": .object(capabilities)])
  }
}
