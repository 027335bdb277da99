import AsyncHTTPClient
import FoundationEssentials
import JSONRPC
import MCP
import NIOCore
import NIOHTTP1
import Testing
import WireChecks

/// A bare HTTP client of a gateway, which says just what a test tells it to.
struct HTTPVisitor: Sendable {
  /// What was answered.
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    func header(_ name: String) -> String? { headers.first(name: name) }

    var isStream: Bool { header("Content-Type") == "text/event-stream" }

    /// The body, or of a stream the data of its events, as JSON.
    var messages: [JSONValue] {
      get throws {
        guard isStream else { return text.isEmpty ? [] : [try JSONParser().parse(text)] }
        return try events.compactMap(\.data).filter { !$0.isEmpty }.map {
          try JSONParser().parse($0)
        }
      }
    }

    /// The message that answers a request.
    var reply: JSONValue { (try? messages.last) ?? .null }

    /// The code of the error.
    var code: Int64? { reply["error"]?["code"]?.integerValue }

    var events: [Event] { text.components(separatedBy: "\n\n").compactMap(Event.init) }
  }

  /// An event of a stream.
  struct Event: Sendable {
    var id: String?
    var data: String?
    var retry: Int?

    init?(_ text: String) {
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts.first, !name.isEmpty else { continue }
        let value = parts[1].drop { $0 == " " }
        switch name {
        case "id": id = String(value)
        case "data": data = String(value)
        case "retry": retry = Int(value)
        default: break
        }
      }
      if id == nil, data == nil, retry == nil { return nil }
    }
  }

  let port: Int
  let log = WireLog()

  /// Runs a body with a client of a gateway of its own.
  static func visiting(_ body: @escaping @Sendable (HTTPVisitor) async throws -> Void) async throws
  {
    try await GatewayHost.serving { port in
      let visitor = HTTPVisitor(port: port)
      try await body(visitor)
      #expect(visitor.log.faults == [], "a message broke the protocol")
    }
  }

  /// Makes a request that is not answered yet.
  func request(
    _ method: HTTPMethod, _ headers: [(String, String)], _ body: JSONValue? = nil
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/mcp")
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: body))) }
    return request
  }

  /// Makes a request and reads the whole answer.
  /// - Parameter isFaulty: whether the message breaks the protocol on purpose.
  func send(
    _ method: HTTPMethod, _ headers: [(String, String)], _ body: JSONValue? = nil,
    isFaulty: Bool = false
  ) async throws -> Answer {
    if let body { log.clientSends(body, isFaulty: isFaulty) }
    let response = try await HTTPClient.shared.execute(
      request(method, headers, body), timeout: .seconds(20))
    let text = String(buffer: try await response.body.collect(upTo: 8 << 20))
    let answer = Answer(
      status: Int(response.status.code), headers: response.headers, text: text)
    if answer.header("Content-Type")?.hasPrefix("text/plain") != true {
      for message in try answer.messages { log.serverSends(message) }
    }
    return answer
  }

  static let basics: [(String, String)] = [
    ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
  ]

  /// A request of the modern era.
  static func modern(
    _ method: String, _ params: JSONObject = [:], capabilities: JSONObject = [:],
    id: JSONValue = 1, envelope: JSONObject? = nil
  ) -> JSONValue {
    var params = params
    let envelope = envelope ?? Peer.envelope(capabilities)
    let own = params["_meta"]?.objectValue ?? [:]
    let meta = envelope.merging(own)
    params["_meta"] = meta.isEmpty ? nil : .object(meta)
    return ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
  }

  /// The headers that go with a request of the modern era.
  static func headers(for message: JSONValue) -> [(String, String)] {
    let method = message["method"]?.stringValue ?? ""
    var headers =
      basics + [
        ("MCP-Protocol-Version", ProtocolVersion.latest.rawValue), ("Mcp-Method", method),
      ]
    if let key = RequestHeaders.nameMember(of: method),
      let name = message["params"]?[key]?.stringValue
    {
      headers.append(("Mcp-Name", name))
    }
    return headers
  }

  /// The answer to a request of the modern era, with the headers that go with it.
  func post(
    _ message: JSONValue, adding more: [(String, String)] = [], isFaulty: Bool = false
  ) async throws -> Answer {
    try await send(.POST, Self.headers(for: message) + more, message, isFaulty: isFaulty)
  }
}

/// A session of the legacy era.
struct HTTPLegacySession: Sendable {
  let visitor: HTTPVisitor
  let id: String
  var version = ProtocolVersion.latestLegacy

  static func initialize(_ version: ProtocolVersion = .latestLegacy) -> JSONValue {
    [
      "jsonrpc": "2.0", "id": "i", "method": "initialize",
      "params": [
        "protocolVersion": .string(version.rawValue), "capabilities": [:],
        "clientInfo": ["name": "test", "version": "1"],
      ],
    ]
  }

  /// Shakes hands.
  static func open(
    _ visitor: HTTPVisitor, _ version: ProtocolVersion = .latestLegacy
  ) async throws -> HTTPLegacySession {
    let answer = try await visitor.send(.POST, HTTPVisitor.basics, initialize(version))
    try #require(answer.status == 200)
    let session = HTTPLegacySession(
      visitor: visitor, id: try #require(answer.header("Mcp-Session-Id")), version: version)
    let accepted = try await session.post([
      "jsonrpc": "2.0", "method": "notifications/initialized",
    ])
    #expect(accepted.status == 202)
    #expect(accepted.text.isEmpty)
    return session
  }

  var headers: [(String, String)] {
    HTTPVisitor.basics + [("Mcp-Session-Id", id), ("MCP-Protocol-Version", version.rawValue)]
  }

  func post(_ message: JSONValue) async throws -> HTTPVisitor.Answer {
    try await visitor.send(.POST, headers, message)
  }

  func request(
    _ method: String, _ params: JSONObject = [:], id: JSONValue
  ) async throws -> HTTPVisitor.Answer {
    var message: JSONObject = ["jsonrpc": "2.0", "id": id, "method": .string(method)]
    if !params.isEmpty { message["params"] = .object(params) }
    return try await post(.object(message))
  }
}

/// A scenario, or a part of one, that only HTTP has.
struct HTTPScenario: Sendable, CustomTestStringConvertible {
  /// The suite's name of it; behind a colon, of the part.
  let name: String
  let run: @Sendable (HTTPVisitor) async throws -> Void

  init(_ name: String, _ run: @escaping @Sendable (HTTPVisitor) async throws -> Void) {
    self.name = name
    self.run = run
  }

  var testDescription: String { name }

  static let all = sessions + sites + statuses + headerChecks + parameterChecks + taskHeaders
}

/// What the scenarios want of HTTP itself: statuses, headers and streams.
@Suite(.timeLimit(.minutes(2))) struct HTTPScenarioTests {
  @Test(arguments: HTTPScenario.all)
  func scenario(_ scenario: HTTPScenario) async throws {
    try await HTTPVisitor.visiting(scenario.run)
  }
}
