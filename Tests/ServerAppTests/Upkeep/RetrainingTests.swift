import Foundation
import JSONRPC
import LeadModels
import Logging
import MCP
import Marketing
import MarketingTools
import ServerApp
import ServiceLifecycle
import Testing

/// Models that are trained without being asked for.
@Suite(.timeLimit(.minutes(4))) struct RetrainingTests {
  private static let hour = Duration.seconds(3600)

  @Test func nothingIsTriedBeforeEnoughOutcomesCame() async throws {
    let harness = try UpkeepHarness(retrainAfter: 10)
    let upkeep = harness.upkeep()
    try await harness.addLeads(0..<9)
    #expect(await upkeep.retrain() == [:])
    try await harness.addLeads(9..<10)
    let attempts = await upkeep.retrain()
    guard case .refused(let reason) = attempts[.default] else {
      Issue.record("ten leads are too few to train on: \(attempts)")
      return
    }
    #expect(reason.contains("at least 100"))
    let lines = harness.log.withLock { $0.filter { $0.hasPrefix("notice") } }
    #expect(lines.count == 1)
    #expect(lines.first?.contains(reason) == true)
    // What failed is not tried again before another outcome came, nor at once when one did.
    harness.pass(Self.hour + .seconds(1))
    #expect(await upkeep.retrain() == [:])
    try await harness.addLeads(10..<11)
    #expect(await upkeep.retrain().count == 1)
    harness.pass(.seconds(60))
    try await harness.addLeads(11..<12)
    #expect(await upkeep.retrain() == [:])
    harness.pass(Self.hour)
    #expect(await upkeep.retrain().count == 1)
  }

  @Test func neverIsNever() async throws {
    let harness = try UpkeepHarness()
    try await harness.addLeads(0..<12)
    #expect(await harness.upkeep().retrain() == [:])
  }

  @Test func anAlarmNeedsFewerOutcomes() async throws {
    let harness = try UpkeepHarness(retrainAfter: 20)
    try await harness.activate()
    try await harness.addLeads(0..<4)
    let upkeep = harness.upkeep()
    await upkeep.keepDrift()
    #expect(await upkeep.retrain() == [:])
    try await harness.count(600, isShifted: true)
    #expect(await upkeep.retrain() == [:], "nobody has looked at the drift yet")
    await upkeep.keepDrift()
    #expect(await upkeep.retrain().count == 1)
  }

  @Test func twoProcessesTrainOnceAndTheChallengerIsCompared() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/l.sqlite"
      try await UpkeepApplication.with(path, retrainAfter: 150) { application, client in
        let now = SystemClock.now()
        let seeds = try UpkeepHarness(application, now: now + .seconds(-3600))
        try await seeds.addLeads(0..<160)
        let other = try UpkeepApplication.make(path, retrainAfter: 150)
        async let one = UpkeepApplication.upkeep(application).retrain()
        async let two = UpkeepApplication.upkeep(other).retrain()
        let attempts = await [one, two].compactMap { $0[.default] }
        #expect(attempts == [.trained(ScoringModelID(rawValue: "leads-1"))])
        #expect(await UpkeepApplication.upkeep(application).retrain() == [:])
        let models = try await application.models.list(named: nil, in: .default)
        #expect(models.map(\.id.rawValue) == ["leads-1"])
        #expect(
          try await application.models.choices(in: .default).challenger?.rawValue == "leads-1")
        // An hour later, with an outcome more: it is known what the last training was on.
        try await seeds.addLeads(160..<161)
        #expect(try await application.models.dueRetraining(in: .default) == nil)
        for number in 0..<2 {
          let triage = try await client.call(
            "triage_lead", ["email": "c\(number)@acme.example", "source": "Referral"])
          let id = try #require(triage["leadID"])
          _ = try await client.call(
            "record_outcome",
            ["leadID": id, "disposition": number == 0 ? "converted" : "lost"])
        }
        let report = try await client.call("get_model_report", ["model": "leads-1"])
        let compared = report["shadows"]?.arrayValue ?? []
        #expect(
          Set(compared.compactMap { $0["model"]?.stringValue }) == ["leads-1", "scorecard"],
          "\(JSONWriter.text(of: .object(report)).suffix(600))")
      }
    }
  }

  @Test func outcomesDuringATrainingCountAsNew() async throws {
    let harness = try UpkeepHarness(retrainAfter: 20)
    try await harness.addLeads(0..<160)
    harness.pass(.seconds(1))
    let (data, takenAt) = try await harness.desk.storedData(
      byTime: false, lostAfterDays: nil, in: .default)
    harness.pass(.seconds(60))
    try await harness.addLeads(160..<180)
    // It may have waited for other trainings.
    harness.pass(.seconds(600))
    _ = try await harness.desk.train(
      "leads", seed: 1, role: .stored, dataAt: takenAt, actor: "tests", in: .default,
      data: { data }, progress: { _ in })
    #expect(try await harness.desk.dueRetraining(in: .default)?.outcomes == 20)
  }

  /// A column of stored leads whose name holds a comma can be left out too.
  @Test func namesWithCommasStandAlone() async throws {
    let harness = try UpkeepHarness()
    try await harness.addLeads(0..<160)
    let trainer = ModelTrainer(desk: harness.desk, workspace: .default)
    let model = try await trainer.train(
      .storedLeads(byTime: false, lostAfterDays: nil), name: "leads",
      excluded: ["Size, in people", "region,industry"], seed: 1, role: .stored
    ) { _ in }
    let excluded = model.report.columns.filter { $0.reason == "excluded by request" }
    #expect(Set(excluded.map(\.name)) == ["Size, in people", "region", "industry"])
    await #expect(throws: ModelCommandError.self) {
      _ = try await trainer.train(
        .storedLeads(byTime: false, lostAfterDays: nil), name: "leads", excluded: ["regoin"],
        seed: 1, role: .stored
      ) { _ in }
    }
  }

  @Test func aTrainingEndsWithTheServerAndNothingIsStored() async throws {
    let harness = try UpkeepHarness(retrainAfter: 100)
    try await harness.addLeads(0..<200)
    harness.pass(.seconds(60))
    let (steps, step) = AsyncStream.makeStream(of: Void.self)
    let hasStarted = Locked(false)
    let hasEnded = Locked(false)
    let mayGoOn = DispatchSemaphore(value: 0)
    let upkeep = harness.upkeep {
      // Time once to train; then never.
      let isFirst = hasStarted.withLock { value in
        defer { value = true }
        return !value
      }
      if !isFirst { try await UpkeepHarness.never() }
    } progress: {
      guard $0.share > 0.02 else { return }
      step.yield()
      // The training waits for who ends it, and does not get far before its task hears of that.
      if hasEnded.withLock({ $0 }) {
        Thread.sleep(forTimeInterval: 0.1)
      } else {
        mayGoOn.wait()
        mayGoOn.signal()
      }
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: OnlyTraining(upkeep: upkeep))],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await _ in steps { break }
      await group.triggerGracefulShutdown()
      hasEnded.withLock { $0 = true }
      mayGoOn.signal()
      try await tasks.waitForAll()
    }
    #expect(try await harness.desk.list(named: nil, in: .default) == [])
    #expect(try harness.modelEvents() == [])
    // As if nothing had been tried: the next process begins at once.
    #expect(try harness.stores.retrainingTime(in: .default) == nil)
    #expect(try await harness.desk.dueRetraining(in: .default)?.outcomes == 200)
  }

  @Test func stoppingStoresWhatWasCounted() async throws {
    let harness = try UpkeepHarness()
    try await harness.activate()
    let (pauses, pause) = AsyncStream.makeStream(of: Void.self)
    let upkeep = harness.upkeep {
      pause.yield()
      try await UpkeepHarness.never()
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: upkeep)],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      // Both that look wait for their time.
      var waiting = pauses.makeAsyncIterator()
      for _ in 0..<2 { await waiting.next() }
      #expect(try harness.stores.drift(of: "leads-1", in: .default) == nil)
      try await harness.count(7)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
    let stored = try #require(try harness.stores.drift(of: "leads-1", in: .default))
    #expect(stored.contains(#""rows":7"#))
  }
}

/// Runs a training as the service does, without what looks at drift.
private struct OnlyTraining: Service {
  let upkeep: ModelUpkeep

  func run() async throws {
    let attempts = await upkeep.retrain()
    #expect(attempts == [.default: .cancelled])
    try await gracefulShutdown()
  }
}
