package import MCP
package import Marketing

/// Tells who makes a request: from an access key of our own, from a token of the issuer, or, on a machine's
/// own address and as long as neither exists, from nothing.
package final class Authenticator: Sendable {
  private let keys: AccessKeyCheck
  private let tokens: TokenVerifier?
  private let selections: [ToolSelection]
  private let workspace: WorkspaceID
  private let allowsAnonymous: Bool

  /// An authenticator.
  /// - Parameters:
  ///   - tokens: checks the tokens of the issuer, where one is configured.
  ///   - selections: what everybody is offered of the tools that their scopes allow.
  ///   - workspace: the one of requests without a credential.
  ///   - allowsAnonymous: whether anything may be done without a credential while there is neither a key
  ///     nor an issuer. Only where nobody but this machine's users can connect.
  package init(
    keys: any AccessKeyStore, tokens: TokenVerifier? = nil, selections: [ToolSelection] = [],
    workspace: WorkspaceID = .default, allowsAnonymous: Bool
  ) {
    self.keys = AccessKeyCheck(keys)
    self.tokens = tokens
    self.selections = selections
    self.workspace = workspace
    self.allowsAnonymous = allowsAnonymous
  }

  /// Tells who makes a request.
  /// - Parameter authorization: every value of its `Authorization` header, as they came.
  package func authenticate(
    authorization: [String], at now: Timestamp
  ) async throws(AccessRefusal) -> Identity {
    guard let token = try BearerToken.read(authorization)?.text else {
      return try anonymous(at: now)
    }
    if token.hasPrefix("lr_") {
      return identity(of: try await keys.check(token, at: now))
    }
    guard let tokens else {
      throw AccessRefusal(.invalidToken, "the token is no access key, and no issuer is trusted")
    }
    var identity = try await tokens.verify(token, at: now)
    identity.principal.selections += selections
    return identity
  }

  /// Whether somebody who was let in still would be: asked for each message of a connection that stays
  /// open. Takes a look-up in memory, and once a second one in the store.
  package func isStillValid(_ identity: Identity, at now: Timestamp) -> Bool {
    if let end = identity.expiresAt, end <= now { return false }
    switch identity.credential {
    case .token: return true
    case .accessKey(let id): return keys.isGood(id, at: now)
    case .none: return (try? anonymous(at: now)) != nil
    }
  }

  private func anonymous(at now: Timestamp) throws(AccessRefusal) -> Identity {
    let hasKeys: Bool
    do {
      hasKeys = try keys.hasKeys(at: now)
    } catch {
      throw AccessRefusal(.unavailable, "access keys cannot be checked now")
    }
    guard allowsAnonymous, tokens == nil, !hasKeys else {
      throw AccessRefusal(
        .invalidToken, "a credential is needed: send Authorization: Bearer and a token")
    }
    return Identity(
      principal: Principal(
        name: "anonymous", workspace: workspace.rawValue, scopes: Set(Scopes.allButAdmin),
        selections: selections),
      credential: .none)
  }

  private func identity(of key: AccessKey) -> Identity {
    Identity(
      principal: Principal(
        name: "key:\(key.id)", workspace: key.workspace.rawValue, scopes: key.scopes,
        selections: selections),
      credential: .accessKey(key.id), expiresAt: key.expiresAt)
  }
}
