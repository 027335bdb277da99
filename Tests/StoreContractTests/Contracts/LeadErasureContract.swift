import JSONRPC
import Marketing
import Testing

extension LeadIdentity {
  /// A person to erase.
  static let planted = LeadIdentity(
    email: "planted.person@secret.example", phone: "+4722334455", companyAndName: "acme|planted",
    account: "acme.example")
}

extension Stores {
  /// Stores something of a lead wherever something can be stored, every text with a word that is nowhere else.
  func plant(_ id: String, _ identity: LeadIdentity, word: String) async throws {
    var lead = Lead.sample(id)
    (lead.contact.name, lead.contact.email) = ("Planted \(word)", identity.email)
    (lead.message, lead.contact.jobTitle) = ("message \(word)", "title \(word)")
    lead.attributes = ["note": .string("attribute \(word)")]
    try await leads.saveTriage(
      .sample(lead.id), of: lead, identity: identity, basis: .unchecked,
      shadows: [ShadowPrediction(model: "leads-1", probability: 0.5)],
      events: [
        .sample("evt_\(id)", .leadCreated, of: lead.id, personal: ["name": .string(word)])
      ], in: .default)
    var interaction = Interaction.sample("int_\(id)", of: id)
    interaction.conversationID = "C_\(id)"
    interaction.metadata = ["said": .string(word)]
    _ = try await leads.record(
      interaction, event: .sample("evt_i_\(id)", .interactionRecorded, of: lead.id), in: .default)
    var outcome = Outcome.won(id, at: noon, amount: 5)
    outcome.reason = "reason \(word)"
    _ = try await leads.record(
      outcome, replacing: false, lesson: Lesson(values: ["persona": word]),
      event: .sample("evt_o_\(id)", .outcomeRecorded, of: lead.id), in: .default)
    _ = try await datasets.importRows(
      ImportStep(
        source: ImportSource(file: "conversations.csv", reading: 1),
        rows: .raw(
          table: "conversations",
          rows: [
            RawRow(key: "K_\(id)", leadID: lead.id, cells: ["summary": .string("row \(word)")])
          ])), event: .imported("evt_r_\(id)"), in: .default)
    var aside = MemoryRecord.note("aside_\(id)", "beside \(word)")
    aside.conversationID = ConversationID(rawValue: "C_\(id)")
    // Nothing but the imported row says whose conversation this is.
    var apart = MemoryRecord.note("apart_\(id)", "apart \(word)")
    apart.conversationID = ConversationID(rawValue: "K_\(id)")
    var fact = MemoryRecord.fact(
      "fact_\(id)", .string("value \(word)"), of: lead.id, from: 0, at: 0)
    fact.text = "fact \(word)"
    var later = MemoryRecord.fact("later_\(id)", "plain", of: lead.id, from: 1, at: 1)
    later.role = nil
    _ = try await memories.remember(
      [MemoryRecord.note("note_\(id)", "note \(word)", of: lead.id), aside, apart, fact, later]
        .map(\.analyzed), events: { _ in [] }, in: .default)
    _ = try await knowledge.relate(
      [
        NewRelation(
          .named(EntityDescription(type: "person", name: "Person \(word)", leadID: lead.id)),
          "wants", .named("topic", "Topic \(word)"), source: .sample(), leadID: lead.id)
      ], at: noon, events: { _ in [] }, in: .default)
    _ = try await work.enqueue(
      [
        WorkDraft(
          id: WorkID(rawValue: "work_\(id)"), kind: .triageLead, role: "triage", leadID: lead.id,
          dueAt: noon, payload: ["note": .string("work \(word)")])
      ], at: noon, events: { _ in [] }, in: .default)
    try await tasks.save(
      TaskRecord(
        id: "task_\(id)", principal: "ann", hasEnded: true, touchedAt: noon, expiresAt: nil,
        content: #"{"leadID":"\#(id)","text":"\#(word)"}"#), in: .default)
    let handoff = Handoff(
      id: HandoffID(rawValue: "hnd_\(id)"),
      header: HandoffPacket.Header(
        leadID: lead.id, sender: "triage", receiver: "engagement", reason: "reason \(word)",
        preparedAt: noon),
      sender: "ann/prepare_handoff", state: .prepared,
      quality: HandoffQuality(
        score: 1, completeness: 1, consistency: 1, freshness: 1, relevance: 1),
      gaps: [], attempts: 1, tokens: 1)
    _ = try await handoffs.save(
      handoff, packet: Array("packet \(word)".utf8),
      escalation: Escalation(
        id: EscalationID(rawValue: "esc_\(id)"), leadID: lead.id, subject: handoff.id.rawValue,
        reason: "escalated \(word)", openedAt: noon, deadline: noon),
      events: [], in: .default)
    let claim = IdempotencyClaim(
      principal: "ann", key: "key_\(id)", fingerprint: [1], holder: [2], time: noon)
    _ = try await idempotency.claim(claim, in: .default)
    try await idempotency.complete(
      claim,
      with: StoredReply(
        status: 200, mediaType: "application/json",
        body: Array(#"{"leadID":"\#(id)","text":"\#(word)"}"#.utf8)), in: .default)
  }

  func erase(_ id: LeadID, _ identity: LeadIdentity) async throws -> LeadErasure {
    try await erasures.erase(
      id, identity: { _ in identity }, at: noon,
      event: { erasure in
        Event(
          id: EventID(rawValue: "evt_erased_\(id)"), kind: "lead.erased", leadID: id,
          occurredAt: noon, actor: "tests/erase_lead",
          facts: ["places": .integer(Int64(erasure.places.count))])
      }, in: .default)
  }
}

@Suite("LeadErasureStore")
struct LeadErasureContract {
  private static let other = LeadIdentity(
    email: "other@acme.example", account: "acme.example")

  @Test("nothing of the lead is left, everything of others is", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.plant("L1", .planted, word: "zyxplanted")
      // Its name begins with that of the one who is erased.
      try await stores.plant("L12", LeadIdentity(email: "l12@else.example"), word: "zyxtwelve")
      try await stores.plant("L2", Self.other, word: "zyxother")
      let before = try await stores.datasets.summary(in: .default)
      let erasure = try await stores.erase("L1", .planted)
      #expect(erasure.isComplete, "\(erasure)")
      let erased = Dictionary(uniqueKeysWithValues: erasure.places.map { ($0.name, $0.erased) })
      for place in [
        "leads", "triages", "interactions", "outcomes", "importedRows", "tasks", "answers",
        "relations", "work", "handoffs", "escalations",
      ] {
        #expect(erased[place] == 1, "\(place)")
      }
      // The note, what was said aside and apart, the first fact with its end, and the second.
      #expect(erased["memories"] == 6)
      // Received, then converted.
      #expect(erased["journey"] == 2)
      #expect(try stores.work.item("work_L1", in: .default) == nil)
      #expect(try stores.work.item("work_L12", in: .default) != nil)
      #expect(try stores.journeys.journey(of: "L1", in: .default) == nil)
      #expect(try stores.journeys.journey(of: "L2", in: .default)?.steps.count == 2)
      #expect(try stores.leads.lead("L1", in: .default) == nil)
      #expect(try stores.leads.interactions(of: "L1", limit: 9, in: .default) == [])
      #expect(try stores.leads.latestOutcome(of: "L1", in: .default) == nil)
      #expect(try stores.tasks.record("task_L1", at: noon, in: .default) == nil)
      #expect(try stores.tasks.record("task_L12", at: noon, in: .default) != nil)
      var all = MemoryQuery(for: .upkeep, at: MemoryMoment(now: noon + .days(9)), now: noon)
      all.includesPast = true
      let left = try await stores.memories.list(all, in: .default).records
      let others = ["L2", "L12"].flatMap { id in
        ["note", "aside", "apart", "fact", "later"].map { MemoryID(rawValue: "\($0)_\(id)") }
      }
      #expect(Set(left.map(\.id)) == Set(others))
      let history = try stores.leads.history(of: nil, identity: .planted, in: .default)
      #expect(
        history.duplicates == [] && history.accountLeads == 1 && history.accountConversions == 1)
      let cohorts = try stores.leads.cohorts(for: CohortKey(.sample("x")), in: .default)
      #expect(cohorts.map(\.leads) == [2, 2, 2, 2, 2])
      #expect(cohorts.map(\.conversions) == [2, 2, 2, 2, 2])
      var search = LeadQuery()
      search.text = "zyxplanted"
      #expect(try await stores.leads.search(search, in: .default).total == 0)
      search.text = "zyxother"
      #expect(try await stores.leads.search(search, in: .default).total == 1)
      let after = try await stores.datasets.summary(in: .default)
      #expect(after.tables.map(\.rows).reduce(0, +) < before.tables.map(\.rows).reduce(0, +))
      let events = try stores.events.events(of: "L1", limit: 99, in: .default)
      #expect(events.allSatisfy { $0.event.personal == nil })
      #expect(events.map(\.event.kind).last == "lead.erased")
      #expect(try stores.erasures.isSuppressed(.planted, in: .default))
      #expect(try stores.erasures.isSuppressed(LeadIdentity(phone: "+4722334455"), in: .default))
      #expect(try !stores.erasures.isSuppressed(Self.other, in: .default))
      #expect(try !stores.erasures.isSuppressed(.planted, in: .other))
    }
  }

  @Test("what was learned from the lead is unlearned", arguments: Backend.allCases)
  func lessons(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.plant("L2", Self.other, word: "zyxother")
      let before = try await stores.models.lessonCounts(in: .default)
      try await stores.plant("L1", .planted, word: "zyxplanted")
      _ = try await stores.erase("L1", .planted)
      let after = try await stores.models.lessonCounts(in: .default)
      #expect(after.leads == before.leads && after.fields == before.fields)
      #expect(after.revision > before.revision)
    }
  }

  @Test("a lead that is not there is refused, and may come again", arguments: Backend.allCases)
  func again(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      await #expect(throws: StoreError.self) { try await stores.erase("L1", .planted) }
      try await stores.plant("L1", .planted, word: "zyxplanted")
      _ = try await stores.erase("L1", .planted)
      await #expect(throws: StoreError.self) { try await stores.erase("L1", .planted) }
      try await stores.plant("L1", .planted, word: "zyxplanted")
      #expect(try await stores.erase("L1", .planted).isComplete)
      let history = try stores.leads.history(of: nil, identity: .planted, in: .default)
      #expect(history.duplicates == [] && history.accountLeads == 0)
    }
  }
}
