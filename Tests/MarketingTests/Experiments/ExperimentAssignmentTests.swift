import Marketing
import Testing

@Suite struct ExperimentAssignmentTests {
  private static func experiment(_ id: String, group: String? = nil) -> Experiment {
    var experiment = Experiment(
      id: ExperimentID(rawValue: id), name: id, hypothesis: "h",
      variants: [
        ExperimentVariant("a", isControl: true), ExperimentVariant("b"),
        ExperimentVariant("c", weight: 2),
      ], primaryMetric: .click, design: ExperimentDesign(minimumEffect: 0.1, horizonDays: 28),
      startedAt: ExperimentDraftTests.now)
    experiment.exclusionGroup = group
    return experiment
  }

  private static let units = (0..<20_000).map { "L\($0)" }

  @Test func unitsKeepTheirVariantAndFollowTheWeights() {
    let rules = ExperimentAssignment(Self.experiment("x"))
    var counts: [String: Int] = [:]
    for unit in Self.units {
      let decision = rules.decision(for: unit)
      #expect(decision == rules.decision(for: unit))
      counts[decision.shown, default: 0] += 1
    }
    #expect(abs((counts["c"] ?? 0) - 10_000) < 300 && abs((counts["a"] ?? 0) - 5000) < 300)
  }

  /// A unit is where a lead of its name is, in this version and every other.
  @Test func unitsAreWhereLeadsAre() {
    #expect(
      VariantAssignment.place(ofUnit: "L42", in: "x")
        == VariantAssignment.place(of: LeadID(rawValue: "L42"), in: "x"))
  }

  @Test func aRecordedVariantStaysUntilItIsSwitchedOff() throws {
    let running = Self.experiment("x")
    for name in ["a", "b", "c"] {
      #expect(
        ExperimentAssignment(running).decision(for: "L1", recorded: name)
          == .assigned(variant: name, shown: name, isNew: false))
    }
    var less = running
    _ = try less.switchOff(
      SwitchedOffVariant(variant: "c", at: ExperimentDraftTests.now, reason: "."))
    let rules = ExperimentAssignment(less)
    #expect(
      rules.decision(for: "L1", recorded: "c")
        == .assigned(variant: "c", shown: "a", isNew: false))
    #expect(Self.units.prefix(2000).allSatisfy { rules.decision(for: $0).shown != "c" })
  }

  @Test func sharesOfABanditReplaceWeights() {
    let rules = ExperimentAssignment(Self.experiment("x"), shares: ["b": 1])
    #expect(Self.units.prefix(500).allSatisfy { rules.decision(for: $0).shown == "b" })
    let none = ExperimentAssignment(Self.experiment("x"), shares: ["a": 0, "b": 0])
    #expect(
      none.decision(for: "L1") == .assigned(variant: "a", shown: "a", isNew: true))
  }

  @Test func anEndedExperimentShowsItsWinner() throws {
    for (end, shown) in [
      (ExperimentStop(decision: .ship, winner: "b", reason: "."), "b"),
      (ExperimentStop(decision: .inconclusive, reason: "."), "a"),
    ] {
      var ended = Self.experiment("x")
      _ = try ended.stop(end, at: ended.startedAt)
      #expect(
        ExperimentAssignment(ended).decision(for: "L1", recorded: "c") == .ended(shown: shown))
    }
  }

  /// Each new unit takes part in one experiment, each gets its share, and a third takes from both evenly.
  @Test func aGroupIsSplit() {
    let ids = ["one", "two", "three"].map(ExperimentID.init(rawValue:))
    let rules = ids.map {
      ExperimentAssignment(Self.experiment($0.rawValue, group: "g"), group: ids)
    }
    var before: [ExperimentID: Int] = [:]
    var after: [ExperimentID: Int] = [:]
    for unit in Self.units {
      let part = rules.count {
        if case .assigned = $0.decision(for: unit) { true } else { false }
      }
      #expect(part == 1)
      let old = ExperimentAssignment.experiment(for: unit, among: [ids[0], ids[1]], group: "g")
      let new = ExperimentAssignment.experiment(for: unit, among: ids, group: "g")
      #expect(new == old || new == ids[2])
      if let old { before[old, default: 0] += 1 }
      if let new { after[new, default: 0] += 1 }
    }
    #expect(before.values.allSatisfy { abs($0 - 10_000) < 300 })
    #expect(after.values.allSatisfy { abs($0 - 6667) < 300 })
  }

  @Test func whoIsInAnotherExperimentStaysThere() {
    let ids = ["one", "two"].map(ExperimentID.init(rawValue:))
    let rules = ExperimentAssignment(Self.experiment("two", group: "g"), group: ids)
    #expect(
      rules.decision(for: "L1", recordedElsewhere: ids[0])
        == .excluded(by: ids[0], shown: "a"))
    #expect(
      rules.decision(for: "L1", recorded: "b", recordedElsewhere: ids[0])
        == .assigned(variant: "b", shown: "b", isNew: false))
    let free = ExperimentAssignment(Self.experiment("two"), group: ids)
    #expect(free.decision(for: "L1", recordedElsewhere: ids[0]).shown != "")
  }
}
