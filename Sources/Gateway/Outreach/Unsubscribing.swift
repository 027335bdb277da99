/// What the gateway asks of who knows the links in mails.
package struct Unsubscribing: Sendable {
  /// Whether a token is one of ours.
  package var isKnown: @Sendable (String) -> Bool
  /// Has the person of a token get no more mails; returns whether the token is one of ours. The same again changes
  /// nothing.
  package var unsubscribe: @Sendable (String) async throws -> Bool
  /// Who sends the mails; `nil` where nobody says.
  package var organization: String?

  /// Who knows the links.
  package init(
    organization: String? = nil, isKnown: @escaping @Sendable (String) -> Bool,
    unsubscribe: @escaping @Sendable (String) async throws -> Bool
  ) {
    self.organization = organization
    self.isKnown = isKnown
    self.unsubscribe = unsubscribe
  }
}
