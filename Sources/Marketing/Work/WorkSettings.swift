/// What an operator may change about the queue of work.
package struct WorkSettings: Sendable, Hashable {
  /// How soon work is due.
  package var urgency = WorkUrgency()
  /// How long what failed waits.
  package var backoff = Backoff()
  /// How often work is attempted.
  package var attempts = WorkDraft.attempts
  /// For how long what is done is kept.
  package var keepsDone = Duration.days(7)

  /// The usual settings.
  package init() {}
}
