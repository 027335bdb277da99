import Glibc
import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import SQLiteStores
import Sealing
import ServerApp
import ServiceLifecycle
import Testing

/// Consolidation over both kinds of stores, again and again, interrupted, and killed.
@Suite(.timeLimit(.minutes(4))) struct ConsolidationTests {
  enum Backend: CaseIterable, Sendable {
    case memory, sqlite

    func withWorld(_ body: (ConsolidationWorld) async throws -> Void) async throws {
      switch self {
      case .memory:
        let stores = InMemoryStores()
        defer { stores.close() }
        try await body(ConsolidationWorld(memories: stores, leads: stores))
      case .sqlite:
        try await ServerProcess.withFolder { folder in
          let database = try Self.open("\(folder)/l.sqlite")
          defer { database.close() }
          try await body(
            ConsolidationWorld(memories: database.memories, leads: database.leads))
        }
      }
    }

    static func open(_ path: String) throws -> SQLiteDatabase {
      try SQLiteDatabase.open(path: path, keysAt: KeyRing.path(besideDatabase: path))
    }
  }

  @Test(arguments: Backend.allCases, [1, 2, 3] as [UInt64])
  func aSecondRunChangesNothing(_ backend: Backend, _ seed: UInt64) async throws {
    try await backend.withWorld { world in
      try await world.fill(seed: seed)
      var days = 0
      var total = Consolidator.Report()
      // Also a month later, when summaries are old enough for their originals to fade.
      for pause in [0, 31, 400] {
        days += pause
        let first = try await world.run(after: .days(days))
        let state = try await world.versions()
        let second = try await world.run(after: .days(days))
        #expect(!second.hasChanged, "after \(days) days: \(second)")
        #expect(try await world.versions() == state)
        #expect(second.patterns == first.patterns)
        total.merged += first.merged
        total.promoted += first.promoted
        total.compressed += first.compressed
        total.decayed += first.decayed
      }
      #expect(total.merged > 0 && total.promoted > 0)
      #expect(total.compressed > 0 && total.decayed > 0, "\(total)")
    }
  }

  @Test(arguments: Backend.allCases)
  func aRunInPartsEndsAsOneInOnePiece(_ backend: Backend) async throws {
    try await backend.withWorld { whole in
      try await whole.fill(seed: 9)
      let report = try await whole.run()
      try await backend.withWorld { parts in
        try await parts.fill(seed: 9)
        var sum = Consolidator.Report()
        var runs = 0
        while true {
          let part = try await parts.run(limit: 60)
          runs += 1
          sum.examined += part.examined
          sum.merged += part.merged
          sum.promoted += part.promoted
          sum.compressed += part.compressed
          sum.decayed += part.decayed
          sum.patterns += part.patterns
          sum.summaries += part.summaries
          if !part.hasMore { break }
          // One that holds on to the run and dies.
          let ghost = ConsolidationClaim(
            holder: "ghost\(runs)", now: parts.now + .days(-1), lease: .seconds(60))
          #expect(try await parts.memories.claimConsolidation(ghost, in: .default) != nil)
        }
        #expect(runs > 3)
        #expect(sum == report)
        #expect(try await parts.versions() == whole.versions())
      }
    }
  }

  @Test(arguments: Backend.allCases)
  func whatWorksIsKnownAndFollowsTheEvidence(_ backend: Backend) async throws {
    try await backend.withWorld { world in
      try await world.fill(seed: 4)
      let first = try await world.run()
      let patterns = MemoryPatterns(world.memories)
      func best(after days: Int) async throws -> MemoryPatterns.Known? {
        try await patterns.best(
          in: "Security review", for: .agent(nil), now: world.now + .days(days), of: .default)
      }
      let known = try #require(try await best(after: 0))
      #expect(known.pattern.actions == ["page", "call"])
      #expect(known.pattern.trials == 20)
      #expect(known.pattern.interval.low > known.pattern.baseRate)
      #expect(first.promoted >= 1 && first.patterns >= 1)
      let record = try world.memories.memories(
        [known.factID], for: .upkeep, knownAt: world.now, now: world.now, in: .default)
      #expect(record.first?.derivedFrom.count == 20)
      #expect(record.first?.kind == .longTerm && record.first?.leadID == nil)
      #expect(record.first?.source.name == "consolidation" && record.first?.trust == .agent)
      // It fails from now on: the pattern ends, and it is known that it was believed.
      try await world.remember(
        (0..<60).map {
          world.episode(
            "later\($0)", 0,
            Episode(situation: "Security review", actions: ["page", "call"], outcome: 0))
        })
      _ = try await world.run(after: .days(1))
      #expect(try await best(after: 1) == nil)
      var query = MemoryQuery(
        for: .agent(nil), at: MemoryMoment(asOf: world.now, knownAt: world.now + .days(1)),
        now: world.now + .days(1))
      query.factKey = ActionPatterns.key(of: "Security review")
      let then = try await world.memories.list(query, in: .default).records
      #expect(then.map(\.id) == [known.factID], "what was believed before")
    }
  }

  @Test func privateEpisodesTeachTheirRoleOnly() async throws {
    try await Backend.memory.withWorld { world in
      let closer = AgentRoleID(rawValue: "closer")
      try await world.remember(
        (0..<60).map { number in
          let isGood = number % 3 == 0
          var record = world.episode(
            "e\(number)", 1,
            Episode(situation: "s", actions: [isGood ? "secret" : "plain"], outcome: isGood ? 1 : 0)
          )
          record.role = closer
          return record
        })
      _ = try await world.run()
      let patterns = MemoryPatterns(world.memories)
      for (reader, actions) in [
        (MemoryReader.agent(nil), nil), (.agent(closer), ["secret"]),
        (.agent(AgentRoleID(rawValue: "other")), nil),
      ] as [(MemoryReader, [String]?)] {
        let best = try await patterns.best(in: "s", for: reader, now: world.now, of: .default)
        #expect(best?.pattern.actions == actions, "\(reader)")
      }
    }
  }

  @Test func aDryRunSaysWhatARunDoes() async throws {
    try await Backend.memory.withWorld { world in
      try await world.fill(seed: 5)
      let before = try await world.versions()
      var request = Consolidator.Request(actor: "tests")
      request.isDryRun = true
      let dry = try await world.consolidator().run(request, in: .default)
      #expect(try await world.versions() == before)
      #expect(try world.memories.consolidationState(in: .default) == nil)
      let real = try await world.run()
      #expect(
        (dry.merged, dry.compressed, dry.decayed) == (real.merged, real.compressed, real.decayed))
      #expect(dry.merged > 0)
      request.leadID = LeadID(rawValue: "L0")
      let one = try await world.consolidator().run(request, in: .default)
      #expect(one.examined > 0 && one.examined < dry.examined && !one.hasChanged)
    }
  }

  @Test func theServiceRunsWhenItIsDue() async throws {
    try await Backend.memory.withWorld { world in
      try await world.fill(seed: 6)
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      var settings = ConsolidationSettings()
      func run(after hours: Int) async -> [WorkspaceID: Consolidator.Report] {
        await MemoryConsolidation(
          world.consolidator(settings, after: .seconds(hours * 3600)), logger: logger
        ).consolidate()
      }
      #expect(await run(after: 0)[.default]?.hasChanged == true)
      #expect(await run(after: 23) == [:])
      #expect(await run(after: 24)[.default]?.hasMore == false)
      // What was cut short goes on at once.
      settings.recordsPerRun = 60
      #expect(await run(after: 49)[.default]?.hasMore == true)
      #expect(await run(after: 49)[.default] != nil)
      settings.everyHours = 0
      #expect(await run(after: 1000) == [:])
    }
  }

  @Test func theServiceEndsWithTheServer() async throws {
    try await Backend.memory.withWorld { world in
      let (pauses, pause) = AsyncStream.makeStream(of: Void.self)
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let service = MemoryConsolidation(world.consolidator(), logger: logger) {
        pause.yield()
        try await UpkeepHarness.never()
      }
      var never = ConsolidationSettings()
      never.everyHours = 0
      let idle = MemoryConsolidation(world.consolidator(never), logger: logger)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [.init(service: service), .init(service: idle)], logger: logger))
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        for await _ in pauses { break }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
  }

  @Test func aKilledRunIsCompletedByTheNext() async throws {
    try await ServerProcess.withFolder { folder in
      let now = SystemClock.now()
      for name in ["killed", "whole"] {
        let database = try Backend.open("\(folder)/\(name).sqlite")
        defer { database.close() }
        // Half a day from midnight by its own clock, so that no age turns between the runs.
        let world = ConsolidationWorld(
          memories: database.memories, leads: database.leads, now: now + .seconds(-43_200))
        try await world.fill(seed: 11, leads: 60)
      }
      try await Self.kill("\(folder)/killed.sqlite")
      let configuration = ServerConfiguration(databasePath: "\(folder)/other.sqlite")
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let analyze = try Application(configuration, logger: logger).consolidator.analyze
      var states: [Set<MemoryRecord>] = []
      var graphs: [Set<String>] = []
      for name in ["killed", "whole"] {
        let database = try Backend.open("\(folder)/\(name).sqlite")
        defer { database.close() }
        let state = try database.memories.consolidationState(in: .default)
        // In the middle: it has begun, and has not come to its end.
        #expect((state?.open?.place != nil) == (name == "killed"), "\(name)")
        #expect(state?.completedAt == nil)
        let consolidator = Consolidator(
          memories: database.memories, store: database.memories, analyze: analyze,
          // When the lease of the dead one is over.
          now: { SystemClock.now() + .seconds(90) })
        let report = try await consolidator.run(.init(actor: "tests"), in: .default)
        #expect(report.hasChanged && !report.hasMore)
        let world = ConsolidationWorld(memories: database.memories, leads: database.leads)
        states.append(try await world.versions(ignoringRecordTimes: true))
        graphs.append(try await Self.learned(in: database))
      }
      #expect(states[0] == states[1])
      #expect(graphs[0] == graphs[1])
      #expect(graphs[0].contains { $0.hasPrefix("Security review works_with page > call ") })
    }
  }

  /// Every version of a relation in words, with its weight.
  private static func learned(in database: SQLiteDatabase) async throws -> Set<String> {
    let changes = try #require(
      try await database.knowledge.graphChanges(after: .start, limit: 1000, in: .default)
    )
    .changes
    var names: [EntityID: String] = [:]
    for case .entity(_, let entity) in changes { names[entity.id] = entity.names.first?.text }
    return Set(
      changes.compactMap { change in
        guard case .relation(let version) = change else { return nil }
        let relation = version.relation
        return "\(names[relation.subject] ?? "?") \(relation.predicate)"
          + " \(names[relation.object] ?? "?") \(relation.weight) \(relation.role?.rawValue ?? "-")"
      })
  }

  /// Has a server consolidate and kills it in the middle.
  private static func kill(_ path: String) async throws {
    let child = try ChildProcess(
      command: [
        ServerProcess.leadrelay, "serve", "--database", "sqlite:\(path)", "--log-level", "error",
      ])
    let client = ClientSession(
      transport: child.transport, info: Implementation(name: "test", version: "1"))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await client.run() }
      try? await client.connect(.modern)
      _ = try? await client.request(
        "tools/call", ["name": "consolidate_memory", "arguments": [:]]
      ) { progress, total, _ in
        if progress >= 10 { child.send(signal: SIGKILL) }
      }
    }
    #expect(await child.stop() & 0x7F == SIGKILL)
  }
}
