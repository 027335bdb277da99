import JSONRPC
import Marketing
import Testing

extension ConsolidationClaim {
  static func by(
    _ holder: String, at seconds: Int = 0, opensRun: Bool = true
  ) -> ConsolidationClaim {
    ConsolidationClaim(
      holder: holder, now: noon + .seconds(seconds), lease: .seconds(60), opensRun: opensRun)
  }
}

extension Stores {
  func ids(
    in scope: ConsolidationScope, seconds: Int = 0, workspace: WorkspaceID = .default
  ) async throws -> [String] {
    var ids: [String] = []
    var place: Int64? = 0
    while let start = place {
      let page = try await memories.consolidationPage(
        of: scope, after: start, limit: 2, now: noon + .seconds(seconds), in: workspace)
      #expect(page.memories.count <= 2)
      ids += page.memories.map(\.record.id.rawValue)
      place = page.next
    }
    return ids
  }

  func scopes(
    after scope: ConsolidationScope? = nil, limit: Int = 100
  ) async throws -> [ConsolidationScope] {
    try await memories.consolidationScopes(after: scope, limit: limit, in: .default)
  }

  @discardableResult
  func consolidate(_ step: ConsolidationStep) async throws -> ConsolidationEffect {
    try await memories.consolidate(
      step,
      events: { effect in
        [
          Event(
            id: EventID(rawValue: "evt_\(step.claim.now.milliseconds)"),
            kind: .memoryConsolidated, occurredAt: step.claim.now, actor: "tests",
            facts: ["merged": JSONValue(effect.merged)])
        ]
      }, in: .default)
  }
}
