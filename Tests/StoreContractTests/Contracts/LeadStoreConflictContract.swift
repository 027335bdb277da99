import JSONRPC
import Marketing
import Testing

/// What happens when several write about one lead, or one writes twice.
@Suite("LeadStore: concurrent and repeated writes")
struct LeadStoreConflictContract {
  /// Something that changes a stored lead behind the back of somebody who has read it.
  enum Meanwhile: CaseIterable, CustomTestStringConvertible {
    case consentRefused, interaction, outcome, triage

    var testDescription: String { "\(self)" }

    func happen(to lead: Lead, in stores: Stores) async throws {
      switch self {
      case .consentRefused:
        var refused = lead
        refused.hasConsent = false
        try await stores.update(refused)
      case .interaction:
        _ = try await stores.leads.record(
          .sample("int_1", of: lead.id.rawValue, .reply, at: noon + .seconds(3600)),
          event: .sample("e", of: lead.id), in: .default)
      case .outcome:
        _ = try await stores.leads.record(
          Outcome.won(lead.id.rawValue), replacing: false, event: .sample("e", of: lead.id),
          in: .default)
      case .triage:
        var other = lead
        other.score = 3
        try await stores.update(other)
      }
    }
  }

  @Test("a lead that has changed since it was read is not overwritten", arguments: Backend.allCases)
  func stale(backend: Backend) async throws {
    for meanwhile in Meanwhile.allCases {
      try await backend.withStores { (stores: Stores) async throws -> Void in
        let read = Lead.sample("lead_1")
        try await stores.add(read)
        try await meanwhile.happen(to: read, in: stores)
        let stored = try #require(
          try stores.leads.profile(of: read.id, interactions: 9, in: .default))
        #expect(stored.lead != read, "\(meanwhile)")
        let events = try stores.events.latestSequence()
        var changed = read
        changed.contact.jobTitle = "CEO"
        await #expect(throws: StoreError.self) {
          try await stores.leads.saveTriage(
            .sample(read.id, score: 1), of: changed, identity: LeadIdentity(),
            basis: .stored(read), events: [.sample("late", of: read.id)], in: .default)
        }
        #expect(
          try stores.leads.profile(of: read.id, interactions: 9, in: .default) == stored,
          "\(meanwhile)")
        #expect(try stores.events.latestSequence() == events)
      }
    }
  }

  @Test(
    "of two new leads with one identity the second has to look again", arguments: Backend.allCases)
  func duplicates(backend: Backend) async throws {
    let identities = [
      LeadIdentity(email: "a@acme.example"), LeadIdentity(phone: "+4722334455"),
      LeadIdentity(companyAndName: "acme\nann"),
    ]
    for identity in identities {
      try await backend.withStores { (stores: Stores) async throws -> Void in
        let codes = await withTaskGroup(of: StoreError.Code?.self) { group in
          for number in 0..<10 {
            group.addTask {
              let lead = Lead.bare("lead_\(number)")
              do {
                try await stores.leads.saveTriage(
                  .sample(lead.id), of: lead, identity: identity,
                  basis: .new(hasDuplicates: false), events: [], in: .default)
                return nil
              } catch {
                return (error as? StoreError)?.code
              }
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(codes.count { $0 == .stale } == 9)
        // Who knows of the other may come in, and so may a stranger, and the same in another workspace.
        try await stores.leads.saveTriage(
          .sample("lead_a"), of: .bare("lead_a"), identity: identity,
          basis: .new(hasDuplicates: true), events: [], in: .default)
        try await stores.leads.saveTriage(
          .sample("lead_b"), of: .bare("lead_b"), identity: LeadIdentity(email: "b@acme.example"),
          basis: .new(hasDuplicates: false), events: [], in: .default)
        try await stores.leads.saveTriage(
          .sample("lead_c"), of: .bare("lead_c"), identity: identity,
          basis: .new(hasDuplicates: false), events: [], in: .other)
      }
    }
  }

  @Test(
    "a new lead is no duplicate of one that has another identity by now",
    arguments: Backend.allCases)
  func formerDuplicates(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("lead_1"), identity: LeadIdentity(email: "a@acme.example"))
      try await stores.update(.bare("lead_1"), identity: LeadIdentity(email: "b@acme.example"))
      try await stores.leads.saveTriage(
        .sample("lead_2"), of: .bare("lead_2"), identity: LeadIdentity(email: "a@acme.example"),
        basis: .new(hasDuplicates: false), events: [], in: .default)
      #expect(try stores.leads.lead("lead_2", in: .default) != nil)
    }
  }

  @Test(
    "an outcome reported again without a time is the same, within a day",
    arguments: Backend.allCases)
  func repeatedOutcomes(backend: Backend) async throws {
    // Seconds after the first report, whether the time is assumed, whether that counts as new.
    let reports: [(after: Int, isAssumed: Bool, isNew: Bool)] = [
      (0, false, true), (5, true, false), (86_400, true, false), (86_401, true, true),
      (86_402, false, true), (86_402, false, false),
    ]
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      for report in reports {
        let outcome = Outcome.won("lead_1", at: noon + .seconds(report.after))
        let recorded = try await stores.leads.record(
          outcome, isTimeAssumed: report.isAssumed, replacing: false, lesson: nil,
          event: .sample("e", of: "lead_1"), in: .default)
        #expect(recorded.isNew == report.isNew, "\(report)")
      }
      // What differs in anything but the time is another outcome.
      let other = try await stores.leads.record(
        .won("lead_1", at: noon + .seconds(86_403), amount: 7), isTimeAssumed: true,
        replacing: false, lesson: nil, event: .sample("e", of: "lead_1"), in: .default)
      #expect(other.isNew)
      let history = try stores.leads.history(
        of: "lead_1", identity: LeadIdentity(), in: .default)
      #expect(history.conversions == 4)
    }
  }

  @Test("an interaction reported again without a time is the same", arguments: Backend.allCases)
  func repeatedInteractions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      let first = Interaction.sample("int_1", of: "lead_1")
      let later = Interaction.sample("int_1", of: "lead_1", at: noon + .seconds(60))
      let event = Event.sample("e", of: "lead_1")
      #expect(try await stores.leads.record(first, event: event, in: .default))
      let recorded = try await stores.leads.record(
        later, isTimeAssumed: true, memory: nil, event: event, in: .default)
      #expect(recorded == Recorded(isNew: false, occurredAt: noon))
      await #expect(throws: StoreError.self) {
        _ = try await stores.leads.record(
          later, isTimeAssumed: false, memory: nil, event: event, in: .default)
      }
      #expect(try stores.events.latestSequence() == 2)
    }
  }

  @Test("the outcome that stands against a disposition is found", arguments: Backend.allCases)
  func contradictions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      let lost = Outcome.lost("lead_1")
      _ = try await stores.leads.record(
        lost, replacing: false, event: .sample("e", of: "lead_1"), in: .default)
      #expect(
        try stores.leads.latestOutcome(of: "lead_1", otherThan: .converted, in: .default) == lost)
      #expect(
        try stores.leads.latestOutcome(of: "lead_1", otherThan: .lost, in: .default) == nil)
      let history = try stores.leads.history(of: "lead_1", identity: LeadIdentity(), in: .default)
      #expect(history.lostAt == lost.occurredAt)
      #expect(!history.hasConverted)
    }
  }
}
