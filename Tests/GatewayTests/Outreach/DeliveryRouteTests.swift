import AsyncHTTPClient
import Foundation
import Gateway
import JSONRPC
import MCP
import Marketing
import NIOHTTP1
import Outreach
import Testing

/// Reports of what became of messages.
@Suite("Reports of deliveries", .timeLimit(.minutes(1)))
struct DeliveryRouteTests {
  private static let path = "/webhooks/deliveries"
  private static let start = TestTime.start.milliseconds / 1000

  private struct Taken: Sendable, Equatable {
    var reports: [DeliveryReport]
    var workspace: WorkspaceID
  }

  private static func secret(_ byte: UInt8) throws -> WebhookSecret {
    let key = Data(repeating: byte, count: 32).base64EncodedString()
    return try #require(WebhookSecret("whsec_\(key)"))
  }

  /// Runs a body with a gateway that takes reports which are signed with the secret of sevens, and with that of
  /// nines for one workspace.
  private static func run(
    fails: Bool = false,
    _ body: (GatewayHarness, _ taken: Locked<[Taken]>) async throws -> Void
  ) async throws {
    let secrets: [(WebhookSecret, DeliveryIntake.Reach)] = [
      (try Self.secret(7), .every),
      (try Self.secret(9), .one(WorkspaceID(rawValue: "sales"))),
    ]
    let taken = Locked<[Taken]>([])
    func back(_ backing: inout Gateway.Backing, _ clock: MovingClock) {
      backing.deliveries = DeliveryIntake(
        in: WorkspaceID(rawValue: "team"),
        reach: { stamp, body in
          secrets.first { secret, _ in
            WebhookSignature.isGood(
              stamp.signature, id: stamp.id, seconds: stamp.seconds, body: body, secret: secret,
              at: Timestamp(milliseconds: clock.wallClock.milliseconds()))
          }?.1
        },
        report: { reports, workspace in
          if fails { throw StoreError(.unavailable, "closed") }
          return taken.withLock { taken in
            let known = taken.flatMap(\.reports).map(\.id)
            taken.append(Taken(reports: reports, workspace: workspace))
            return reports.count { !known.contains($0.id) }
          }
        })
    }
    try await GatewayHarness.run(back: back) { gateway in try await body(gateway, taken) }
  }

  /// A signed request.
  private static func request(
    _ gateway: GatewayHarness, _ body: String, at seconds: Int64 = start, by byte: UInt8 = 7
  ) throws -> HTTPClientRequest {
    let bytes = Array(body.utf8)
    let signature = try WebhookSignature.value(
      id: "w1", seconds: seconds, body: bytes, secret: secret(byte))
    return gateway.request(
      .POST, path, as: nil,
      headers: [
        ("Content-Type", "application/json"), ("webhook-id", "w1"),
        ("webhook-timestamp", "\(seconds)"), ("webhook-signature", signature),
      ], body: bytes)
  }

  private static let good =
    #"{"reports":[{"id":"r1","messageID":"msg_1","kind":"bounced","at":"2026-01-01T00:00:00Z","#
    + #""isPermanent":false,"detail":"452 full"},"#
    + #"{"id":"r2","messageID":"msg_2","kind":"replied","at":"2026-01-01T00:00:01+01:00"}]}"#

  @Test func `signed reports are taken, and again as the same`() async throws {
    try await Self.run { gateway, taken in
      let first = try await gateway.send(Self.request(gateway, Self.good))
      #expect(first.status == 200 && first.body == Array(#"{"accepted":2}"#.utf8))
      let again = try await gateway.send(Self.request(gateway, Self.good))
      #expect(again.status == 200 && again.body == Array(#"{"accepted":0}"#.utf8))
      let reports = [
        DeliveryReport(
          id: "r1", messageID: MessageID(rawValue: "msg_1"), kind: .bounced, at: TestTime.start,
          isPermanent: false, detail: "452 full"),
        DeliveryReport(
          id: "r2", messageID: MessageID(rawValue: "msg_2"), kind: .replied,
          at: TestTime.start + .seconds(-3599)),
      ]
      let expected = Taken(reports: reports, workspace: WorkspaceID(rawValue: "team"))
      #expect(taken.withLock { $0 } == [expected, expected])
    }
  }

  @Test func `a workspace that is named is that of the messages`() async throws {
    try await Self.run { gateway, taken in
      let body = Self.good.replacing("{\"reports\"", with: "{\"workspace\":\"sales\",\"reports\"")
      let answer = try await gateway.send(Self.request(gateway, body))
      #expect(answer.status == 200)
      #expect(taken.withLock { $0 }.map(\.workspace.rawValue) == ["sales"])
    }
  }

  @Test func `a secret for one workspace reaches no other`() async throws {
    try await Self.run { gateway, taken in
      for (name, status) in [("", 200), ("sales", 200), ("team", 403)] {
        let member = name.isEmpty ? "" : "\"workspace\":\"\(name)\","
        let body = Self.good.replacing("{\"reports\"", with: "{\(member)\"reports\"")
        let answer = try await gateway.send(Self.request(gateway, body, by: 9))
        #expect(answer.status == status, "\(name)")
        if status == 403 {
          #expect(try answer.json["type"] == "urn:leadrelay:problem:insufficient-scope")
        }
      }
      #expect(taken.withLock { $0 }.map(\.workspace.rawValue) == ["sales", "sales"])
    }
  }

  /// How a request that was signed is changed, so that it is refused.
  static let forgeries: [(String, @Sendable (inout HTTPClientRequest) -> Void)] = [
    ("no name", { $0.headers.remove(name: "webhook-id") }),
    ("another name", { $0.headers.replaceOrAdd(name: "webhook-id", value: "w2") }),
    ("an empty name", { $0.headers.replaceOrAdd(name: "webhook-id", value: "") }),
    ("two names", { $0.headers.add(name: "webhook-id", value: "w1") }),
    ("no time", { $0.headers.remove(name: "webhook-timestamp") }),
    ("another time", { $0.headers.replaceOrAdd(name: "webhook-timestamp", value: "1767225601") }),
    (
      "a time beyond all",
      { $0.headers.replaceOrAdd(name: "webhook-timestamp", value: "9223372036854775807") }
    ),
    (
      "a time before all",
      { $0.headers.replaceOrAdd(name: "webhook-timestamp", value: "-9223372036854775808") }
    ),
    ("no signature", { $0.headers.remove(name: "webhook-signature") }),
    ("an empty signature", { $0.headers.replaceOrAdd(name: "webhook-signature", value: "v1,") }),
    (
      "another version",
      { request in
        let value = request.headers.first(name: "webhook-signature") ?? ""
        request.headers.replaceOrAdd(name: "webhook-signature", value: "v1a" + value.dropFirst(2))
      }
    ),
    ("another body", { $0.body = .bytes(Array(good.utf8) + [0x20]) }),
  ]

  @Test(arguments: forgeries.indices)
  func `what is not signed by who may report is refused`(_ index: Int) async throws {
    try await Self.run { gateway, taken in
      var request = try Self.request(gateway, Self.good)
      Self.forgeries[index].1(&request)
      let answer = try await gateway.send(request)
      #expect(answer.status == 401, "\(Self.forgeries[index].0)")
      #expect(try answer.json["type"] == "urn:leadrelay:problem:unauthorized")
      #expect(answer.header("www-authenticate") == "Standard-Webhooks")
      #expect(taken.withLock { $0 } == [])
    }
  }

  @Test func `another secret and a time far from now are refused`() async throws {
    try await Self.run { gateway, taken in
      #expect(try await gateway.send(Self.request(gateway, Self.good, by: 8)).status == 401)
      for (seconds, status) in [(-301, 401), (301, 401), (-300, 200), (300, 200)] as [(Int64, Int)]
      {
        let request = try Self.request(gateway, Self.good, at: Self.start + seconds)
        #expect(try await gateway.send(request).status == status, "\(seconds)")
      }
      // Somebody who has read a request sends it again later.
      let read = try Self.request(gateway, Self.good)
      gateway.clock.advance(by: .seconds(301))
      #expect(try await gateway.send(read).status == 401)
      #expect(taken.withLock { $0.count } == 2)
    }
  }

  @Test func `one good signature among several is enough`() async throws {
    try await Self.run { gateway, _ in
      var request = try Self.request(gateway, Self.good)
      let value = try #require(request.headers.first(name: "webhook-signature"))
      request.headers.replaceOrAdd(name: "webhook-signature", value: "v1,AAAA \(value) v2,x")
      #expect(try await gateway.send(request).status == 200)
    }
  }

  /// Signed bodies that cannot be taken, and the places that are named.
  static let wrong: [(body: String, pointers: [String])] = [
    ("{", []), ("[]", [""]), ("{}", ["/reports"]), (#"{"reports":[]}"#, ["/reports"]),
    (#"{"reports":{}}"#, ["/reports"]), (#"{"reports":[1]}"#, ["/reports/0"]),
    (
      #"{"reports":[{}]}"#,
      ["/reports/0/id", "/reports/0/messageID", "/reports/0/kind", "/reports/0/at"]
    ),
    (
      good.replacing("\"bounced\"", with: "\"lost\"").replacing("msg_2", with: "<b>"),
      ["/reports/0/kind", "/reports/1/messageID"]
    ),
    (good.replacing("false", with: "\"no\""), ["/reports/0/isPermanent"]),
    (good.replacing("452 full", with: "a\\u0000b"), ["/reports/0/detail"]),
    (good.replacing("\"452 full\"", with: "null"), ["/reports/0/detail"]),
    (good.replacing("2026-01-01T00:00:00Z", with: "yesterday"), ["/reports/0/at"]),
    (good.replacing("\"detail\"", with: "\"a/b\""), ["/reports/0/a~1b"]),
    (good.replacing("{\"reports\"", with: #"{"workspace":"a b","reports""#), ["/workspace"]),
    (
      #"{"reports":[\#(Array(repeating: "{}", count: 1001).joined(separator: ","))]}"#,
      ["/reports"]
    ),
  ]

  @Test(arguments: wrong)
  func `what is wrong is named, and nothing is taken`(
    _ wrong: (body: String, pointers: [String])
  ) async throws {
    try await Self.run { gateway, taken in
      let answer = try await gateway.send(Self.request(gateway, wrong.body))
      #expect(answer.status == 400)
      let errors = try answer.json["errors"]?.arrayValue ?? []
      #expect(errors.map { $0["pointer"]?.stringValue ?? "-" } == wrong.pointers)
      #expect(taken.withLock { $0 } == [])
    }
  }

  @Test func `of many wrong fields the first are named`() async throws {
    try await Self.run { gateway, _ in
      let body = #"{"reports":[\#(Array(repeating: "{}", count: 1000).joined(separator: ","))]}"#
      let answer = try await gateway.send(Self.request(gateway, body))
      #expect(try answer.status == 400 && answer.json["errors"]?.arrayValue?.count == 20)
    }
  }

  @Test func `method, type and size are looked at`() async throws {
    try await Self.run { gateway, taken in
      let get = try await gateway.get(Self.path, as: nil)
      #expect(get.status == 405 && get.header("allow") == "POST")
      var request = try Self.request(gateway, Self.good)
      request.headers.replaceOrAdd(name: "Content-Type", value: "text/plain")
      #expect(try await gateway.send(request).status == 415)
      let long = Self.good + String(repeating: " ", count: 1 << 20)
      #expect(try await gateway.send(Self.request(gateway, long)).status == 413)
      #expect(taken.withLock { $0 } == [])
    }
  }

  @Test func `a store that fails is told, so that they are sent again`() async throws {
    try await Self.run(fails: true) { gateway, _ in
      let answer = try await gateway.send(Self.request(gateway, Self.good))
      #expect(answer.status == 503 && answer.header("retry-after") == "5")
      #expect(!String(decoding: answer.body, as: UTF8.self).contains("closed"))
    }
  }

  @Test func `without a secret there is nothing there`() async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.send(Self.request(gateway, Self.good))
      #expect(try answer.status == 404 && answer.json["type"] == "urn:leadrelay:problem:not-found")
    }
  }
}
