import Marketing
import Testing

@Suite("ScoringModelStore: predictions that outcomes judge")
struct ShadowPredictionContract {
  /// Stores a triage of a lead together with what models say.
  private static func triage(
    _ id: String, _ shadows: [String: Double], _ stores: Stores
  ) async throws {
    let stored = try stores.leads.lead(LeadID(rawValue: id), in: .default)
    let lead = stored ?? .bare(id)
    try await stores.leads.saveTriage(
      .sample(lead.id), of: lead, identity: LeadIdentity(),
      basis: stored.map(TriageBasis.stored) ?? .unchecked,
      shadows: shadows.map { ShadowPrediction(model: $0.key, probability: $0.value) }, events: [],
      in: .default)
  }

  private static func record(
    _ outcome: Outcome, replacing: Bool = false, _ stores: Stores
  ) async throws {
    _ = try await stores.leads.record(
      outcome, replacing: replacing, event: .sample("e", of: outcome.leadID), in: .default)
  }

  private static func judged(_ stores: Stores, limit: Int = 100) async throws -> [String] {
    try await stores.models.judgedPredictions(limit: limit, in: .default).map {
      "\($0.leadID) \($0.model) \($0.probability) \($0.isConverted)"
    }
  }

  @Test("the last prediction before the outcome is judged by it", arguments: Backend.allCases)
  func last(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.triage("a", ["leads-2": 0.25, "scorecard": 0.5], stores)
      try await Self.triage("b", ["leads-2": 0.125], stores)
      #expect(try await Self.judged(stores).isEmpty)
      try await Self.triage("a", ["leads-2": 0.75], stores)
      try await Self.record(.won("a"), stores)
      let expected = ["a leads-2 0.75 true", "a scorecard 0.5 true"]
      #expect(try await Self.judged(stores) == expected)
      // Whoever knows the outcome does not predict it.
      try await Self.triage("a", ["leads-2": 1, "leads-3": 1], stores)
      #expect(try await Self.judged(stores) == expected)
      #expect(try await stores.models.judgedPredictions(limit: 9, in: .other).isEmpty)
    }
  }

  @Test("a lead is judged by where it stands now", arguments: Backend.allCases)
  func replaced(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.triage("a", ["m-1": 0.25], stores)
      try await Self.record(.lost("a"), stores)
      #expect(try await Self.judged(stores) == ["a m-1 0.25 false"])
      try await Self.triage("a", ["m-1": 0.5], stores)
      try await Self.record(.won("a", at: noon + .days(1)), replacing: true, stores)
      try await Self.record(.won("a", at: noon + .days(2)), stores)
      #expect(try await Self.judged(stores) == ["a m-1 0.25 true"])
    }
  }

  @Test("a lead whose outcome a file brought before it is not judged", arguments: Backend.allCases)
  func imported(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.datasets.importRows(
        .outcomes([.won("a")]), event: .imported("i1"), in: .default)
      for id in ["a", "b"] { try await Self.triage(id, ["m-1": 0.5], stores) }
      _ = try await stores.datasets.importRows(
        .outcomes([.won("b", at: noon + .days(-9))]), event: .imported("i2"), in: .default)
      #expect(try await Self.judged(stores) == ["b m-1 0.5 true"])
    }
  }

  @Test("the latest outcomes come first, as many leads as asked for", arguments: Backend.allCases)
  func order(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (id, days) in [("a", 2), ("b", 5), ("c", 2), ("d", 1)] {
        try await Self.triage(id, ["m-2": 0.5, "m-1": 0.25], stores)
        try await Self.record(.won(id, at: noon + .days(days)), stores)
      }
      try await Self.triage("e", ["m-1": 1], stores)
      try await Self.record(.won("d", at: noon + .days(9)), stores)
      let leads = try await stores.models.judgedPredictions(limit: 3, in: .default)
      #expect(leads.map(\.leadID.rawValue) == ["d", "d", "b", "b", "a", "a"])
      #expect(leads.map(\.model) == ["m-1", "m-2", "m-1", "m-2", "m-1", "m-2"])
      #expect(try await Self.judged(stores).count == 8)
      for limit in [0, -1] { #expect(try await Self.judged(stores, limit: limit).isEmpty) }
    }
  }
}
