package import JSONRPC

/// Work that is done at once by whoever stores what it comes from. It is in the queue, in that one's hands, for the
/// case that it dies before it is through: then its time runs out, and an agent does the work.
package struct WorkHold: Sendable {
  /// The work.
  package var draft: WorkDraft
  /// Who has it.
  package var worker: String
  /// For how long.
  package var lease: Duration
  /// From when on.
  package var time: Timestamp
  /// What is logged of it.
  package var events: WorkQueueStore.Events

  /// Work in somebody's hands.
  package init(
    _ draft: WorkDraft, by worker: String, lease: Duration, at time: Timestamp,
    events: @escaping WorkQueueStore.Events
  ) {
    self.draft = draft
    self.worker = worker
    self.lease = lease
    self.time = time
    self.events = events
  }
}

/// Work that is done by what is stored with it: the two are one transaction.
package struct WorkEnding: Sendable {
  /// Who has it. Where another one has it by now it is not ended.
  package var held: HeldWork
  /// What came of it. No personal data.
  package var result: JSONObject
  /// When.
  package var time: Timestamp
  /// What is logged of it.
  package var events: WorkQueueStore.Events

  /// The end of held work.
  package init(
    _ held: HeldWork, result: JSONObject, at time: Timestamp,
    events: @escaping WorkQueueStore.Events
  ) {
    self.held = held
    self.result = result
    self.time = time
    self.events = events
  }
}
