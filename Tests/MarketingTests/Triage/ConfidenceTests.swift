import JSONRPC
import Marketing
import Testing

/// A model small enough to do its sums by hand: source moves 1.0 − (−0.5) = 1.5, phone 0.5, seniority
/// 0.5, replies 2 · 0.25 = 0.5, conversions 0.5, colleagues' conversions 0.5: 4.0 in all.
private func smallModel() throws -> Scorecard {
  func weight(_ points: Int64, _ logOdds: Double) -> JSONObject {
    ["points": .integer(points), "logOdds": JSONValue(logOdds), "reason": "a reason"]
  }
  func count(_ points: Int64, _ logOdds: Double, atMost: Int64) -> JSONValue {
    .object(weight(points, logOdds).merging(["atMost": .integer(atMost)]))
  }
  return try Scorecard(
    json: [
      "version": "small-1", "about": "a test", "halfLifeDays": 10,
      "baseline": .object(weight(50, 0)),
      "fields": [
        "source": [
          "about": "a field",
          "values": ["Good": .object(weight(20, 1)), "Bad": .object(weight(-10, -0.5))],
        ],
        "phone": ["about": "a field", "values": ["given": .object(weight(10, 0.5))]],
      ],
      "seniority": [
        "about": "a field",
        "levels": [
          .object(weight(10, 0.5).merging(["level": "boss", "phrases": ["boss"]]))
        ],
      ],
      "history": [
        "about": "the past", "interactions": ["reply": count(5, 0.25, atMost: 2)],
        "conversions": count(5, 0.5, atMost: 1), "accountConversions": count(5, 0.5, atMost: 1),
      ],
      "intents": [
        "about": "none", "negations": [], "negationReach": 0, "negationEnds": [], "exceptions": [],
        "phrases": [],
      ],
    ])
}

@Suite struct ConfidenceTests {
  @Test(
    arguments: [
      .init("nothing", 0) { _ in },
      .init("a source", 1.5 / 4) { $0.lead.source = "Good" },
      .init("another source", 1.5 / 4) { $0.lead.source = "bad" },
      .init("an unknown source", 0) { $0.lead.source = "Pigeon" },
      .init("a field that the model lacks", 0) { $0.lead.region = "EU" },
      .init("a telephone number", 0.5 / 4) { $0.lead.contact.phone = "+4722334455" },
      .init("a title", 0.5 / 4) { $0.lead.persona = "The boss" },
      .init("any interaction", 1.0 / 4) { $0.history.interactions = [.emailSent: 1] },
      .init("a colleague", 0.5 / 4) { $0.history.accountLeads = 1 },
      .init("everything", 1) {
        $0.lead.source = "Good"
        $0.lead.persona = "boss"
        $0.lead.contact.phone = "+4722334455"
        $0.history.interactions = [.reply: 1]
        $0.history.accountLeads = 1
      },
    ] as [Change<TriageCase, Double>])
  func isTheShareOfTheRange(known: Change<TriageCase, Double>) throws {
    var triageCase = TriageCase()
    known.apply(&triageCase)
    let result = triageCase.triaged(by: try smallModel())
    #expect(abs(result.record.confidence - known.expected) < 1e-15)
  }

  @Test func growsWithWhatIsKnown() throws {
    let model = try ScorecardFile.model()
    var known = TriageCase.strong
    let withoutPast = known.triaged(by: model).record.confidence
    known.history.interactions = [.siteVisit: 1]
    known.history.accountLeads = 2
    let withPast = known.triaged(by: model).record.confidence
    #expect(TriageCase().triaged(by: model).record.confidence == 0)
    #expect(withoutPast > 0.3 && withoutPast < withPast)
    #expect(abs(withPast - 1) < 1e-12)
  }
}
