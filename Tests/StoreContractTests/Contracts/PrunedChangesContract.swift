import JSONRPC
import Marketing
import Testing

/// What an index has that follows the changes of memory, and begins anew where it is told to.
private struct MemoryFollower {
  var known: [Int64: AnalyzedMemory] = [:]
  var place = ChangePlace.start
  var beginnings = 0

  /// Reads a page.
  /// - Returns: whether there is more.
  mutating func follow(_ stores: Stores, limit: Int) async throws -> Bool {
    let page = try await stores.memories.changes(after: place, limit: limit, in: .default)
    guard let page else {
      (known, place) = ([:], .start)
      beginnings += 1
      return true
    }
    for change in page.changes {
      switch change {
      case .stored(let version, let memory): known[version] = memory
      case .deleted(let version): known[version] = nil
      }
    }
    place = page.place
    return page.hasMore
  }

  var ids: Set<MemoryID> { Set(known.values.map(\.record.id)) }
}

/// Likewise of the graph.
private struct GraphFollower {
  var relations: Set<Int64> = []
  var entities: [Int64: EntityRecord] = [:]
  var place = ChangePlace.start
  var beginnings = 0

  mutating func follow(_ stores: Stores, limit: Int) async throws -> Bool {
    let page = try await stores.knowledge.graphChanges(
      after: place, limit: limit, in: .default)
    guard let page else {
      (relations, entities, place) = ([], [:], .start)
      beginnings += 1
      return true
    }
    for change in page.changes {
      switch change {
      case .relation(let version): relations.insert(version.number)
      case .deletedRelation(let number): relations.remove(number)
      case .entity(let number, let record): entities[number] = record
      case .deletedEntity(let number): entities[number] = nil
      }
    }
    place = page.place
    return page.hasMore
  }
}

extension Stores {
  fileprivate func forget(_ ids: MemoryID..., in workspace: WorkspaceID = .default) async throws {
    let gone = try await memories.forget(
      ids, for: .upkeep, events: { _ in [] }, in: workspace)
    #expect(gone == ids)
  }
}

@Suite("Pruned changes")
struct PrunedChangesContract {
  @Test("what is old and gone is pruned, the newest changes stay", arguments: Backend.allCases)
  func pruning(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let memories = stores.memories
      #expect(try await memories.pruneChanges(keeping: 1, limit: 9) == 0)
      try await stores.remember(
        .note("m1", "one"), .note("m2", "two"), .note("m3", "three"), .note("m4", "four"))
      try await stores.remember(.note("o1", "one"), .note("o2", "two"), in: .other)
      let beforeDeletions = try memories.latestChange(in: .default)
      try await stores.forget("m1", "m2", "m3")
      try await stores.forget("o1", in: .other)
      let latest = try memories.latestChange(in: .default)
      let elsewhere = try memories.latestChange(in: .other)
      func places(_ workspace: WorkspaceID = .default) async throws -> Int {
        try #require(try await memories.changes(after: .start, limit: 99, in: workspace)).changes
          .count
      }
      // m4, and the three that are gone: two of them are older than the newest two.
      #expect(try await places() == 4)
      #expect(try await memories.pruneChanges(keeping: 4, limit: 9) == 0)
      #expect(try await memories.changes(after: ChangePlace(1), limit: 9, in: .default) != nil)
      #expect(try await memories.pruneChanges(keeping: 2, limit: 1) == 1)
      #expect(try await places() == 3)
      #expect(try await memories.pruneChanges(keeping: 2, limit: 0) == 0)
      #expect(try await memories.pruneChanges(keeping: 2, limit: 9) == 0)
      // The newest stays whatever is asked.
      #expect(try await memories.pruneChanges(keeping: 0, limit: 9) == 1)
      #expect(try await memories.pruneChanges(keeping: -1, limit: 9) == 0)
      #expect(try await places() == 2)
      #expect(try memories.latestChange(in: .default) == latest)
      // Who has read up to a deletion that was not pruned goes on, who has not begins anew.
      #expect(
        try await memories.changes(after: ChangePlace(beforeDeletions), limit: 9, in: .default)
          == nil)
      let rest = try await memories.changes(after: ChangePlace(latest - 1), limit: 9, in: .default)
      #expect(rest?.changes.count == 1 && rest?.place.sequence == latest)
      #expect(
        try await memories.changes(after: ChangePlace(latest), limit: 9, in: .default)?.changes
          == [])
      // Another workspace has its own floor.
      #expect(try await places(.other) == 2)
      #expect(
        try await memories.changes(after: ChangePlace(elsewhere - 1), limit: 9, in: .other)?.changes
          .count == 1)
      // A change that comes later has a later place.
      try await stores.remember(.note("m5", "five"))
      #expect(try memories.latestChange(in: .default) > latest)
      let versions = try await memories.changes(after: ChangePlace(latest), limit: 9, in: .default)?
        .changes
      #expect(versions?.count == 1)
    }
  }

  @Test(
    "what is deleted and pruned between two pages is not missed", arguments: Backend.allCases)
  func betweenPages(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(
        .note("m1", "one"), .note("m2", "two"), .note("m3", "three"), .note("m4", "four"))
      var follower = MemoryFollower()
      #expect(try await follower.follow(stores, limit: 2))
      #expect(follower.ids == ["m1", "m2"])
      try await stores.forget("m1")
      try await stores.remember(.note("m5", "five"))
      #expect(try await stores.memories.pruneChanges(keeping: 1, limit: 9) == 1)
      while try await follower.follow(stores, limit: 2) {}
      #expect(follower.ids == ["m2", "m3", "m4", "m5"])
      #expect(follower.beginnings == 1)
    }
  }

  @Test("what was pruned before the first page disturbs nobody", arguments: Backend.allCases)
  func inPeace(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(
        .note("m1", "one"), .note("m2", "two"), .note("m3", "three"), .note("m4", "four"))
      try await stores.forget("m2", "m4")
      try await stores.remember(.note("m5", "five"))
      #expect(try await stores.memories.pruneChanges(keeping: 1, limit: 1) == 1)
      var follower = MemoryFollower()
      #expect(try await follower.follow(stores, limit: 1))
      #expect(follower.ids == ["m1"])
      // It was there no more when the page was read.
      #expect(try await stores.memories.pruneChanges(keeping: 1, limit: 9) == 1)
      while try await follower.follow(stores, limit: 1) {}
      #expect(follower.ids == ["m1", "m3", "m5"])
      #expect(follower.beginnings == 0)
    }
  }

  @Test(
    "who follows knows what is there, whatever is pruned meanwhile",
    arguments: Backend.allCases, [1, 3, 20])
  func memory(backend: Backend, newest: Int) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var generator = SeededGenerator(seed: UInt64(newest))
      var followers = [MemoryFollower(), MemoryFollower(), MemoryFollower()]
      var stored: Set<MemoryID> = []
      var pruned = 0
      for number in 0..<150 {
        if let id = stored.sorted().randomElement(using: &generator),
          Int.random(in: 0..<5, using: &generator) < 2
        {
          try await stores.forget(id)
          stored.remove(id)
        } else {
          try await stores.remember(.note("m\(number)", "note"))
          stored.insert(MemoryID(rawValue: "m\(number)"))
        }
        if number % 4 == 0 {
          pruned += try await stores.memories.pruneChanges(keeping: newest, limit: 2)
        }
        // One follows closely, one a page now and then, one hardly ever.
        while try await followers[0].follow(stores, limit: 9) {}
        if number % 3 == 0 { _ = try await followers[1].follow(stores, limit: 2) }
        if number % 40 == 0 { _ = try await followers[2].follow(stores, limit: 9) }
      }
      for index in followers.indices {
        while try await followers[index].follow(stores, limit: 3) {}
        #expect(followers[index].ids == stored)
        #expect(try stores.memories.latestChange(in: .default) == followers[index].place.sequence)
      }
      #expect(followers[2].beginnings > 0 && pruned > 20)
      #expect(followers[0].beginnings == 0)
    }
  }

  @Test("likewise who follows the graph", arguments: Backend.allCases, [1, 5])
  func graph(backend: Backend, newest: Int) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var generator = SeededGenerator(seed: UInt64(newest))
      var (close, slow) = (GraphFollower(), GraphFollower())
      var told: [RelationID] = []
      var pruned = 0
      for number in 0..<60 {
        let ends = ["A", "B", "C", "D"].shuffled(using: &generator).prefix(2)
        told += try await stores.relate(
          .sample(ends[0], "uses", ends[1], .sample("s\(number)"), replaces: number % 2 == 0),
          at: noon + .seconds(number)
        ).map(\.relation.id)
        if number % 2 == 0, let id = told.randomElement(using: &generator) {
          _ = try await stores.knowledge.forgetRelations(
            [id], for: .upkeep, events: { _ in [] }, in: .default)
        }
        if number % 7 == 0, let id = try await stores.entity(ends[0], for: .upkeep) {
          _ = try await stores.knowledge.forgetEntity(
            id, for: .upkeep, events: { _ in [] }, in: .default)
        }
        let latest = try stores.knowledge.latestGraphChange(in: .default)
        pruned += try await stores.knowledge.pruneGraphChanges(keeping: newest, limit: 3)
        #expect(try stores.knowledge.latestGraphChange(in: .default) == latest)
        if number % 10 == 0 { _ = try await slow.follow(stores, limit: 4) }
        while try await close.follow(stores, limit: 50) {}
      }
      while try await slow.follow(stores, limit: 4) {}
      #expect(pruned > 10 && slow.beginnings > 0)
      var fresh = GraphFollower()
      while try await fresh.follow(stores, limit: 500) {}
      #expect(fresh.beginnings == 0)
      for follower in [close, slow] {
        #expect(follower.relations == fresh.relations && follower.entities == fresh.entities)
        #expect(follower.place.sequence == fresh.place.sequence)
      }
      let stored = try await stores.knowledge.entities(
        matching: EntityQuery(for: .upkeep, knownAt: .distantFuture), in: .default)
      #expect(Set(stored.entities.map(\.id)) == Set(fresh.entities.values.map(\.id)))
      #expect(!fresh.relations.isEmpty)
    }
  }
}
