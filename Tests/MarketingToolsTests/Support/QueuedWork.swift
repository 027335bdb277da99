import JSONRPC
import Marketing

extension ToolHarness {
  /// Puts work into the queue, as a form that comes in does.
  func enqueue(
    _ id: String, role: AgentRoleID = "triage", lead: LeadID? = nil, attempts: Int = 3,
    notBefore: Timestamp? = nil
  ) async throws {
    _ = try await stores.enqueue(
      [
        WorkDraft(
          id: WorkID(rawValue: id), kind: .triageLead, role: role, leadID: lead, subject: id,
          dueAt: Self.now, maxAttempts: attempts, notBefore: notBefore ?? Self.now + .seconds(-60),
          payload: ["note": "n"])
      ], at: Self.now,
      events: { item in
        [
          .ofWork(
            item, .workEnqueued, id: EventID(rawValue: "evt_\(id)"), actor: "tests",
            at: Self.now)
        ]
      }, in: .default)
  }

  /// Claims one item with the tool.
  func claimed(_ arguments: JSONObject = [:]) async throws -> JSONValue {
    let wish: JSONObject = ["role": "triage", "worker": "w1"]
    let work = try await call("claim_work", wish.merging(arguments))["work"]
    return work?[0] ?? .null
  }

  /// Kinds of the events of work.
  func workEvents() throws -> [String] {
    try events().filter(\.kind.isOfWork).map(\.kind.rawValue)
  }
}
