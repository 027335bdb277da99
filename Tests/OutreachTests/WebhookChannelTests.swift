import Foundation
import JSONRPC
import Marketing
import NIOHTTP1
import Outreach
import Testing

@Suite("Webhooks", .timeLimit(.minutes(1)))
struct WebhookChannelTests {
  private static let secret = WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

  private func channel(_ server: WebhookServer, limit: Duration = .seconds(5)) throws
    -> WebhookChannel
  {
    let secret = try #require(Self.secret)
    return WebhookChannel(
      WebhookSettings(
        url: "http://127.0.0.1:\(server.port)/hook?x=1", secret: secret, timeLimit: limit)
    ) { noon }
  }

  @Test("the signature of the convention's own example")
  func vector() throws {
    let secret = try #require(Self.secret)
    let body = Array(#"{"test": 2432232314}"#.utf8)
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    let signature = try WebhookSignature.value(
      id: id, seconds: 1_614_265_330, body: body, secret: secret)
    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    let now = Timestamp(milliseconds: 1_614_265_330_000)
    func isGood(_ header: String, _ body: [UInt8] = body, at time: Duration = .zero) -> Bool {
      WebhookSignature.isGood(
        header, id: id, seconds: 1_614_265_330, body: body, secret: secret, at: now + time)
    }
    #expect(
      isGood(signature) && isGood("v1,x \(signature)") && isGood(signature, at: .seconds(300)))
    #expect(!isGood(signature, body + [0x20]) && !isGood("v1,x") && !isGood(""))
    #expect(!isGood(signature, at: .seconds(301)) && !isGood(signature, at: .seconds(-301)))
  }

  @Test(
    "secrets that are none",
    arguments: ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!"])
  func secrets(text: String) { #expect(WebhookSecret(text) == nil) }

  @Test("a message is posted, signed, the same at every attempt")
  func posts() async throws {
    try await WebhookServer.run { server in
      let channel = try channel(server)
      let message = OutboundMessage.sample(to: "+47 22 33 44 55", channel: .sms)
      for isAgain in [false, true] {
        let outcome = await channel.send(.sample(message, isPossibleDuplicate: isAgain))
        #expect(outcome == .delivered(DeliveryAnswer("http 200")))
      }
      let hooks = server.hooks.withLock { $0 }
      #expect(hooks.count == 2)
      for (hook, isAgain) in zip(hooks, [false, true]) {
        #expect(hook.path == "/hook?x=1")
        #expect(hook.headers.first(name: "webhook-id") == "msg_1")
        #expect(hook.headers.first(name: "Idempotency-Key") == "\"msg_1\"")
        #expect(hook.headers.first(name: "Content-Type") == "application/json")
        #expect(hook.headers.first(name: "webhook-timestamp") == "1752580800")
        #expect(
          WebhookSignature.isGood(
            hook.headers.first(name: "webhook-signature") ?? "", id: "msg_1",
            seconds: 1_752_580_800,
            body: hook.body, secret: try #require(Self.secret), at: noon))
        let body = try JSONParser().parse(hook.body)
        #expect(body["type"] == "message.outbound" && body["timestamp"] == "2025-07-15T12:00:00Z")
        let data = try #require(body["data"])
        #expect(data["to"] == "+47 22 33 44 55" && data["channel"] == "sms")
        #expect(data["text"] == "Hello Zoë,\n\nshall we talk?\n" && data["id"] == "msg_1")
        #expect(data["possibleDuplicate"] == .bool(isAgain))
      }
    }
  }

  static let replies: [(status: Int, retryAfter: String?, outcome: DeliveryOutcome)] = [
    (202, nil, .delivered(DeliveryAnswer("http 202"))),
    (
      429, "120",
      .deferred(DeliveryAnswer("http 429"), .init(retryAfter: .seconds(120), isUnavailable: true))
    ),
    (
      503, "Tue, 15 Jul 2025 12:01:00 GMT",
      .deferred(DeliveryAnswer("http 503"), .init(retryAfter: .seconds(60), isUnavailable: true))
    ),
    (503, "soon", .deferred(DeliveryAnswer("http 503"), .init(isUnavailable: true))),
    (
      500, "99999999",
      .deferred(
        DeliveryAnswer("http 500"), .init(retryAfter: .seconds(86_400), isUnavailable: true))
    ),
    (408, nil, .deferred(DeliveryAnswer("http 408"), .init())),
    (401, nil, .deferred(DeliveryAnswer("http 401"), .aboutUs)),
    (302, nil, .deferred(DeliveryAnswer("http 302"), .aboutUs)),
    (400, nil, .refused(DeliveryAnswer("http 400"))),
    (422, nil, .refused(DeliveryAnswer("http 422"))),
    (410, nil, .refused(DeliveryAnswer("http 410"))),
  ]

  @Test("what a receiver answers decides, and no redirect is followed", arguments: replies)
  func answers(status: Int, retryAfter: String?, outcome: DeliveryOutcome) async throws {
    let answer: @Sendable (Int) -> HookAnswer = { _ in
      var headers: HTTPHeaders = ["Location": "/elsewhere"]
      if let retryAfter { headers.add(name: "Retry-After", value: retryAfter) }
      return HookAnswer(status: HTTPResponseStatus(statusCode: status), headers: headers)
    }
    try await WebhookServer.run(answer) { server in
      let found = await (try channel(server)).send(.sample())
      #expect(found == outcome)
      #expect(server.hooks.withLock { $0.map(\.path) } == ["/hook?x=1"])
    }
  }

  @Test("a receiver that hangs up, says nothing, or is not there")
  func failures() async throws {
    func sent(_ answer: HookAnswer) async throws -> DeliveryOutcome {
      let outcomes = Locked<[DeliveryOutcome]>([])
      let answers: @Sendable (Int) -> HookAnswer = { _ in answer }
      try await WebhookServer.run(answers) { server in
        let outcome = await (try channel(server, limit: .seconds(1))).send(.sample())
        outcomes.withLock { $0.append(outcome) }
      }
      return try #require(outcomes.withLock { $0.first })
    }
    for answer in [HookAnswer(isClosed: true), HookAnswer(isSilent: true)] {
      guard case .deferred(_, let deferral) = try await sent(answer) else {
        Issue.record("it was not deferred")
        continue
      }
      // All was sent: it may be there.
      #expect(deferral == .init(isUnavailable: true, mayHaveArrived: true))
    }
    let nobody = WebhookSettings(
      url: "http://127.0.0.1:1/", secret: try #require(Self.secret), timeLimit: .seconds(1))
    guard
      case .deferred(_, let deferral) = await WebhookChannel(nobody, now: { noon }).send(.sample())
    else { return #expect(Bool(false)) }
    #expect(deferral == .init(isUnavailable: true))
  }

  @Test("of a long answer no more is kept than anybody reads")
  func longAnswer() async throws {
    let text = String(repeating: "x", count: 3_000_000)
    let answer: @Sendable (Int) -> HookAnswer = { _ in
      HookAnswer(status: .badRequest, body: text)
    }
    try await WebhookServer.run(answer) { server in
      let outcome = await (try channel(server)).send(.sample())
      #expect(outcome.answer.text.utf8.count == DeliveryAnswer.mostTextBytes)
      guard case .refused = outcome else { return #expect(Bool(false), "\(outcome.answer.code)") }
    }
  }

  @Test(
    "URLs that texts may go to",
    arguments: [
      ("https://hooks.example/x", true), ("http://localhost:8080/x", true),
      ("http://127.0.0.1/x", true), ("http://hooks.example/x", false),
      ("ftp://hooks.example", false),
      ("https://u:p@hooks.example", false), ("hooks.example", false), ("", false),
    ])
  func urls(url: String, isGood: Bool) throws {
    let settings = WebhookSettings(url: url, secret: try #require(Self.secret))
    #expect((settings.flaw == nil) == isGood)
  }
}
