import JSONRPC

extension Event.Kind {
  /// Work was put into the queue.
  package static let workEnqueued: Self = "work.enqueued"
  /// Work was given back, or taken back from a worker that was silent.
  package static let workReleased: Self = "work.released"
  /// An attempt failed; there will be another one.
  package static let workFailed: Self = "work.failed"
  /// Work is given up until a person looks.
  package static let workDeadLettered: Self = "work.dead_lettered"
  /// Work that was given up is tried again.
  package static let workRequeued: Self = "work.requeued"
  /// A lead has taken a step that no other event tells of.
  package static let journeyAdvanced: Self = "journey.advanced"

  /// Whether it tells of work.
  package var isOfWork: Bool { rawValue.hasPrefix("work.") }
}

extension Event {
  /// What the log says of an item.
  /// - Parameter kind: what happened to it; of one that is dead now always that.
  package static func ofWork(
    _ item: WorkItem, _ kind: Kind, id: EventID, actor: String, at now: Timestamp
  ) -> Event {
    Event(
      id: id, kind: item.state == .dead ? .workDeadLettered : kind, leadID: item.leadID,
      occurredAt: now, actor: actor,
      facts: [
        "workID": .string(item.id.rawValue), "kind": .string(item.kind.rawValue),
        "role": .string(item.role.rawValue), "attempts": JSONValue(item.attempts),
      ])
  }
}
