import JSONRPC

extension Event.Kind {
  /// Work was put into the queue.
  package static let workEnqueued: Self = "work.enqueued"
  /// A worker has it now.
  package static let workClaimed: Self = "work.claimed"
  /// Work is done.
  package static let workCompleted: Self = "work.completed"
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
  /// What the log says of an item: of one that is claimed, done or dead now that, of one that waits its kind.
  /// - Parameter kind: why it waits.
  package static func ofWork(
    _ item: WorkItem, _ kind: Kind, id: EventID, actor: String, at now: Timestamp
  ) -> Event {
    let told: Kind =
      switch item.state {
      case .ready: kind
      case .claimed: .workClaimed
      case .done: .workCompleted
      case .dead: .workDeadLettered
      }
    var facts: JSONObject = [
      "workID": .string(item.id.rawValue), "kind": .string(item.kind.rawValue),
      "role": .string(item.role.rawValue), "attempts": JSONValue(item.attempts),
    ]
    if item.state == .claimed { facts["worker"] = item.worker.map(JSONValue.string) }
    return Event(
      id: id, kind: told, leadID: item.leadID, occurredAt: now, actor: actor, facts: facts)
  }
}
