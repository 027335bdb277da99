package import MCP
package import Marketing

/// Who makes a request over HTTP or WebSocket, and until when that holds.
package struct Identity: Sendable, Hashable {
  /// What it was told from.
  package enum Credential: Sendable, Hashable {
    /// Nothing was presented, and nothing has to be.
    case none
    /// A key of our own.
    case accessKey(AccessKeyID)
    /// A token of the issuer.
    case token
  }

  /// Who it is for the protocol, and what it may do.
  package var principal: Principal
  /// What it was told from.
  package var credential: Credential
  /// From when on it is nobody; `nil` for never.
  package var expiresAt: Timestamp?

  /// An identity.
  package init(principal: Principal, credential: Credential, expiresAt: Timestamp? = nil) {
    self.principal = principal
    self.credential = credential
    self.expiresAt = expiresAt
  }
}
