import JSONRPC
import Marketing
import Testing

@testable import LeadModels

@Suite struct StoredLeadTrainingTests {
  private static let start = Timestamp(milliseconds: 1_767_225_600_000)

  private static func training() throws -> StoredLeadTraining {
    StoredLeadTraining(scorecard: try .served(), keepsPlusTags: false)
  }

  private static func lead(
    _ id: String, converted: Bool, after days: Int, isDated: Bool = true,
    _ past: [(InteractionKind, Double)] = [], change: (inout Lead) -> Void = { _ in }
  ) -> LabelledLead {
    var lead = Lead(id: LeadID(rawValue: id), createdAt: start)
    lead.source = "Web"
    change(&lead)
    return LabelledLead(
      lead: lead, isConverted: converted, decidedAt: start + .days(days), isDated: isDated,
      past: past.map {
        PastInteraction(
          kind: $0.0, outcome: .none, occurredAt: start + .milliseconds(Int($0.1 * 86_400_000)))
      })
  }

  private static func column(_ name: String, _ data: TrainingData) throws -> [String?] {
    let column = try #require(data.table.column(name))
    return (0..<data.table.rows).map { column[$0] }
  }

  @Test(arguments: [(1, [0]), (3, [0]), (4, [0, 3]), (14, [0, 3]), (15, [0, 3, 14])])
  func aLeadIsLookedAtWhileNothingIsKnown(decidedAfter days: Int, ages: [Int]) throws {
    let data = try Self.training().data(
      [Self.lead("a", converted: true, after: days)], excluded: [], byTime: false)
    #expect(try Self.column("ageDays", data) == ages.map { "\($0)" })
    #expect(data.labels == ages.map { _ in true })
    #expect(data.groups == ages.map { _ in 0 })
  }

  @Test func onlyWhatCameBeforeTheLookCounts() throws {
    let past: [(InteractionKind, Double)] = [
      (.emailOpen, -1), (.emailOpen, 2.9), (.reply, 3), (.reply, 10), (.emailSent, 1),
      (.meeting, 20),
    ]
    let data = try Self.training().data(
      [Self.lead("a", converted: true, after: 30, past)], excluded: [], byTime: false)
    #expect(try Self.column("interactions.email_open", data) == ["1", "2", "2"])
    #expect(try Self.column("interactions.reply", data) == ["0", "0", "2"])
    #expect(try Self.column("interactions.meeting", data) == ["0", "0", "0"])
    // What we sent is nothing that the lead did.
    let days = try Self.column("daysSinceActivity", data).map { $0.flatMap(Double.init) }
    #expect(days[0] == 1 && days[2] == 4)
    #expect(abs((days[1] ?? 0) - 0.1) < 1e-6)
  }

  @Test func outcomesWithoutATimeLeaveThePastOut() throws {
    let leads = [
      Self.lead("a", converted: true, after: 30, isDated: false, [(.reply, 1)]),
      Self.lead("b", converted: false, after: 30),
    ]
    let data = try Self.training().data(leads, excluded: [], byTime: false)
    #expect(data.table.rows == 2)
    #expect(data.table.column("interactions.reply") == nil)
    #expect(data.table.column("messageIntent") != nil)
    #expect(data.warnings.contains { $0.contains("without a time") })
  }

  @Test func attributesAreColumnsAndFieldsKeepTheirNames() throws {
    let leads = [
      Self.lead("a", converted: true, after: 1) {
        $0.attributes = ["visits": 3, "source": "not the field", "plan": "gold"]
      },
      Self.lead("b", converted: false, after: 1) { $0.attributes = ["visits": "Select"] },
    ]
    let data = try Self.training().data(leads, excluded: ["Plan"], byTime: false)
    #expect(try Self.column("visits", data) == ["3", nil])
    #expect(try Self.column("source", data) == ["Web", "Web"])
    #expect(data.excluded == ["plan": "excluded by request"])
    #expect(data.fields["source"] == .source)
  }

  @Test func nothingThatSaysTheOutcomeIsAColumn() throws {
    let lead = Self.lead("a", converted: true, after: 1) {
      ($0.status, $0.score, $0.category) = (.converted, 90, .campaignQualified)
    }
    let names = Set(
      try Self.training().data([lead], excluded: [], byTime: false).table.columns.map(\.name))
    #expect(names.isDisjoint(with: ["status", "score", "category", "assignedAgent", "converted"]))
    #expect(names.isSuperset(of: ["source", "industry", "createdAt", "ageDays"]))
  }

  @Test func anUnknownColumnIsNamedWithItsNeighbours() throws {
    let training = try Self.training()
    let error = #expect(throws: DataError.self) {
      try training.data(
        [Self.lead("a", converted: true, after: 1)], excluded: ["sorce"], byTime: false)
    }
    #expect(error?.description.contains("'source'") == true)
  }

  @Test func byTimeTheRowsHaveTheirLeadsTimes() throws {
    let data = try Self.training().data(
      [Self.lead("a", converted: true, after: 20)], excluded: [], byTime: true)
    #expect(data.times == [Self.start, Self.start, Self.start])
    #expect(data.timeColumn == "createdAt")
  }
}
