/// What an operator may change about handoffs.
package struct HandoffSettings: Sendable, Hashable {
  /// How long an offer stands where the sender does not say.
  package var offerLifetime = Duration.seconds(900)
  /// How long a receiver has a lead to itself where it does not say.
  package var lease = Duration.seconds(300)
  /// How long a person has to decide about a packet that is not good enough.
  package var escalationLifetime = Duration.seconds(4 * 3600)
  /// Who has to decide about it where the sender does not say.
  package var escalationOwner = "sales-manager"
  /// How often is looked for offers whose time is over.
  package var checkInterval = Duration.seconds(1)
  /// How long to wait before a packet that is not good enough is collected anew.
  package var backoff = Backoff(base: .milliseconds(50), most: .seconds(1))
  /// The hours of calls and SMS that a packet names.
  package var quietHours = QuietHours()

  /// The defaults.
  package init() {}
}
