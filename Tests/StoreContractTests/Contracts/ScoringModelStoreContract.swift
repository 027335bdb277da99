import Marketing
import Testing

@Suite("ScoringModelStore: models and choices")
struct ScoringModelStoreContract {
  @Test("versions count up by name and workspace", arguments: Backend.allCases)
  func versions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (name, workspace, expected) in [
        ("leads", WorkspaceID.default, "leads-1"), ("leads", .default, "leads-2"),
        ("other", .default, "other-1"), ("leads", .other, "leads-1"),
        // The version of another name is no part of this one's.
        ("leads-2", .default, "leads-2-1"), ("leads", .default, "leads-3"),
      ] {
        #expect(try await stores.add(.sample(name), in: workspace).rawValue == expected)
      }
      let all = try await stores.models.models(named: nil, in: .default)
      #expect(
        all.map(\.id.rawValue) == ["leads-3", "leads-2-1", "other-1", "leads-2", "leads-1"])
      let named = try await stores.models.models(named: "leads", in: .default)
      #expect(named.map(\.version) == [3, 2, 1])
      #expect(try await stores.models.models(named: "lead", in: .default).isEmpty)
    }
  }

  @Test("a model takes its role as it is stored", arguments: Backend.allCases)
  func roles(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for role in ScoringModelRole.allCases {
        let id = try await stores.add(.sample("m"), role: role)
        let choices = try stores.models.choices(in: .default)
        #expect((choices.active == .trained(id)) == (role == .active))
        #expect((choices.challenger == id) == (role == .challenger))
      }
      // What was the challenger still is; what answers is another one.
      #expect(try stores.models.choices(in: .default).challenger == "m-2")
    }
  }

  @Test("a model comes back as it was stored", arguments: Backend.allCases)
  func kept(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let model = NewScoringModel.sample(at: noon + .seconds(7))
      let id = try await stores.add(model)
      let expected = StoredModel(
        id: "leads-1", name: "leads", version: 1, createdAt: noon + .seconds(7),
        createdBy: "tests/train", digest: "00ff", size: 3, trainingSeconds: 0.34, report: .sample)
      #expect(try stores.models.model(id, in: .default) == expected)
      #expect(try await stores.models.models(named: nil, in: .default) == [expected])
      #expect(try await stores.models.content(of: id, in: .default) == model.content)
      var imported = NewScoringModel.sample(content: [])
      imported.trainingSeconds = nil
      imported.dataAt = noon
      let second = try await stores.add(imported)
      #expect(try stores.models.model(second, in: .default)?.trainingSeconds == nil)
      #expect(try stores.models.model(second, in: .default)?.dataAt == noon)
      #expect(try await stores.models.content(of: second, in: .default) == [])
      #expect(try stores.models.model("leads-9", in: .default) == nil)
      #expect(try await stores.models.content(of: "leads-9", in: .default) == nil)
    }
  }

  @Test("five megabytes are a content", arguments: Backend.allCases)
  func large(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var generator = SeededGenerator(seed: 7)
      let content = (0..<5 << 17).flatMap { _ in
        withUnsafeBytes(of: generator.next(), Array.init)
      }
      #expect(content.count == 5 << 20)
      let id = try await stores.add(.sample(content: content))
      #expect(try await stores.models.content(of: id, in: .default) == content)
      #expect(try stores.models.model(id, in: .default)?.size == 5 << 20)
    }
  }

  @Test("another workspace sees nothing", arguments: Backend.allCases)
  func isolation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let id = try await stores.add(.sample(), role: .active)
      try await stores.saveDrift("{}", of: "leads-1")
      #expect(try stores.models.model(id, in: .other) == nil)
      #expect(try await stores.models.content(of: id, in: .other) == nil)
      #expect(try await stores.models.models(named: nil, in: .other).isEmpty)
      #expect(try stores.models.choices(in: .other) == ScoringChoices())
      #expect(try stores.models.drift(of: "leads-1", in: .other) == nil)
      #expect(await failure { try await stores.activate("leads-1", in: .other) } == .notFound)
      #expect(await failure { try await stores.rollBack(in: .other) } == .conflict)
    }
  }

  @Test("the scorecard answers until something is chosen", arguments: Backend.allCases)
  func activation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try stores.models.choices(in: .default) == ScoringChoices())
      // What answers anyway is no news.
      #expect(try await stores.activate("scorecard") == ScoringChoices())
      #expect(await failure { try await stores.activate("leads-1") } == .notFound)
      try await stores.add(.sample())
      #expect(try stores.models.choices(in: .default) == ScoringChoices())
      let chosen = ScoringChoices(
        active: .trained("leads-1"), previous: .scorecard, since: noon + .seconds(1))
      #expect(try await stores.activate("leads-1", at: noon + .seconds(1)) == chosen)
      #expect(try await stores.activate("leads-1", at: noon + .seconds(2)) == chosen)
      #expect(try stores.models.choices(in: .default) == chosen)
      let incremental = try await stores.activate("incremental", at: noon + .seconds(3))
      #expect(
        incremental
          == ScoringChoices(
            active: .incremental, previous: .trained("leads-1"), since: noon + .seconds(3)))
      #expect(
        try stores.modelEvents() == [
          "model.trained leads-1", "model.activated leads-1", "model.activated incremental",
        ])
    }
  }

  @Test("a model that is stored to answer does so at once", arguments: Backend.allCases)
  func addedActive(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample())
      _ = try await stores.models.add(
        .sample(at: noon + .seconds(5)), role: .active,
        events: {
          [.model(.modelTrained, $0.id.rawValue), .model(.modelActivated, $0.id.rawValue)]
        }, in: .default)
      #expect(
        try stores.models.choices(in: .default)
          == ScoringChoices(
            active: .trained("leads-2"), previous: .scorecard, since: noon + .seconds(5)))
      #expect(
        try stores.modelEvents() == [
          "model.trained leads-1", "model.trained leads-2", "model.activated leads-2",
        ])
      #expect(try await stores.rollBack().active == .scorecard)
    }
  }

  @Test("rolling back again goes back further, not forth", arguments: Backend.allCases)
  func rollBack(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for _ in 1...3 { try await stores.add(.sample()) }
      for name in ["leads-1", "leads-2", "leads-1", "leads-3"] {
        try await stores.activate(name)
      }
      let steps: [(active: String, previous: String?)] = [
        ("leads-1", "leads-2"), ("leads-2", "leads-1"), ("leads-1", "scorecard"),
        ("scorecard", nil),
      ]
      for (number, step) in steps.enumerated() {
        let time = noon + .seconds(10 + number)
        let choices = try await stores.rollBack(at: time)
        #expect(choices.active.name == step.active)
        #expect(choices.previous?.name == step.previous)
        #expect(choices.since == time)
        #expect(try stores.models.choices(in: .default) == choices)
      }
      #expect(await failure { try await stores.rollBack() } == .conflict)
      #expect(
        try stores.modelEvents().suffix(2) == [
          "model.rolled_back leads-1", "model.rolled_back scorecard",
        ])
    }
  }

  @Test(
    "a choice after a roll-back goes back to what it took the place of",
    arguments: Backend.allCases)
  func afterRollBack(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for _ in 1...3 { try await stores.add(.sample()) }
      try await stores.activate("leads-1")
      try await stores.activate("leads-2")
      try await stores.rollBack()
      try await stores.activate("leads-3")
      #expect(try await stores.rollBack().active == .trained("leads-1"))
      #expect(try await stores.rollBack().active == .scorecard)
    }
  }

  @Test(
    "a challenger is stored, is not active, and is none once it answers",
    arguments: Backend.allCases)
  func challenger(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(await failure { try await stores.challenge("leads-1") } == .notFound)
      for _ in 1...2 { try await stores.add(.sample()) }
      // Beside the scorecard, which nobody has chosen.
      #expect(
        try await stores.challenge("leads-2") == ScoringChoices(challenger: "leads-2"))
      try await stores.activate("leads-1")
      #expect(try stores.models.choices(in: .default).challenger == "leads-2")
      #expect(await failure { try await stores.challenge("leads-1") } == .conflict)
      #expect(try stores.models.choices(in: .default).challenger == "leads-2")
      // Set already.
      try await stores.challenge("leads-2")
      #expect(try await stores.activate("leads-2").challenger == nil)
      #expect(try await stores.challenge("leads-1").challenger == "leads-1")
      // The challenger answers again.
      let back = try await stores.rollBack()
      #expect(back.active == .trained("leads-1"))
      #expect(back.challenger == nil)
      try await stores.challenge("leads-2")
      try await stores.challenge(nil)
      try await stores.challenge(nil)
      #expect(try stores.models.choices(in: .default).challenger == nil)
      #expect(
        try stores.modelEvents().filter { $0.hasPrefix("model.challenged") } == [
          "model.challenged leads-2", "model.challenged leads-1", "model.challenged leads-2",
          "model.challenged ",
        ])
    }
  }

  @Test(
    "many choices at once leave one that holds, and all of them to walk back",
    arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let names = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<20 {
          group.addTask { try await stores.add(.sample(), role: .active).rawValue }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(names == Set((1...20).map { "leads-\($0)" }))
      var seen = [try stores.models.choices(in: .default).active.name]
      while try stores.models.choices(in: .default).previous != nil {
        seen.append(try await stores.rollBack().active.name)
      }
      #expect(seen.last == "scorecard")
      #expect(Set(seen.dropLast()) == names)
      #expect(seen.count == 21)
    }
  }
}
