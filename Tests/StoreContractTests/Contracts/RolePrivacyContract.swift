import JSONRPC
import Marketing
import Testing

/// One call of somebody: a role, or an agent without one.
private struct PrivacyCall: Sendable {
  enum Action: Sendable {
    case remember(MemoryRecord)
    case list(MemoryQuery)
    case get(MemoryID)
    case forget(MemoryID)
    case relate(NewRelation, subject: Int?)
    case find(String)
    case around(Int)
    case forgetEntity(Int)
  }

  var actor: AgentRoleID?
  var workspace: WorkspaceID
  var time: Timestamp
  var action: Action

  static func random(
    _ number: Int, using generator: inout some RandomNumberGenerator
  ) -> PrivacyCall {
    func any<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: 0..<values.count, using: &generator)]
    }
    let actor: AgentRoleID? = any([nil, "a", "b"])
    let time = noon + .seconds(number)
    let id: MemoryID = any(["m0", "m1", "m2"])
    let action: Action
    switch Int.random(in: 0..<12, using: &generator) {
    case 0...2:
      var record = MemoryRecord.note(id.rawValue, any(["tea", "coffee"]), at: time)
      if Bool.random(using: &generator) {
        record.content = .fact(Fact(key: "budget", value: any([1, 2])))
        record.trust = any([.untrusted, .agent, .verified])
      }
      if Int.random(in: 0..<4, using: &generator) == 0 { record.expiresAt = time + .seconds(9) }
      record.role = actor
      action = .remember(record)
    case 3:
      var query = MemoryQuery(for: .agent(actor), at: MemoryMoment(now: time), now: time)
      query.includesPast = Bool.random(using: &generator)
      query.limit = any([2, 50])
      action = .list(query)
    case 4: action = .get(id)
    case 5: action = .forget(id)
    case 6...8:
      // The two ends of one call never have a name in common: which of two of the same moment is meant by
      // it is left to chance.
      func named(
        _ names: [String], _ aliases: [[String]], _ leads: [LeadID?]
      ) -> EntityReference {
        .named(
          EntityDescription(
            type: "company", name: any(names), aliases: any(aliases), leadID: any(leads)))
      }
      let subject = named(
        ["Acme", "acme", "Brio", "Nick"], [[], [], ["Nick"], ["Ally"]], [nil, nil, "L1", "L2"])
      let relation = NewRelation(
        subject, any(["uses", "owns"]), named(["Cato", "Dune"], [[]], [nil]), source: .sample(),
        role: actor, leadID: any([nil, nil, "L1"]), replaces: Bool.random(using: &generator))
      action = .relate(relation, subject: any([nil, nil, 0, 1]))
    case 9: action = .find(any(["", "a", "nick"]))
    case 10: action = .around(any([0, 1, 2, 3]))
    default: action = .forgetEntity(any([0, 1, 2, 3]))
    }
    return PrivacyCall(
      actor: actor, workspace: any([.default, .default, .other]), time: time, action: action)
  }
}

/// Stores as one looks at them who compares two of them: names among all are numbered in the order in
/// which the viewer came to see them.
private struct PrivacyWorld {
  let stores: Stores
  let viewer: AgentRoleID?
  var entities: [WorkspaceID: [EntityID]] = [:]
  var answers: [String] = []

  init(_ stores: Stores, viewer: AgentRoleID?) async throws {
    self.stores = stores
    self.viewer = viewer
    for workspace in [WorkspaceID.default, .other] {
      for lead in ["L1", "L2"] {
        try await stores.add(.bare(lead), identity: LeadIdentity(), in: workspace)
      }
    }
  }

  /// Whether nobody but the actor can see what a call does.
  func isPrivate(_ call: PrivacyCall) throws -> Bool {
    guard call.actor != nil else { return false }
    guard case .forget(let id) = call.action else {
      if case .forgetEntity = call.action { return false }
      return true
    }
    let found = try stores.memories.memories(
      [id], for: .agent(call.actor), knownAt: call.time, now: .distantPast, in: call.workspace)
    return found.first.map { $0.role != nil } ?? true
  }

  mutating func run(_ call: PrivacyCall) async throws {
    let answer: String
    do throws(StoreError) {
      answer = try await self.answer(call)
    } catch {
      answer = "\(error.code): \(Self.masked(error.message))"
    }
    if call.actor == viewer { answers.append("\(call.action): \(answer)") }
  }

  private func entity(_ place: Int, _ workspace: WorkspaceID) -> EntityID {
    let seen = entities[workspace] ?? []
    return place < seen.count ? seen[place] : "ent_none"
  }

  private mutating func number(_ id: EntityID, _ workspace: WorkspaceID) -> String {
    if let place = entities[workspace]?.firstIndex(of: id) { return "e\(place)" }
    entities[workspace, default: []].append(id)
    return "e\((entities[workspace]?.count ?? 0) - 1)"
  }

  /// A message without names that chance has made, also of what was undone with the call.
  private static func masked(_ text: String) -> String {
    text.split(separator: " ").filter { !$0.contains("ent_") }.joined(separator: " ")
  }

  private mutating func answer(_ call: PrivacyCall) async throws(StoreError) -> String {
    let (reader, workspace, now) = (MemoryReader.agent(call.actor), call.workspace, call.time)
    switch call.action {
    case .remember(let record):
      return
        "\(try await stores.memories.remember([record.analyzed], events: { _ in [] }, in: workspace))"
    case .list(let query):
      let page = try await stores.memories.list(query, in: workspace)
      return "\(page.records) \(page.next == nil)"
    case .get(let id):
      return
        "\(try stores.memories.memories([id], for: reader, knownAt: now, now: now, in: workspace))"
    case .forget(let id):
      return
        "\(try await stores.memories.forget([id], for: reader, events: { _ in [] }, in: workspace))"
    case .relate(var relation, let subject):
      if let subject { relation.subject = .id(entity(subject, workspace)) }
      let fate = try await stores.knowledge.relate(
        [relation], at: now, events: { _ in [] }, in: workspace)[0]
      guard call.actor == viewer else { return "" }
      return described(fate, workspace)
    case .find(let name):
      var query = EntityQuery(for: reader, knownAt: now)
      query.name = name
      let found = try await stores.knowledge.entities(matching: query, in: workspace).entities
      return call.actor == viewer ? described(found, workspace) : ""
    case .around(let place):
      let query = NeighbourQuery(of: [entity(place, workspace)], .at(now, for: reader))
      let found = try await stores.knowledge.neighbours(query, in: workspace)
      guard call.actor == viewer else { return "" }
      let entities = described(Array(found.entities.values), workspace)
      return "\(entities) \(described(found.steps.map(\.step.relation), workspace))"
    case .forgetEntity(let place):
      let gone = try await stores.knowledge.forgetEntity(
        entity(place, workspace), for: reader, events: { _ in [] }, in: workspace)
      return call.actor == viewer ? gone.map { described($0, workspace) } ?? "none" : ""
    }
  }

  private mutating func described(_ fate: Related, _ workspace: WorkspaceID) -> String {
    let relation = described([fate.relation], workspace)
    let new = fate.newEntities.map { number($0, workspace) }.sorted()
    return "\(fate.change) \(relation) new \(new) \(described(fate.ended, workspace)) "
      + "\(fate.conflicts.count)"
  }

  private mutating func described(_ found: [Entity], _ workspace: WorkspaceID) -> String {
    let sorted = found.sorted { ($0.recordedAt, $0.name) < ($1.recordedAt, $1.name) }
    return sorted.map { entity in
      let id = number(entity.id, workspace)
      return "\(id) \(entity.name) \(entity.aliases) \(entity.leadID?.rawValue ?? "-") "
        + entity.recordedAt.iso8601
    }.joined(separator: ", ")
  }

  private mutating func described(_ found: [Relation], _ workspace: WorkspaceID) -> String {
    let sorted = found.sorted {
      ($0.recordedAt, $0.predicate, $0.validFrom) < ($1.recordedAt, $1.predicate, $1.validFrom)
    }
    return sorted.map { relation in
      let ends = [relation.subject, relation.object].map { number($0, workspace) }
      return "\(ends[0]) \(relation.predicate) \(ends[1]) \(relation.sources.count) "
        + "\(relation.validFrom.iso8601) \(relation.validTo?.iso8601 ?? "-") "
        + "\(relation.role?.rawValue ?? "-") \(relation.leadID?.rawValue ?? "-")"
    }.sorted().joined(separator: ", ")
  }
}

/// What is private to a role changes nothing that another hears.
@Suite("MemoryStore and KnowledgeGraphStore: what is private to a role")
struct RolePrivacyContract {
  @Test(
    "answers are those of a world without the others' private calls", arguments: Backend.allCases,
    0..<25)
  func worlds(backend: Backend, seed: UInt64) async throws {
    for viewer in [nil, "a"] as [AgentRoleID?] {
      var generator = SeededGenerator(seed: seed)
      let calls = (0..<150).map { PrivacyCall.random($0, using: &generator) }
      try await backend.withStores { (all: Stores) async throws -> Void in
        try await backend.withStores { (own: Stores) async throws -> Void in
          var full = try await PrivacyWorld(all, viewer: viewer)
          var bare = try await PrivacyWorld(own, viewer: viewer)
          for call in calls {
            if try call.actor == viewer || !full.isPrivate(call) { try await bare.run(call) }
            try await full.run(call)
            #expect(full.answers.last == bare.answers.last)
          }
          #expect(full.answers == bare.answers)
          #expect(full.answers.count > 20)
        }
      }
    }
  }

  @Test("two roles and all others use one name", arguments: Backend.allCases)
  func names(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func note(_ text: String, _ role: AgentRoleID?) -> MemoryRecord {
        var record = MemoryRecord.note("m1", text)
        record.role = role
        return record
      }
      for (text, role) in [("tea", "a"), ("coffee", "b"), ("water", nil)]
        as [(String, AgentRoleID?)]
      {
        #expect(
          try await stores.remember(note(text, role)) == [Remembered(id: "m1", isNew: true)])
        #expect(
          try await stores.remember(note(text, role)) == [Remembered(id: "m1", isNew: false)])
      }
      // What a role sees is taken for it.
      await #expect(throws: StoreError.self) { try await stores.remember(note("wine", "c")) }
      await #expect(throws: StoreError.self) { try await stores.remember(note("wine", "a")) }
      let use = MemoryUse(count: 3, lastAt: noon)
      try await stores.memories.noteUses(
        [OwnedMemoryID("m1", "a"): use], extending: nil, in: .default)
      func found(_ role: AgentRoleID?) throws -> [String] {
        try stores.memories.memories(
          ["m1"], for: .agent(role), knownAt: noon, now: noon, in: .default
        ).map { "\($0.text) \($0.uses)" }
      }
      #expect(try found("a") == ["tea 3"] && found("b") == ["coffee 0"])
      #expect(try found(nil) == ["water 0"] && found("c") == ["water 0"])
      func forget(_ role: AgentRoleID?) async throws -> [MemoryID] {
        try await stores.memories.forget(
          ["m1"], for: .agent(role), events: { _ in [] }, in: .default)
      }
      // The own one first, then the one that is shared.
      #expect(try await forget("a") == ["m1"])
      #expect(try found("a") == ["water 0"] && found("b") == ["coffee 0"])
      #expect(try await forget("a") == ["m1"])
      #expect(try await forget("a") == [])
      #expect(try found(nil) == [] && found("b") == ["coffee 0"])
    }
  }

  @Test("consolidation keeps to the records of a role", arguments: Backend.allCases)
  func consolidation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for role in ["a", nil] as [AgentRoleID?] {
        for id in ["m1", "m2"] {
          var record = MemoryRecord.note(id, "\(id) of \(role?.rawValue ?? "all")")
          record.role = role
          try await stores.remember(record)
        }
      }
      let claim = ConsolidationClaim(
        holder: "h", now: noon + .seconds(100), lease: .seconds(60))
      _ = try await stores.memories.claimConsolidation(claim, in: .default)
      var step = ConsolidationStep(claim, place: nil)
      step.merges = [MemoryMerge(of: "a", survivor: "m1", givenUp: ["m2"])]
      step.expiring = [OwnedMemoryID("m1", nil)]
      _ = try await stores.memories.consolidate(step, events: { _ in [] }, in: .default)
      #expect(try await stores.texts(.at(0, knownAt: 1, now: 1)) == ["m2 of all"])
      #expect(
        try await stores.texts(.at(0, knownAt: 1, now: 1, role: "a")) == ["m2 of all", "m1 of a"])
    }
  }
}

extension Timestamp {
  /// Earlier than anything.
  fileprivate static var distantPast: Timestamp { Timestamp(milliseconds: .min) }
}
