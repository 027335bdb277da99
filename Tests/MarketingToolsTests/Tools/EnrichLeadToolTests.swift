import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct EnrichLeadToolTests {
  @Test func whatSurroundsALeadIsTold() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead([
      "email": "ann@acme.test", "company": "Acme", "source": "Referral", "region": "EU",
      "campaignID": "CMP1",
    ])
    let twin = try await harness.newLead([
      "email": "ann+x@acme.test", "company": "Acme", "source": "Referral",
    ])
    let colleague = try await harness.newLead(["email": "bob@acme.test", "company": "Acme"])
    _ = try await harness.newLead(["email": "eve@other.test", "campaignID": "CMP1"])
    for (index, (id, day)) in [(lead, "02"), (twin, "05"), (lead, "03")].enumerated() {
      _ = try await harness.call(
        "record_interaction",
        [
          "leadID": .string(id), "interactionID": .string("I\(index)"), "kind": "email_open",
          "channel": "email", "occurredAt": .string("2025-12-\(day)T00:00:00Z"),
        ])
    }
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(colleague), "disposition": "converted"])
    let found = try await harness.call("enrich_lead", ["leadID": .string(lead)])
    #expect(found["duplicates"] == [["leadID": .string(twin), "reason": "email"]])
    #expect(
      found["interactions"] == [
        ["kind": "email_open", "count": 3, "lastAt": "2025-12-05T00:00:00Z"]
      ])
    #expect(found["account"]?["leads"] == 2 && found["account"]?["conversions"] == 1)
    let matches = found["account"]?["matches"]?.arrayValue ?? []
    #expect(Set(matches.compactMap { $0["leadID"]?.stringValue }) == [twin, colleague])
    let converted = matches.filter { $0["converted"] == true }
    #expect(converted.map { $0["leadID"] } == [.string(colleague)])
    #expect(found["campaign"]?["leads"] == 2 && found["campaign"]?["conversions"] == 0)
    #expect(found["campaign"]?["interval"]?["low"]?.doubleValue == 0)
    let cohorts = try #require(found["cohorts"]?.arrayValue)
    #expect(cohorts.map { $0["leads"] } == [4, 2, 2, 2, 1])
    #expect(cohorts[0]["rate"] == 0.25 && cohorts[0]["fields"] == [:])
    #expect(
      cohorts[4]["fields"]
        == ["source": "Referral", "industry": nil, "companySize": nil, "region": "EU"])
    #expect(cohorts[1]["shrunkenRate"] == JSONValue(0.2273))
    #expect(found["customer"] == nil)
    let notes = found["notes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    #expect(notes.count == 1 && notes[0].hasPrefix("This lead has bought nothing yet"))
  }

  @Test func aCustomerHasScoresAndProspects() async throws {
    let harness = try ToolHarness()
    try await harness.addCustomers(80)
    let found = try await harness.call("enrich_lead", ["leadID": "L10007"])
    let customer = try #require(found["customer"])
    let segments = try await harness.call("segment_customers", ["limit": 200])
    let same = try #require(
      segments["customers"]?.arrayValue?.first { $0["leadID"] == "L10007" })
    for member in ["scores", "segment", "purchases", "probabilityAlive", "expectedPurchases"] {
      #expect(customer[member] != nil && customer[member] == same[member], "\(member)")
    }
    #expect(customer["expectedValue"]?[0]?["amount"] == same["expectedValue"]?["USD"])
    #expect(found["notes"] == [])
  }

  @Test func theCustomerOfADuplicateIsTheLeadsOwn() async throws {
    let harness = try ToolHarness()
    try await harness.addCustomer(1, daysAgo: [100, 20], email: "ann@acme.test")
    let lead = try await harness.newLead(["email": "ANN@acme.test"])
    let found = try await harness.call("enrich_lead", ["leadID": .string(lead)])
    #expect(found["customer"]?["purchases"] == 2)
    #expect(found["customer"]?["revenue"]?[0] == ["amount": 22.0, "currency": "USD"])
    #expect(found["customer"]?["expectedPurchases"] == nil)
    #expect(found["notes"]?[0]?.stringValue?.contains("at least 50 customers") == true)
  }

  @Test func aValueOnTheWayIsNoPurchase() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    _ = try await harness.call(
      "record_outcome",
      [
        "leadID": .string(lead), "disposition": "converted", "conversionType": "trial_started",
        "value": ["amount": 50, "currency": "EUR"],
      ])
    let found = try await harness.call("enrich_lead", ["leadID": .string(lead)])
    #expect(found["customer"] == nil)
    #expect(found["notes"]?[0]?.stringValue?.contains("of the type purchase") == true)
  }

  @Test func theCompanysLeadsAreListedUpToTheLimit() async throws {
    let harness = try ToolHarness()
    var last = ""
    for index in 0..<5 {
      last = try await harness.newLead([
        "email": .string("p\(index)@acme.test"), "company": "Acme",
      ])
    }
    let found = try await harness.call(
      "enrich_lead", ["leadID": .string(last), "companyLimit": 2])
    #expect(found["account"]?["leads"] == 4)
    #expect(found["account"]?["matches"]?.arrayValue?.count == 2)
  }

  @Test func anUnknownLeadIsNotFound() async throws {
    let message = try await ToolHarness().failure("enrich_lead", ["leadID": "nobody"])
    #expect(message.contains("nobody") && message.contains("search_leads"))
    let wrong = try await ToolHarness().failure(
      "enrich_lead", ["leadID": "L1", "horizonDays": 0, "companyLimit": 51])
    #expect(wrong.contains("/horizonDays") && wrong.contains("/companyLimit"))
  }
}
