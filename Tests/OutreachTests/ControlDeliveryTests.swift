import JSONRPC
import Logging
import Marketing
import NIOHTTP1
import Outreach
import ServerApp
import Testing

@Suite("Changes of campaigns told to platforms", .timeLimit(.minutes(1)))
struct ControlDeliveryTests {
  private static let secret = WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
  private let clock = Locked(noon)

  private func delivery(_ stores: InMemoryStores, port: Int) throws -> ControlDelivery {
    let secret = try #require(Self.secret)
    return ControlDelivery(
      stores, to: WebhookSettings(url: "http://127.0.0.1:\(port)/ads", secret: secret),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { [clock] in clock.withLock { $0 } })
  }

  /// Applies a change of which the platform is to be told.
  private func change(_ stores: InMemoryStores) async throws {
    let window = CampaignWindow(first: CalendarDay(noon) + -7, last: CalendarDay(noon) + -1)
    let evidence = OptimizationEvidence(
      .cpl, .cpl, window: window, figures: CampaignFigures(leads: 10, spend: 900),
      estimate: 90, bound: 61, threshold: 50, words: "a lead costs 90")
    let proposal = Optimization(
      id: OptimizationID(rawValue: "opt-1"), campaignID: CampaignID(rawValue: "C1"),
      kind: .bidChange,
      changes: [
        ControlChange(.bid(channel: "search"), from: .multiplier(1), to: .multiplier(0.9))
      ], evidence: [evidence], risk: OptimizationRisk(.low, "a small step"), undo: "set it back",
      basis: 0, createdAt: noon, expiresAt: noon + .days(7))
    @Sendable func event(_ kind: Event.Kind) -> Event {
      Event(
        id: EventID(rawValue: "evt_\(kind.rawValue.count)"), kind: kind, occurredAt: noon,
        actor: "tests")
    }
    _ = try await stores.propose(
      [CampaignProposals([proposal], for: proposal.campaignID)], escalation: nil, at: noon,
      event: { _ in event(.optimizationProposed) }, in: .default)
    _ = try await stores.apply(
      proposal.id, under: OptimizationPolicy(), approvedBy: "maria", by: "tests", at: noon,
      order: { optimization, controls in
        ControlOrder(
          id: "\(optimization.id)-applied", workspace: .default,
          campaignID: optimization.campaignID, payload: controls.json, notBefore: noon)
      }, event: { _ in event(.optimizationApplied) }, in: .default)
  }

  @Test("a change is posted once, signed, under its name")
  func posted() async throws {
    try await WebhookServer.run { server in
      let stores = InMemoryStores()
      defer { stores.close() }
      try await change(stores)
      let delivery = try delivery(stores, port: server.port)
      await delivery.deliver()
      await delivery.deliver()
      let hooks = server.hooks.withLock { $0 }
      let hook = try #require(hooks.first)
      #expect(hooks.count == 1 && hook.path == "/ads")
      #expect(hook.headers.first(name: "webhook-id") == "opt-1-applied")
      let seconds = try #require(
        hook.headers.first(name: "webhook-timestamp").flatMap { Int64($0) })
      let secret = try #require(Self.secret)
      #expect(
        WebhookSignature.isGood(
          hook.headers.first(name: "webhook-signature") ?? "", id: "opt-1-applied",
          seconds: seconds, body: hook.body, secret: secret, at: noon))
      let body = try JSONParser().parse(hook.body)
      #expect(body["values"]?["bid/search"] == ["multiplier": 0.9] && body["revision"] == 1)
      let last = try #require(try stores.events(after: 0, limit: 10).last?.event)
      #expect(last.kind == .controlsTold && last.facts["answer"] == "http 200")
      #expect(last.campaignID?.rawValue == "C1")
    }
  }

  @Test("a platform that is out of order is told later, one that refuses is given up")
  func repeated() async throws {
    let answer: @Sendable (Int) -> HookAnswer = { number in
      HookAnswer(status: number == 0 ? .serviceUnavailable : .badRequest)
    }
    try await WebhookServer.run(answer) { server in
      let stores = InMemoryStores()
      defer { stores.close() }
      try await change(stores)
      let delivery = try delivery(stores, port: server.port)
      await delivery.deliver()
      let waiting = try #require(
        try await stores.dueOrders(at: noon + .days(1), limit: 9).first)
      #expect(waiting.attempts == 1 && waiting.notBefore > noon)
      // Not before its time.
      await delivery.deliver()
      #expect(server.hooks.withLock { $0.count } == 1)
      clock.withLock { $0 = waiting.notBefore }
      await delivery.deliver()
      #expect(server.hooks.withLock { $0.count } == 2)
      #expect(try await stores.dueOrders(at: noon + .days(9), limit: 9).isEmpty)
      let last = try #require(try stores.events(after: 0, limit: 10).last?.event)
      #expect(last.kind == .controlsNotTold && last.facts["answer"] == "http 400")
    }
  }
}
