import JSONRPC
import Marketing

extension WorkDraft {
  static func sample(
    _ id: String, role: AgentRoleID = "triage", of lead: LeadID? = nil, key: String? = nil,
    due seconds: Int = 60, attempts: Int = 3
  ) -> WorkDraft {
    WorkDraft(
      id: WorkID(rawValue: id), kind: .triageLead, role: role, leadID: lead, subject: "sub_\(id)",
      key: key ?? "key_\(id)", dueAt: noon + .seconds(seconds), maxAttempts: attempts,
      payload: ["n": 1, "nested": ["a": [1.5, nil, "ü\u{0}"]]])
  }
}

extension Event {
  /// One for each item that a store tells of, named by what it is.
  static let ofWork: @Sendable (WorkItem) -> [Event] = { item in
    [
      .ofWork(
        item, .workReleased,
        id: EventID(
          rawValue:
            "evt_\(item.id)_\(item.state.rawValue)_\(item.claim)_\(item.updatedAt.milliseconds)"),
        actor: "tests/work", at: item.updatedAt)
    ]
  }
}

extension WorkItem {
  var held: HeldWork { HeldWork(id, claim: claim) }
}

extension Stores {
  func enqueue(
    _ drafts: WorkDraft..., at seconds: Int = 0, in workspace: WorkspaceID = .default
  ) async throws -> [QueuedWork] {
    try await work.enqueue(
      drafts, at: noon + .seconds(seconds), events: Event.ofWork, in: workspace)
  }

  func claim(
    _ limit: Int = 1, role: AgentRoleID = "triage", by worker: String = "w1", at seconds: Int = 0,
    lease: Int = 60, in workspace: WorkspaceID = .default
  ) async throws -> [WorkItem] {
    try await work.claim(
      WorkRequest(
        role: role, worker: worker, limit: limit, lease: .seconds(lease),
        time: noon + .seconds(seconds)), events: Event.ofWork, in: workspace)
  }

  func complete(
    _ held: HeldWork, next: [WorkDraft] = [], at seconds: Int = 1
  ) async throws(StoreError) -> WorkCompletion {
    try await work.complete(
      held, result: ["ok": true], next: next, at: noon + .seconds(seconds), events: Event.ofWork,
      in: .default)
  }

  func fail(
    _ held: HeldWork, _ error: String = "no luck", isFinal: Bool = false, at seconds: Int = 1
  ) async throws(StoreError) -> WorkItem {
    try await work.fail(
      held, error: error, isFinal: isFinal, delay: { .seconds(10 * $0) },
      at: noon + .seconds(seconds), events: Event.ofWork, in: .default)
  }

  /// What the log tells of work: kinds with names.
  func workEvents() throws -> [String] {
    try events.events(after: 0, limit: 10_000).map(\.event).filter(\.kind.isOfWork).map {
      "\($0.kind.rawValue) \($0.facts["workID"]?.stringValue ?? "")"
    }
  }
}
