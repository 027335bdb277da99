import Marketing
import Testing

@Suite struct JourneyTests {
  private static func at(_ seconds: Int) -> Timestamp {
    Timestamp(milliseconds: 1000 * Int64(seconds))
  }

  private static func steps(_ steps: [(JourneyStage, Int)]) -> [JourneyStep] {
    steps.map { JourneyStep(stage: $0.0, at: at($0.1), actor: "a", eventID: "e") }
  }

  struct Case: Sendable {
    let recorded: [(JourneyStage, Int)]
    var triage: Int?
    var lost: Int?
    let expected: [JourneyStage]
  }

  static let cases: [Case] = [
    Case(recorded: [], expected: [.received]),
    Case(recorded: [], triage: 5, expected: [.received, .triaged]),
    Case(recorded: [], triage: 5, lost: 9, expected: [.received, .triaged, .closed]),
    Case(recorded: [(.received, 1), (.triaged, 1)], triage: 1, expected: [.received, .triaged]),
    Case(recorded: [(.engaged, 7)], triage: 5, expected: [.received, .triaged, .engaged]),
    // Triaged again when it was engaged already.
    Case(recorded: [(.engaged, 7)], triage: 8, expected: [.received, .engaged]),
    // An import tells of the end of a lead whose steps are stored.
    Case(recorded: [(.received, 1)], lost: 4, expected: [.received, .closed]),
    // It was lost before its steps were stored, and wrote again.
    Case(recorded: [(.received, 9)], lost: 4, expected: [.closed, .received]),
    Case(
      recorded: [(.received, 1), (.closed, 3), (.received, 5)], lost: 3,
      expected: [.received, .closed, .received]),
  ]

  @Test(arguments: cases.indices) func whatIsNotStoredFollowsFromTheRest(_ index: Int) {
    let example = Self.cases[index]
    let lead = Lead(id: "L1", createdAt: Self.at(0))
    let triage = example.triage.map {
      TriageRecord(
        leadID: "L1", triagedAt: Self.at($0), score: 1, probability: 0.5, isCalibrated: false,
        category: .coldLead, confidence: 1, reasons: [], modelVersion: "m")
    }
    let outcome = example.lost.map {
      Outcome(leadID: "L1", disposition: .lost, occurredAt: Self.at($0))
    }
    let journey = Journey(
      of: lead, recorded: Self.steps(example.recorded), triage: triage, outcome: outcome)
    #expect(journey.steps.map(\.stage) == example.expected)
    #expect(journey.stage == example.expected.last)
    #expect(journey.steps.count { $0.eventID != nil } == example.recorded.count)
  }
}
