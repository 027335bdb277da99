import JSONRPC
package import MCP
import Marketing

/// Ends work, and puts what follows from it into the queue in the same transaction.
package struct CompleteWorkTool: Tool {
  /// Which work, what came of it and what follows.
  package struct Arguments: Decodable, Sendable {
    var workID: WorkID
    var claim: Int64
    var result: JSONObject?
    var next: [Next]?

    /// Work that follows; it concerns the same lead.
    package struct Next: Decodable, Sendable {
      var kind: WorkKind
      var role: AgentRoleID
      var subject: String?
      var payload: JSONObject?
    }
  }

  /// What follows.
  package struct Output: Encodable, Sendable {
    let workID: WorkID
    let isNew: Bool
    let next: [QueuedWork]
  }

  private static let mostBytes = 4096

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("complete_work")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    try check(arguments)
    let next = try reading(context) { () throws(StoreError) in
      try drafts(arguments, now: now, in: context.workspace)
    }
    let desk = environment.work
    let actor = context.actor(definition.name)
    let completion = try await storing(context) { () async throws(StoreError) in
      try await desk.store.complete(
        HeldWork(arguments.workID, claim: arguments.claim), result: arguments.result ?? [:],
        next: next, at: now, events: desk.noting(.workEnqueued, actor: actor, at: now),
        in: context.workspace)
    }
    return Output(workID: completion.item.id, isNew: completion.isNew, next: completion.next)
  }

  /// What workers are handed many of at once has to be short.
  private func check(_ arguments: Arguments) throws(CallInterruption) {
    var texts: [(field: String, object: JSONObject?)] = [("/result", arguments.result)]
    for (index, next) in (arguments.next ?? []).enumerated() {
      texts.append(("/next/\(index)/payload", next.payload))
    }
    let errors = texts.compactMap { field, object -> FieldError? in
      let count = object.map { JSONWriter.bytes(of: .object($0)).count } ?? 0
      guard count > Self.mostBytes else { return nil }
      return FieldError(
        field: field, found: "\(count) bytes", expected: "at most \(Self.mostBytes) bytes of JSON")
    }
    guard errors.isEmpty else { throw .invalid("Nothing was stored", errors) }
  }

  private func drafts(
    _ arguments: Arguments, now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [WorkDraft] {
    guard let next = arguments.next, !next.isEmpty else { return [] }
    let desk = environment.work
    guard let item = try desk.store.item(arguments.workID, in: workspace) else {
      throw .noSuchWork(arguments.workID)
    }
    let lead = try item.leadID.flatMap { (id) throws(StoreError) in
      try environment.leads.lead(id, in: workspace)
    }
    let triage = try item.leadID.flatMap { (id) throws(StoreError) in
      try environment.leads.latestTriage(of: id, in: workspace)
    }
    var drafts: [WorkDraft] = []
    for next in next {
      drafts.append(
        WorkDraft(
          id: environment.newName("work_", at: now), kind: next.kind, role: next.role,
          leadID: item.leadID, subject: next.subject,
          dueAt: try desk.dueAt(
            next.kind, for: lead, triagedAt: triage?.triagedAt, queuedAt: item.createdAt,
            in: workspace),
          maxAttempts: desk.settings.attempts, payload: next.payload ?? [:]))
    }
    return drafts
  }
}
