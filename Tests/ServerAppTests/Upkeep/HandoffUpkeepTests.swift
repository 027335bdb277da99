import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import ServerApp
import Testing

@Suite struct HandoffUpkeepTests {
  private static let start = Timestamp(milliseconds: 1_752_580_800_000)
  private let stores = InMemoryStores()
  private let clock = Locked(Self.start)

  private func upkeep() -> HandoffUpkeep {
    HandoffUpkeep(
      stores, HandoffSettings(), work: WorkSettings(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { [clock] in clock.withLock { $0 } })
  }

  private func offer(_ number: Int, from sender: String) async throws {
    let lead = LeadID(rawValue: "L\(number)")
    let id = HandoffID(rawValue: "h\(number)")
    try await stores.saveTriage(
      TriageRecord(
        leadID: lead, triagedAt: Self.start, score: 1, probability: 0.5, isCalibrated: false,
        category: .coldLead, confidence: 1, reasons: [], modelVersion: "test"),
      of: Lead(id: lead, createdAt: Self.start), identity: LeadIdentity(),
      basis: .new(hasDuplicates: false), events: [], in: .default)
    let header = HandoffPacket.Header(
      leadID: lead, sender: AgentRoleID(rawValue: sender),
      receiver: AgentRoleID(rawValue: "engagement"), reason: "asks", preparedAt: Self.start)
    let handoff = Handoff(
      id: id, header: header, sender: "tests", state: .prepared,
      quality: HandoffQuality(
        score: 1, completeness: 1, consistency: 1, freshness: 1, relevance: 1),
      gaps: [], attempts: 1, tokens: 1)
    _ = try await stores.save(handoff, packet: [1], escalation: nil, events: [], in: .default)
    _ = try await stores.offer(
      id, at: Self.start, until: Self.start + .seconds(60),
      event: { Self.event($0) }, in: .default)
  }

  private static func event(_ handoff: Handoff) -> Event {
    Event(
      id: EventID(rawValue: "evt_\(handoff.id)"), kind: .handoffOffered, leadID: handoff.leadID,
      occurredAt: start, actor: "tests", facts: [:])
  }

  @Test func whatNobodyTookIsWorkForItsSendersRole() async throws {
    for (number, sender) in ["triage", "sales"].enumerated() {
      try await offer(number, from: sender)
    }
    let upkeep = self.upkeep()
    await upkeep.keep()
    #expect(try stores.counts(in: .default).map(\.role.rawValue) == [])
    clock.withLock { $0 = $0 + .seconds(60) }
    for _ in 0..<2 { await upkeep.keep() }
    let items = try ["L0", "L1"].flatMap {
      try stores.openItems(of: LeadID(rawValue: $0), limit: 20, in: .default)
    }
    #expect(items.map(\.kind.rawValue) == ["triage_lead", "hand_over_lead"])
    #expect(items.map(\.role.rawValue) == ["triage", "sales"])
    #expect(items.map(\.subject) == ["h0", "h1"])
    #expect(items.allSatisfy { $0.dueAt == Self.start + .seconds(120) })
    let events = try stores.events(after: 0, limit: 99).map(\.event)
    #expect(events.count { $0.kind == .handoffExpired } == 2)
  }
}
