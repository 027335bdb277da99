import JSONRPC
import Logging
import Marketing
import Outreach
import ServiceLifecycle
import Testing

@Suite("Outbox worker", .timeLimit(.minutes(1)))
struct OutboxWorkerTests {
  private static let busy = DeliveryOutcome.deferred(DeliveryAnswer("451"), .init())
  private static let down = DeliveryOutcome.deferred(
    DeliveryAnswer("no connection"), .init(isUnavailable: true))

  @Test("what is stored is sent, also what comes later, few at a time")
  func sends() async throws {
    var bench = WorkerBench()
    bench.limits = .init(concurrency: 3)
    func messages(_ prefix: String) -> [OutboundMessage] {
      (0..<20).map { .sample("\(prefix)\($0)", lead: LeadID(rawValue: "lead_\($0)")) }
    }
    let later = messages("b")
    try await bench.enqueue(messages("a"))
    try await bench.run { [bench] in
      try await bench.wait { $0[.delivered] == 20 }
      try await bench.enqueue(later)
      try await bench.wait { $0[.delivered] == 40 }
    }
    #expect(Set(bench.channel.ids).count == 40 && bench.channel.ids.count == 40)
    #expect(bench.channel.mostInFlight <= 3)
    let event = try #require(try bench.events(.messageDelivered).first)
    #expect(event.leadID?.rawValue.hasPrefix("lead_") == true && event.actor == "outbox")
    #expect(event.facts["answer"] == "ok" && event.facts["attempts"] == 1)
    #expect(event.facts["possibleDuplicate"] == false && event.personal == nil)
  }

  @Test("what is due later is sent then, and nobody looks in between")
  func later() async throws {
    var message = OutboundMessage.sample()
    message.notBefore = noon + .seconds(20)
    let bench = WorkerBench()
    try await bench.enqueue([message])
    try await bench.run { [bench] in
      while bench.time.waits.isEmpty { await Task.yield() }
      #expect(bench.time.waits == [.seconds(20)])
      #expect(bench.channel.ids.isEmpty)
      bench.time.advance(by: .seconds(20))
      try await bench.wait { $0[.delivered] == 1 }
    }
  }

  @Test("deferred it is tried again with growing pauses, then it is dead")
  func deadLetter() async throws {
    let bench = WorkerBench(ScriptedChannel { _, _ in Self.busy })
    var message = OutboundMessage.sample()
    message.maxAttempts = 4
    try await bench.enqueue([message])
    try await bench.run { [bench] in
      for number in 1...3 {
        try await bench.wait { _ in
          (try? bench.entry().attempts) == number
            && (try? bench.entry().state) == .queued
        }
        let pause = try bench.entry().message.notBefore - bench.time.now
        #expect(pause > .zero && pause <= .seconds(5 << (number - 1)))
        // A moment before, nothing is due.
        bench.time.advance(by: pause)
      }
      try await bench.wait { $0[.dead] == 1 }
    }
    #expect(bench.channel.sent.withLock { $0.map(\.number) } == [1, 2, 3, 4])
    #expect(try bench.events(.messageDeferred).count == 3)
    #expect(try bench.events(.messageDeadLettered).count == 1)
    #expect(try bench.entry().answer?.code == "451")
    #expect(
      bench.lines == [
        "warning a message was given up: list_dead_messages shows it, requeue_messages has it sent "
          + "again cause=451 channel=email lead=lead_1 message=msg_1"
      ])
  }

  @Test("what processes that ended used up is given up, and that is said")
  func interrupted() async throws {
    let asked = Locked<[Int]>([])
    var bench = WorkerBench()
    bench.effects = { attempt, _, _ in
      asked.withLock { $0.append(attempt.number) }
      return nil
    }
    var message = OutboundMessage.sample()
    message.maxAttempts = 1
    try await bench.enqueue([message])
    let attempt = try #require(
      try await bench.stores.claimDue([.email: 1], lease: .seconds(20), at: noon).first)
    #expect(try await bench.stores.begin(attempt, lease: .seconds(20), at: noon))
    bench.time.advance(by: .seconds(20))
    try await bench.run { [bench] in try await bench.wait { $0[.dead] == 1 } }
    #expect(bench.channel.ids.isEmpty && asked.withLock { $0 } == [2])
    #expect(try bench.events(.messageDeadLettered).map { $0.facts["answer"] } == ["interrupted"])
    #expect(bench.lines.count == 1 && bench.lines[0].contains("cause=interrupted"))
  }

  @Test("a channel that asks for a longer pause gets it; what may have arrived is marked")
  func retryAfter() async throws {
    let outcome = DeliveryOutcome.deferred(
      DeliveryAnswer("http 503"), .init(retryAfter: .seconds(900), mayHaveArrived: true))
    let bench = WorkerBench(
      ScriptedChannel { _, number in
        number == 0 ? outcome : .delivered(DeliveryAnswer("http 200"))
      })
    try await bench.enqueue([.sample()])
    try await bench.run { [bench] in
      try await bench.wait { _ in
        (try? bench.entry().attempts) == 1
          && (try? bench.entry().state) == .queued
      }
      #expect(try bench.entry().message.notBefore == noon + .seconds(900))
      bench.time.advance(by: .seconds(900))
      try await bench.wait { $0[.delivered] == 1 }
    }
    #expect(bench.channel.sent.withLock { $0.map(\.isPossibleDuplicate) } == [false, true])
    #expect(try bench.events(.messageDelivered).first?.facts["possibleDuplicate"] == true)
  }

  @Test("gates are asked at the time of sending; each refusal is logged with its gate")
  func gates() async throws {
    var bench = WorkerBench()
    bench.gate = { attempt, now in
      switch attempt.message.id.rawValue {
      case "stopped": .stop(gate: "suppression")
      case "later" where now < noon + .seconds(25):
        .postpone(until: noon + .seconds(25), gate: "quiet_hours")
      default: .go
      }
    }
    try await bench.enqueue(["stopped", "later", "free"].map { .sample($0) })
    try await bench.run { [bench] in
      try await bench.wait { $0 == [.cancelled: 1, .queued: 1, .delivered: 1] }
      #expect(bench.channel.ids == ["free"])
      bench.time.advance(by: .seconds(25))
      try await bench.wait { $0[.delivered] == 2 }
    }
    #expect(try bench.entry("stopped").cancelReason == "suppression")
    #expect(try bench.events(.messageStopped).map { $0.facts["gate"] } == ["suppression"])
    let postponed = try bench.events(.messageDeferred)
    #expect(postponed.map { $0.facts["gate"] } == ["quiet_hours"])
    #expect(postponed.map { $0.facts["notBefore"] } == ["2025-07-15T12:00:25Z"])
    // To be looked at is not to be tried.
    #expect(try bench.entry("later").attempts == 1)
  }

  @Test("a message that is cancelled while its gates are asked is not sent")
  func cancelledMeanwhile() async throws {
    var bench = WorkerBench()
    let stores = bench.stores
    bench.gate = { attempt, now in
      if attempt.message.id == "msg_1" {
        _ = try? await stores.cancel(
          .lead("lead_1"), reason: "unsubscribed", at: now, events: { _ in [] }, in: .default)
      }
      return .go
    }
    try await bench.enqueue([.sample()])
    try await bench.run { [bench] in
      while try bench.entry().state != .cancelled { await Task.yield() }
      try await bench.enqueue([.sample("msg_2")])
      try await bench.wait { $0[.delivered] == 1 }
    }
    #expect(bench.channel.ids == ["msg_2"])
  }

  @Test("a destination that is down is left alone, then tried with one message")
  func breaker() async throws {
    let isUp = Locked(false)
    var bench = WorkerBench(
      ScriptedChannel { _, _ in
        isUp.withLock { $0 } ? .delivered(DeliveryAnswer("ok")) : Self.down
      })
    bench.settings.breaker = .init(failures: 3, pause: .seconds(20), longestPause: .seconds(40))
    bench.settings.backoff = Backoff(base: .milliseconds(1), most: .milliseconds(1))
    bench.limits = .init(concurrency: 1)
    try await bench.enqueue((0..<30).map { .sample("m\($0)") })
    try await bench.run { [bench] in
      while bench.channel.ids.count < 3 {
        bench.time.advance(by: .milliseconds(1))
        await Task.yield()
      }
      // One is given back unsent, and after that none is claimed any more.
      // The longer ones keep claims.
      while !(.seconds(10)...(.seconds(30))).contains(bench.time.waits.last ?? .zero) {
        await Task.yield()
      }
      #expect(bench.channel.ids.count == 3)
      isUp.withLock { $0 = true }
      bench.time.advance(by: .seconds(21))
      // Time goes on, as whatever else the worker waits for comes by the clock as well.
      while try await bench.stores.counts(in: .default)[.delivered] != 30 {
        bench.time.advance(by: .milliseconds(1))
        await Task.yield()
      }
    }
    #expect(bench.channel.ids.count == 33)
    let facts = "channel=email destination=scripted"
    #expect(
      bench.lines == [
        "warning messages wait: a destination is left alone, as it takes none "
          + "cause=no connection \(facts)",
        "notice messages leave again: a destination that was left alone takes them "
          + "cause=ok \(facts)",
      ])
  }

  @Test("that we are not taken is said once until we are")
  func aboutUs() async throws {
    let answers = ["550", "553", "ok", "550"]
    let bench = WorkerBench(
      ScriptedChannel { attempt, number in
        let answer = DeliveryAnswer(answers[number], "550 zoe@acme.example")
        return answer.code == "ok" ? .delivered(answer) : .deferred(answer, .aboutUs)
      })
    try await bench.run { [bench] in
      for number in answers.indices {
        try await bench.enqueue([
          .sample("m\(number)", lead: LeadID(rawValue: "lead_\(number)"))
        ])
        try await bench.wait { _ in
          (try? bench.entry(MessageID(rawValue: "m\(number)")).answer) != nil
        }
      }
    }
    let said =
      "messages are not taken from here: look at the settings of the sender and of the server"
    #expect(
      bench.lines.filter { $0.contains(said) } == [
        "warning \(said) cause=550 channel=email destination=scripted",
        "warning \(said) cause=550 channel=email destination=scripted",
      ])
  }

  @Test("no more goes than the rate lets through")
  func rate() async throws {
    var bench = WorkerBench()
    bench.limits = .init(concurrency: 50, perSecond: 2)
    try await bench.enqueue((0..<6).map { .sample("m\($0)") })
    try await bench.run { [bench] in
      for sent in [2, 4, 6] {
        try await bench.wait { $0[.delivered] == sent }
        #expect(bench.channel.ids.count == sent)
        bench.time.advance(by: .seconds(1))
      }
    }
  }

  @Test("at the end what is being sent is ended and stored, and the rest given back")
  func stops() async throws {
    let door = Door()
    let begun = Door()
    var bench = WorkerBench(
      ScriptedChannel { _, _ in
        begun.open()
        await door.pass()
        return .delivered(DeliveryAnswer("ok"))
      })
    bench.limits = .init(concurrency: 1)
    try await bench.enqueue([.sample("a"), .sample("b")])
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: bench.worker())], logger: Logger(label: "t")))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      await begun.pass()
      await group.triggerGracefulShutdown()
      door.open()
      try await tasks.waitForAll()
    }
    #expect(bench.channel.ids.count == 1)
    #expect(try await bench.stores.counts(in: .default) == [.delivered: 1, .queued: 1])
  }

  @Test("only what is this worker's to send is claimed, as that changes")
  func ownChannels() async throws {
    let own = Locked<Set<OutreachChannel>>([.sms])
    let bench = WorkerBench()
    try await bench.enqueue([
      .sample("mail"), .sample("text", channel: .sms, lead: "lead_2"),
    ])
    try await bench.run(bench.worker(mayClaim: { own.withLock { $0 } })) { [bench] in
      try await bench.wait { $0[.delivered] == 1 }
      #expect(bench.channel.ids == ["text"])
      own.withLock { $0 = [.email] }
      try await bench.enqueue([.sample("text_2", channel: .sms, lead: "lead_3")])
      try await bench.wait { $0[.delivered] == 2 }
      #expect(bench.channel.ids == ["text", "mail"])
    }
  }

  @Test("what one was sending that was killed is sent again, and marked")
  func takesOver() async throws {
    let bench = WorkerBench()
    try await bench.enqueue([.sample("sending"), .sample("claimed", lead: "lead_2")])
    for attempt in try await bench.stores.claimDue([.email: 2], lease: .seconds(20), at: noon)
    where attempt.message.id == "sending" {
      #expect(try await bench.stores.begin(attempt, lease: .seconds(20), at: noon))
    }
    try await bench.run { [bench] in
      while bench.time.waits.isEmpty { await Task.yield() }
      #expect(bench.time.waits == [.seconds(20)])
      bench.time.advance(by: .seconds(20))
      try await bench.wait { $0[.delivered] == 2 }
    }
    let marked = bench.channel.sent.withLock { sent in
      sent.filter(\.isPossibleDuplicate).map(\.message.id)
    }
    #expect(marked == ["sending"])
  }

  @Test("a dry run takes all and sends nothing")
  func dryRun() async throws {
    let channel = DryRunChannel(logger: Logger(label: "tests"))
    let outcome = await channel.send(.sample())
    #expect(outcome == .delivered(DeliveryAnswer("dry run")))
    #expect(channel.recorded == ["msg_1"])
    for number in 0..<3000 { _ = await channel.send(.sample(.sample("m\(number)"))) }
    #expect(channel.recorded.count <= 1000 && channel.recorded.last == "m2999")
  }
}
