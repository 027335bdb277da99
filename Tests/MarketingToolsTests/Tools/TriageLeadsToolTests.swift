import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct TriageLeadsToolTests {
  @Test func oneBadLeadDoesNotStopTheOthers() async throws {
    let harness = try ToolHarness()
    let known = try await harness.newLead(["email": "known@acme.test"])
    let result = try await harness.call(
      "triage_leads",
      [
        "leads": [
          ["email": "a@acme.test"], ["email": "no address", "phone": "1"], ["colour": "red"],
          ["email": "b@acme.test"],
        ],
        "leadIDs": [.string(known), "nobody"],
      ])
    #expect(result["triaged"] == 3 && result["failed"] == 3)
    #expect(result["results"]?.arrayValue?.compactMap { $0["index"]?.integerValue } == [0, 3, 4])
    #expect(result["failures"]?.arrayValue?.compactMap { $0["index"]?.integerValue } == [1, 2, 5])
    #expect(result["results"]?[2]?["leadID"] == .string(known))
    let counted = result["categories"]?.objectValue?.reduce(0) {
      $0 + ($1.value.integerValue ?? 0)
    }
    #expect(counted == 3)
    #expect(try await harness.stores.search(LeadQuery(), in: .default).total == 3)
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025March)])
  func progressGrowsToTheTotal(_ mode: ClientSession.Mode) async throws {
    let harness = try ToolHarness()
    let reports = Reports()
    let leads = (0..<200).map { JSONValue.object(["email": .string("lead\($0)@acme.test")]) }
    _ = try await harness.withClient(mode: mode) { client in
      try await client.request(
        "tools/call",
        ["name": "triage_leads", "arguments": ["leads": .array(leads), "resultLimit": 0]]
      ) { progress, total, _ in reports.add(progress, total) }
    }
    let seen = reports.all
    #expect(seen.last?.progress == 200 && seen.last?.total == 200)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.progress < $1.progress })
  }

  @Test func aTrainedModelTriagesManyInPart() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let leads = ScoringLeads(600, seed: 8)
    let drafts = leads.rows.indices.map { place -> JSONValue in
      place % 100 == 7 ? ["email": "no address"] : .object(leads.fields(place))
    }
    let result = try await harness.call("triage_leads", ["leads": .array(drafts)])
    #expect(result["triaged"] == 594 && result["failed"] == 6)
    let failed = result["failures"]?.arrayValue?.compactMap { $0["index"]?.integerValue }
    #expect(failed == [7, 107, 207, 307, 407, 507])
    // About a quarter reaches the best category: the score is mapped so.
    let best = result["categories"]?["campaign_qualified"]?.integerValue ?? 0
    #expect((90...210).contains(best))
  }

  @Test func whatWasTriagedBeforeCancellingStays() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let leads = ScoringLeads(10_000, seed: 8)
    let drafts = leads.rows.indices.map { JSONValue.object(leads.fields($0)) }
    let begun = OneShot<Void>()
    try await harness.withClient { client in
      let call = Task {
        try await client.request(
          "tools/call", ["name": "triage_leads", "arguments": ["leads": .array(drafts)]]
        ) { progress, total, _ in
          #expect(total == 10_000)
          if progress >= 50 { begun.fulfil(()) }
        }
      }
      await begun.value()
      call.cancel()
      if case .success = await call.result { Issue.record("it was not cancelled") }
    }
    let stored = try await harness.stores.search(LeadQuery(), in: .default).total
    #expect((50..<10_000).contains(stored))
    #expect(try harness.events().filter { $0.kind == .leadTriaged }.count == stored)
  }

  @Test func resultsAreListedUpToTheLimit() async throws {
    let leads = (0..<30).map { JSONValue.object(["email": .string("lead\($0)@acme.test")]) }
    let result = try await ToolHarness().call(
      "triage_leads", ["leads": .array(leads), "resultLimit": 7])
    #expect(result["triaged"] == 30)
    #expect(result["results"]?.arrayValue?.compactMap { $0["index"]?.integerValue } == Array(0..<7))
  }

  @Test func moreThanTenThousandAreRefused() async throws {
    let leads = [JSONValue](repeating: ["email": "a@acme.test"], count: 10_001)
    let message = try await ToolHarness().failure("triage_leads", ["leads": .array(leads)])
    #expect(message.contains("/leads"))
  }
}

/// Progress as it came.
final class Reports: Sendable {
  private let reports = Locked([(progress: Double, total: Double?)]())

  func add(_ progress: Double, _ total: Double?) {
    reports.withLock { $0.append((progress, total)) }
  }

  var all: [(progress: Double, total: Double?)] { reports.withLock { $0 } }
}
