import JSONRPC
package import Marketing

/// The queue of work with what its users have in common: what is logged of an item, how long what failed waits,
/// when work is due, and how to wait for it.
package struct WorkDesk: Sendable {
  /// The queue.
  package let store: any WorkQueueStore
  /// The ways of leads.
  package let journeys: any JourneyStore
  /// What tells that something has happened.
  package let events: any EventLog
  /// What an operator may change.
  package let settings: WorkSettings

  /// A desk.
  package init(
    store: any WorkQueueStore, journeys: any JourneyStore, events: any EventLog,
    settings: WorkSettings = WorkSettings()
  ) {
    self.store = store
    self.journeys = journeys
    self.events = events
    self.settings = settings
  }

  /// What is logged of items.
  /// - Parameter kind: what happened to them, unless they died of it.
  package func noting(
    _ kind: Event.Kind, actor: String, at now: Timestamp
  ) -> WorkQueueStore.Events {
    { [Event.ofWork($0, kind, id: Self.newName("evt_", at: now), actor: actor, at: now)] }
  }

  /// How long to wait after so many attempts.
  var delay: @Sendable (Int) -> Duration {
    { [backoff = settings.backoff] attempts in
      var generator = SystemRandomNumberGenerator()
      return backoff.delay(after: attempts, using: &generator)
    }
  }

  /// When work for a lead is due: counted from when it came in, or where it was triaged anew on its way, as who
  /// writes again is, from then.
  /// - Parameters:
  ///   - triagedAt: when the lead was triaged last.
  ///   - queuedAt: when it was put into the queue, where no step tells when the lead came in.
  func dueAt(
    _ kind: WorkKind, for lead: Lead?, triagedAt: Timestamp?, queuedAt: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> Timestamp {
    let journey = try lead.flatMap { (lead) throws(StoreError) in
      try journeys.journey(of: lead.id, in: workspace)
    }
    return settings.urgency.dueAt(
      kind, category: lead?.category,
      receivedAt: journey?.receivedAt(triagedAt: triagedAt) ?? queuedAt)
  }

  package static func newName<Entity>(_ prefix: String, at now: Timestamp) -> Identifier<Entity> {
    var generator = SystemRandomNumberGenerator()
    return Identifier.make(
      prefix: prefix, at: now, random: (generator.next(), generator.next()))
  }
}
