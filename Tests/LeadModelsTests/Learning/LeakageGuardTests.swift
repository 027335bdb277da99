import Marketing
import Testing

@testable import LeadModels

@Suite struct LeakageGuardTests {
  /// A score column whose AUC is set by how far the classes lie apart.
  /// - Parameter rowsEach: how many rows each lead makes, one behind the other.
  private func examined(
    _ name: String, rowsEach: Int = 1, _ text: (Int, Bool) -> String
  ) throws -> ModelReportColumn {
    let labels = (0..<1200).map { row in row / rowsEach * 2_654_435_761 % 1009 < 300 }
    func groups(_ rows: Int) -> [Int]? {
      rowsEach == 1 ? nil : (0..<rows).map { $0 / rowsEach }
    }
    let rows = labels.enumerated().map { row, label in text(row, label) + ",1" }
    let csv = "\(name),x\n" + rows.joined(separator: "\n")
    var draft = FeaturePlan.draft(
      try DataTable(csv: Array(csv.utf8)),
      excluded: [:], fields: [:])
    LeakageGuard.examine(&draft, labels: labels, groups: groups(labels.count))
    return ModelReportColumn(
      auc: draft.columns[0].auc ?? 0, isSuspect: draft.columns[0].isLeakageSuspect)
  }

  struct ModelReportColumn {
    let auc: Double
    let isSuspect: Bool
  }

  private func noise(_ row: Int) -> Double {
    let mixed = row &* 1_103_515_245 % 10_007
    return Double(mixed) / 10_007 - 0.5
  }

  @Test func aCopyOfTheTargetWithNoiseIsFlagged() throws {
    let words = try examined("step") { row, label in (row % 50 == 0) != label ? "later" : "early" }
    #expect(words.isSuspect)
    #expect(words.auc > 0.95)
    let numbers = try examined("amount") { row, label in "\((label ? 500 : 0) + row % 90)" }
    #expect(numbers.isSuspect)
  }

  @Test func anHonestStrongColumnIsNot() throws {
    let strong = try examined("minutes") { row, label in "\(noise(row) + (label ? 0.44 : 0))" }
    #expect(strong.auc > 0.8 && strong.auc < 0.92)
    #expect(!strong.isSuspect)
  }

  @Test func aNameThatSpeaksOfTheOutcomeIsFlaggedEarlier() throws {
    for (name, isSuspect) in [("Lead Status", true), ("lead status", true), ("statue", false)] {
      let column = try examined(name) { row, label in "\(noise(row) + (label ? 0.44 : 0))" }
      #expect(column.isSuspect == isSuspect)
    }
    let weak = try examined("status") { row, _ in "\(noise(row))" }
    #expect(!weak.isSuspect)
  }

  /// A value of one lead's rows does not know the lead's outcome either.
  @Test func aLeadsRowsAreInOneHalf() throws {
    let column = try examined("agent", rowsEach: 4) { row, _ in "agent \(row / 4 % 150)" }
    #expect(column.auc < 0.65)
    #expect(!column.isSuspect)
  }

  @Test func rareValuesDoNotKnowTheirOwnOutcome() throws {
    let column = try examined("agent") { row, _ in "agent \(row % 300)" }
    #expect(column.auc < 0.65)
    #expect(!column.isSuspect)
  }
}
