import Marketing
import Testing

@Suite("ScoringModelStore: leads with labels")
struct LabelledLeadContract {
  private static func record(_ outcome: Outcome, _ stores: Stores) async throws {
    _ = try await stores.leads.record(
      outcome, replacing: true, event: .sample("e", of: outcome.leadID), in: .default)
  }

  private static func leads(
    _ stores: Stores, lostAfter: Duration? = nil, now: Timestamp = noon + .days(100),
    limit: Int = 100
  ) async throws -> [LabelledLead] {
    try await stores.models.labelledLeads(
      LabelledLeadQuery(lostAfter: lostAfter, now: now, limit: limit), in: .default)
  }

  private static func labels(_ leads: [LabelledLead]) -> [String] {
    leads.map { "\($0.lead.id) \($0.isConverted) \(($0.decidedAt - noon).days)" }
  }

  @Test("the first conversion decides, else the first loss", arguments: Backend.allCases)
  func outcomes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["a", "b", "c"] { try await stores.add(.sample(id)) }
      for days in [5, 3, 4] { try await Self.record(.won("a", at: noon + .days(days)), stores) }
      for days in [7, 6] { try await Self.record(.lost("b", at: noon + .days(days)), stores) }
      let leads = try await Self.leads(stores)
      #expect(Self.labels(leads) == ["a true 3.0", "b false 6.0"])
      // As it is stored now.
      #expect(leads.first?.lead == (try stores.leads.lead("a", in: .default)))
      #expect(leads.map(\.isDated) == [true, true])
      let query = LabelledLeadQuery(lostAfter: .zero, now: noon + .days(9), limit: 9)
      #expect(try await stores.models.labelledLeads(query, in: .other).isEmpty)
    }
  }

  @Test(
    "a lead without an outcome is lost once its time is over", arguments: Backend.allCases,
    [(59, 10, false), (60, 10, false), (61, 10, true), (61, nil, false)])
  func horizon(backend: Backend, row: (second: Int, lostAfter: Int?, isLost: Bool)) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("a", at: noon + .seconds(60)))
      let leads = try await Self.leads(
        stores, lostAfter: row.lostAfter.map(Duration.days),
        now: noon + .days(10) + .seconds(row.second))
      #expect(leads.map(\.isConverted) == (row.isLost ? [false] : []))
      #expect(leads.map(\.decidedAt) == (row.isLost ? [noon + .days(10) + .seconds(60)] : []))
    }
  }

  @Test("only what came before the decision counts", arguments: Backend.allCases)
  func strictlyBefore(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["a", "b", "z"] { try await stores.add(.bare(id)) }
      let decided = noon + .days(2)
      let before = decided + .milliseconds(-1)
      let past: [(String, InteractionKind, InteractionOutcome, Timestamp)] = [
        ("a", .emailSent, .none, noon + .days(-50)), ("a", .emailOpen, .positive, noon),
        ("a", .emailOpen, .none, before), ("a", .callMade, .negative, before),
        ("a", .meeting, .positive, decided), ("a", .reply, .positive, decided + .days(1)),
        ("b", .emailSent, .none, before), ("z", .reply, .positive, noon),
      ]
      for (number, row) in past.enumerated() {
        var interaction = Interaction.sample("i\(number)", of: row.0, row.1, at: row.3)
        interaction.outcome = row.2
        _ = try await stores.leads.record(
          interaction, event: .sample("e", of: interaction.leadID), in: .default)
      }
      for id in ["a", "b"] { try await Self.record(.won(id, at: decided), stores) }
      let leads = try await Self.leads(stores)
      try #require(leads.map(\.lead.id.rawValue) == ["a", "b"])
      #expect(leads[0].times(\.kind) == [.emailSent: 1, .emailOpen: 2, .callMade: 1])
      #expect(leads[0].times(\.outcome) == [.none: 2, .positive: 1, .negative: 1])
      #expect(leads[0].lastActivity == before)
      #expect(leads[1].times(\.kind) == [.emailSent: 1])
      #expect(leads[1].past.map(\.occurredAt) == [before])
      // What we did is nothing that the lead did.
      #expect(leads[1].lastActivity == nil)
    }
  }

  @Test(
    "the lead's own last activity counts where it came before", arguments: Backend.allCases,
    [(-1, true), (0, false), (1, false)])
  func lastActivity(backend: Backend, row: (milliseconds: Int, counts: Bool)) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.bare("a")
      let active = noon + .days(2) + .milliseconds(row.milliseconds)
      lead.lastActiveAt = active
      try await stores.add(lead)
      try await Self.record(.lost("a", at: noon + .days(2)), stores)
      #expect(try await Self.leads(stores).map(\.lastActivity) == [row.counts ? active : nil])
    }
  }

  @Test(
    "the latest to come in are taken and stand in the order they came", arguments: Backend.allCases)
  func order(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (id, days) in [("d", 3), ("a", 9), ("c", 1), ("b", 3), ("e", 5)] {
        try await stores.add(.bare(id, at: noon + .days(days)))
      }
      // One without a label takes no place.
      for id in ["a", "b", "c", "d"] { try await Self.record(.lost(id), stores) }
      for (limit, ids) in [
        (9, ["c", "b", "d", "a"]), (3, ["b", "d", "a"]), (2, ["b", "a"]), (1, ["a"]), (0, []),
        (-1, []),
      ] {
        let leads = try await Self.leads(stores, limit: limit)
        #expect(leads.map(\.lead.id.rawValue) == ids)
      }
      let all = try await Self.leads(stores, lostAfter: .days(1))
      #expect(all.map(\.lead.id.rawValue) == ["c", "b", "d", "e", "a"])
    }
  }

  @Test(
    "leads of files count the same, and it is told where a file did not say when",
    arguments: Backend.allCases)
  func imported(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func row(_ id: String, isDated: Bool?, days: Int = 4) -> ImportedLead {
        var row = ImportedLead(.bare(id))
        row.conversion = isDated.map {
          .init(
            outcome: Outcome(
              leadID: LeadID(rawValue: id), disposition: .converted, occurredAt: noon + .days(days)),
            isDated: $0)
        }
        return row
      }
      func importRows(_ rows: ImportBatch, _ reading: Int64) async throws {
        _ = try await stores.datasets.importRows(
          ImportStep(source: ImportSource(file: "/l.csv", reading: reading), rows: rows),
          event: .imported("i"), in: .default)
      }
      try await importRows(
        .leads(
          [row("a", isDated: true), row("b", isDated: false), row("c", isDated: nil)]
        ) { _ in LeadIdentity() }, 1)
      try await importRows(
        .interactions([
          .sample("i1", of: "a", at: noon), .sample("i2", of: "a", at: noon + .days(5)),
        ]), 2)
      try await importRows(.outcomes([.won("c", at: noon + .days(3))]), 3)
      let leads = try await Self.leads(stores)
      #expect(Self.labels(leads) == ["a true 4.0", "b true 4.0", "c true 3.0"])
      #expect(leads.map(\.isDated) == [true, false, true])
      #expect(leads.first?.times(\.kind) == [.emailOpen: 1])
      // Once the file says when, it is known.
      try await importRows(.leads([row("b", isDated: true, days: 6)]) { _ in LeadIdentity() }, 4)
      let dated = try await Self.leads(stores)
      #expect(Self.labels(dated) == ["a true 4.0", "b true 6.0", "c true 3.0"])
      #expect(dated.map(\.isDated) == [true, true, true])
    }
  }
}

extension LabelledLead {
  /// How often each of something happened.
  fileprivate func times<Key>(_ key: (PastInteraction) -> Key) -> [Key: Int] {
    past.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
  }
}
