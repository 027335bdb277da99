import Marketing
import Testing

@Suite struct VariantAssignmentTests {
  private static func shares(
    _ assignment: VariantAssignment, leads: Int = 20_000
  ) -> [String: Double] {
    var counts: [String: Double] = [:]
    for number in 0..<leads {
      if let variant = assignment.variant(for: LeadID(rawValue: "L\(number)")) {
        counts[variant, default: 0] += 1 / Double(leads)
      }
    }
    return counts
  }

  @Test func sharesFollowWeights() {
    let shares = Self.shares(
      VariantAssignment(
        experiment: "subject",
        arms: [.init("a", weight: 2), .init("b"), .init("c", weight: 0), .init("d", weight: .nan)]))
    #expect(abs((shares["a"] ?? 0) - 2.0 / 3) < 0.015)
    #expect(abs((shares["b"] ?? 0) - 1.0 / 3) < 0.015)
    #expect(shares["c"] == nil && shares["d"] == nil)
  }

  /// Places are the same in every version and on every machine.
  @Test func aLeadStaysWhereItIs() {
    let place = VariantAssignment.place(of: LeadID(rawValue: "L0000042"), in: "subject")
    #expect(place == VariantAssignment.place(of: LeadID(rawValue: "L0000042"), in: "subject"))
    #expect(abs(place - 0.5) <= 0.5)
    #expect(
      VariantAssignment(experiment: "none", arms: []).variant(for: LeadID(rawValue: "L1")) == nil)
  }

  /// Who sees the first variant of one experiment sees either of another.
  @Test func experimentsAreIndependent() {
    let both = (0..<20_000).count { number in
      let lead = LeadID(rawValue: "L\(number)")
      return VariantAssignment.place(of: lead, in: "one") < 0.5
        && VariantAssignment.place(of: lead, in: "two") < 0.5
    }
    #expect(abs(Double(both) / 20_000 - 0.25) < 0.015)
  }
}
