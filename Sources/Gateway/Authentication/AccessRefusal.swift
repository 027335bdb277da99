package import JSONRPC

/// Why a request is not let in (RFC 6750, section 3.1). Holds nothing of what was presented.
package struct AccessRefusal: Error, Sendable, Hashable {
  /// The kind of refusal, by its name on the wire.
  package enum Code: String, Sendable, Hashable {
    /// The request cannot be read: correct it.
    case invalidRequest = "invalid_request"
    /// There is no credential, or one that is not good: get another.
    case invalidToken = "invalid_token"
    /// The credential is good and does not suffice: get one with the scopes that are named.
    case insufficientScope = "insufficient_scope"
    /// The credential cannot be checked now: try again.
    case unavailable = "temporarily_unavailable"
  }

  /// The kind of refusal.
  package let code: Code
  /// What is wrong, for people.
  package let description: String
  /// All scopes that the request needs, when that is known.
  package let scopes: [String]

  /// A refusal.
  package init(_ code: Code, _ description: String, scopes: Set<String> = []) {
    self.code = code
    self.description = description
    self.scopes = scopes.sorted()
  }

  /// A request that needs other scopes than it has.
  package static func insufficientScope(_ needed: Set<String>) -> AccessRefusal {
    AccessRefusal(
      .insufficientScope, "this needs the scopes \(needed.sorted().joined(separator: " "))",
      scopes: needed)
  }

  /// The same refusal with the scopes that the request needs.
  package func needing(_ scopes: Set<String>) -> AccessRefusal {
    AccessRefusal(code, description, scopes: scopes)
  }

  /// The HTTP status: 400, 401, 403 or 503.
  package var status: Int {
    switch code {
    case .invalidRequest: 400
    case .invalidToken: 401
    case .insufficientScope: 403
    case .unavailable: 503
    }
  }

  /// The value of `WWW-Authenticate`; `nil` when another credential would not help.
  /// - Parameter resourceMetadata: the URL of our `ProtectedResourceMetadata`.
  package func challenge(resourceMetadata: String?) -> String? {
    guard code != .unavailable else { return nil }
    var parameters = [
      ("error", code.rawValue), ("error_description", description),
    ]
    if !scopes.isEmpty { parameters.append(("scope", scopes.joined(separator: " "))) }
    if let resourceMetadata { parameters.append(("resource_metadata", resourceMetadata)) }
    return "Bearer "
      + parameters.map { "\($0)=\"\(Self.quotable($1))\"" }.joined(separator: ", ")
  }

  /// The body of the answer.
  package var body: JSONValue {
    ["error": .string(code.rawValue), "error_description": .string(description)]
  }

  /// The text in the characters that RFC 6750 allows between quotation marks.
  private static func quotable(_ text: String) -> String {
    String(
      decoding: text.utf8.map { byte -> UInt8 in
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "'")
        case 0x20...0x7E: byte
        default: UInt8(ascii: "?")
        }
      }, as: UTF8.self)
  }
}
