import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct SegmentCustomersToolTests {
  @Test func everyCustomerIsInOneSegment() async throws {
    let harness = try ToolHarness()
    try await harness.addCustomers(120)
    let result = try await harness.call("segment_customers", ["limit": 200])
    #expect(result["totalCustomers"] == 120 && result["horizonDays"] == 90)
    let segments = try #require(result["segments"]?.arrayValue)
    #expect(segments.count == 11)
    #expect(segments.reduce(0) { $0 + ($1["customers"]?.integerValue ?? 0) } == 120)
    #expect(abs(segments.reduce(0) { $0 + ($1["share"]?.doubleValue ?? 0) } - 1) < 0.001)
    let listed = try #require(result["customers"]?.arrayValue)
    #expect(listed.count == 120 && result["nextCursor"] == nil)
    for segment in segments {
      let own = listed.filter { $0["segment"] == segment["segment"] }
      #expect(Int64(own.count) == segment["customers"]?.integerValue)
      let revenue = own.reduce(0) { $0 + ($1["revenue"]?["USD"]?.doubleValue ?? 0) }
      #expect(abs(revenue - (segment["revenue"]?["USD"]?.doubleValue ?? 0)) < 0.01)
    }
    #expect(result["model"]?["repeatCustomers"]?.integerValue ?? 0 > 10)
    #expect(listed.allSatisfy { $0["probabilityAlive"] != nil && $0["expectedValue"] != nil })
  }

  @Test func aLongerHorizonExpectsMore() async throws {
    let harness = try ToolHarness()
    try await harness.addCustomers(120)
    var last = 0.0
    for days in [1, 90, 365] {
      let result = try await harness.call(
        "segment_customers", ["horizonDays": .integer(Int64(days)), "limit": 1])
      let expected = try #require(result["customers"]?[0]?["expectedPurchases"]?.doubleValue)
      #expect(expected > last)
      last = expected
    }
  }

  @Test(arguments: [nil, "at_risk", "lost"] as [String?])
  func pagesFollowEachOtherToTheEnd(_ segment: String?) async throws {
    let harness = try ToolHarness()
    try await harness.addCustomers(60)
    var arguments: JSONObject = ["limit": 200]
    arguments["segment"] = segment.map(JSONValue.string)
    let all = try await harness.call("segment_customers", arguments)["customers"]?.arrayValue
    let expected = try #require(all)
    #expect(!expected.isEmpty)
    arguments["limit"] = 7
    var seen: [JSONValue] = []
    repeat {
      let page = try await harness.call("segment_customers", arguments)
      seen += page["customers"]?.arrayValue ?? []
      arguments["cursor"] = page["nextCursor"]
    } while arguments["cursor"] != nil
    #expect(seen == expected)
    if let segment { #expect(seen.allSatisfy { $0["segment"] == .string(segment) }) }
  }

  @Test func aCursorBelongsToItsSearch() async throws {
    let harness = try ToolHarness()
    try await harness.addCustomers(20)
    let page = try await harness.call("segment_customers", ["limit": 5])
    let cursor = try #require(page["nextCursor"])
    for arguments: JSONObject in [
      ["method": "fixed", "cursor": cursor], ["segment": "lost", "cursor": cursor],
      ["cursor": "garbage"],
    ] {
      let message = try await harness.failure("segment_customers", arguments)
      #expect(message.hasPrefix("cursor:") && message.contains("this list of customers"))
    }
  }

  @Test func anUnknownSegmentIsAnsweredWithTheNames() async throws {
    let message = try await ToolHarness().failure("segment_customers", ["segment": "vip"])
    #expect(message.contains("/segment") && message.contains("'vip'"))
    #expect(message.contains("champions") && message.contains("lost"))
  }

  @Test func withoutCustomersItSaysWhatAPurchaseIs() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let day: JSONValue = "2025-12-01T00:00:00Z"
    _ = try await harness.call(
      "record_outcome",
      [
        "leadID": .string(lead), "disposition": "converted", "conversionType": "demo_booked",
        "value": ["amount": 50, "currency": "EUR"], "occurredAt": day,
      ])
    let none = try await harness.call("segment_customers", [:])
    #expect(none["totalCustomers"] == 0 && none["model"] == nil && none["customers"] == [])
    let notes = none["notes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    #expect(notes.count == 2 && notes[0].contains("Basis conversions"))
    #expect(notes[1].contains("at least 50 customers, and there are 0"))
    let some = try await harness.call("segment_customers", ["basis": "conversions"])
    #expect(some["customers"]?[0]?["leadID"] == .string(lead))
    #expect(some["customers"]?[0]?["revenue"] == ["EUR": 50.0])
    #expect(some["customers"]?[0]?["expectedValue"] == nil)
  }

  @Test func equalsAreTreatedAlikeUnlessAskedOtherwise() async throws {
    let harness = try ToolHarness()
    for index in 0..<10 { try await harness.addCustomer(index, daysAgo: [30 + index]) }
    func look(
      _ arguments: JSONObject
    ) async throws -> (method: JSONValue?, notes: [String], scores: Set<JSONValue>) {
      let result = try await harness.call("segment_customers", arguments)
      let scores = result["customers"]?.arrayValue?.compactMap { $0["scores"]?["frequency"] }
      let notes = result["notes"]?.arrayValue?.compactMap(\.stringValue)
      return (result["method"], notes ?? [], Set(scores ?? []))
    }
    let ranked = try await look(["method": "quintiles"])
    #expect(ranked.method == "quintiles" && ranked.scores.count == 5)
    #expect(ranked.notes[0].hasPrefix("10 of 10 customers bought on one day only"))
    let fixed = try await look(["method": "fixed"])
    #expect(fixed.method == "fixed" && fixed.scores == [1] && fixed.notes.count == 1)
    let suiting = try await look([:])
    #expect(suiting.method == "fixed" && suiting.scores == [1])
    #expect(suiting.notes[0].contains("fixed cuts were used"))
    // As soon as most buy again, ranks tell them apart.
    for index in 10..<21 { try await harness.addCustomer(index, daysAgo: [300, 30 + index]) }
    let later = try await look([:])
    #expect(later.method == "quintiles" && later.notes.count == 1)
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025March)])
  func progressGrowsToTheTotal(_ mode: ClientSession.Mode) async throws {
    let harness = try ToolHarness()
    try await harness.addCustomers(120)
    let reports = Reports()
    _ = try await harness.withClient(mode: mode) { client in
      try await client.request(
        "tools/call", ["name": "segment_customers", "arguments": ["limit": 0]]
      ) { progress, total, _ in reports.add(progress, total) }
    }
    let seen = reports.all
    #expect(seen.last?.progress == 100 && seen.last?.total == 100)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.progress < $1.progress })
  }
}

extension ToolHarness {
  /// Stores a customer who bought so many days ago.
  func addCustomer(_ index: Int, daysAgo: [Int], email: String? = nil) async throws {
    let id = LeadID(rawValue: "L\(10_000 + index)")
    var lead = Lead(id: id, createdAt: Self.now + .days(-1000))
    lead.contact.email = email ?? "customer\(index)@acme.test"
    lead.account.company = "Company \(index)"
    let source = ImportSource(file: "leads-\(index)", reading: 1)
    func store(_ rows: ImportBatch) async throws {
      _ = try await stores.importRows(
        ImportStep(source: source, rows: rows),
        event: Event(
          id: EventID(rawValue: "E\(index)"), kind: .datasetImported, occurredAt: Self.now,
          actor: "test"), in: .default)
    }
    try await store(
      .leads([ImportedLead(lead)]) { LeadIdentity(of: $0, keepsPlusTags: false) })
    try await store(
      .outcomes(
        daysAgo.map {
          Outcome(
            leadID: id, disposition: .converted, occurredAt: Self.now + .days(-$0),
            conversionType: .purchase, value: Money(amount: 10 + Double(index), currency: "USD"))
        }))
  }

  /// Stores customers of whom some buy often and some have stopped, the same each time.
  func addCustomers(_ count: Int) async throws {
    for index in 0..<count {
      let every = 20 + index % 7 * 15
      let first = 200 + index % 11 * 30
      let last = index % 3 == 0 ? first - every * (index % 5) : every % 29
      try await addCustomer(
        index, daysAgo: Array(stride(from: first, through: max(1, last), by: -every)))
    }
  }
}
