import JSONRPC
package import MCP
import Marketing

/// Remembers things: all of one call, or none.
package struct RememberTool: Tool {
  /// What to remember.
  package struct Arguments: Decodable, Sendable {
    var memories: [MemoryDraft]
  }

  /// What became of it.
  package struct Output: Encodable, Sendable {
    let remembered: [Entry]

    struct Entry: Encodable, Sendable {
      let memoryID: MemoryID
      let isNew: Bool
      let expiresAt: Timestamp?
      let superseded: [MemoryID]?
      let conflicts: [MemoryID]?
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("remember")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let desk = environment.memory
    let author = context.principal.name
    var records: [MemoryRecord] = []
    var errors: [FieldError] = []
    for (index, draft) in arguments.memories.enumerated() {
      do throws(InvalidMemory) {
        records.append(
          try draft.record(
            newName: environment.newName("mem_", at: now), author: author,
            settings: desk.settings, now: now))
      } catch {
        errors += error.errors.map {
          FieldError(
            field: "/memories/\(index)\($0.field)", found: $0.found, expected: $0.expected)
        }
      }
    }
    guard errors.isEmpty else { throw .invalid("Nothing was remembered", errors) }
    let memories = await desk.analyzed(records)
    let (environment, actor, told) = (environment, context.actor(definition.name), records)
    let fates = try await storing(context) { () async throws(StoreError) in
      try await desk.store.remember(
        memories,
        events: { fates in
          let new = zip(told, fates).filter { $1.isNew }.map(\.0)
          return Self.events(of: new, environment, actor: actor, now: now)
        }, in: context.workspace)
    }
    return Output(
      remembered: zip(records, fates).map { record, fate in
        Output.Entry(
          memoryID: fate.id, isNew: fate.isNew,
          expiresAt: fate.isNew ? record.expiresAt : nil,
          superseded: fate.superseded.isEmpty ? nil : fate.superseded,
          conflicts: fate.conflicts.isEmpty ? nil : fate.conflicts)
      })
  }

  /// One event for each lead that something is remembered of, and one for the rest: they hold names and
  /// numbers, no words. Who follows a kind hears of what everybody may see.
  private static func events(
    of records: [MemoryRecord], _ environment: ToolEnvironment, actor: String, now: Timestamp
  ) -> [Event] {
    var counts: [LeadID?: [String: Int]] = [:]
    for record in records {
      let fact = record.role == nil ? record.kind.rawValue : "private"
      counts[record.leadID, default: [:]][fact, default: 0] += 1
    }
    return counts.sorted { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") }.map {
      lead, kinds in
      Event(
        id: environment.newName("evt_", at: now), kind: .memoryRemembered, leadID: lead,
        occurredAt: now, actor: actor,
        facts: JSONObject(
          kinds.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) }))
    }
  }
}
