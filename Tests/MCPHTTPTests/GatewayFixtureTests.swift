import ConformanceFixture
import Gateway
import JSONRPC
import Logging
import MCP
import MCPHTTP
import Marketing
import Testing

/// Sessions of both eras over HTTP to the gateway.
@Suite(.timeLimit(.minutes(1))) struct GatewayFixtureTests {
  /// Runs a fixture behind a gateway, and a session with it.
  private func serving(
    _ fixture: FixtureServer, _ mode: ClientSession.Mode,
    handlers: ClientHandlers = ClientHandlers(),
    _ body: @escaping @Sendable (ClientSession) async throws -> Void
  ) async throws {
    let port = OneShot<Int>()
    var configuration = Gateway.Configuration()
    configuration.port = 0
    let stores = InMemoryStores()
    let gateway = Gateway(
      configuration, server: fixture.server,
      backing: Gateway.Backing(
        idempotency: stores, events: stores,
        authenticator: Authenticator(keys: stores, allowsAnonymous: true)),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      onListening: { port.fulfil($0) })
    try await running(gateway) {
      let transport = try HTTPTransport.open(
        "http://127.0.0.1:\(await port.value())/mcp", limits: .quick)
      let session = ClientSession(
        transport: transport, info: Implementation(name: "test", version: "1"), handlers: handlers)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await session.run() }
        let outcome = await Result.of {
          try await session.connect(mode)
          try await body(session)
        }
        session.close()
        try await group.waitForAll()
        try outcome.get()
      }
    }
  }

  private static let modes: [ClientSession.Mode] = [
    .automatic, .modern, .legacy(.v2025November), .legacy(.v2025June), .legacy(.v2025March),
  ]

  private static func text(_ result: JSONObject) -> String? {
    result["content"]?[0]?["text"]?.stringValue
  }

  @Test(arguments: modes)
  func calls(_ mode: ClientSession.Mode) async throws {
    try await serving(FixtureServer(), mode) { session in
      let tools = try await session.request("tools/list")["tools"]?.arrayValue ?? []
      #expect(tools.count > 20)
      let greeting = try await session.request(
        "tools/call", ["name": "greet", "arguments": ["name": "Ann"]])
      #expect(Self.text(greeting) == "Hello, Ann!")
      let mirrored = try await session.request(
        "tools/call", ["name": "test_x_mcp_header", "arguments": ["region": " Zürich"]])
      #expect(Self.text(mirrored) == "region  Zürich")
      let read = try await session.request("resources/read", ["uri": "test://static-text"])
      #expect(read["contents"]?[0]?["uri"] == "test://static-text")
      await #expect(throws: RPCError.self) {
        try await session.request("tools/call", ["name": "none"])
      }
    }
  }

  @Test(arguments: modes)
  func progress(_ mode: ClientSession.Mode) async throws {
    let reported = Recorder<Double>()
    try await serving(FixtureServer(), mode) { session in
      _ = try await session.request("tools/call", ["name": "test_tool_with_progress"]) {
        progress, _, _ in reported.append(progress)
      }
    }
    #expect(reported.values == [0, 50, 100])
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025November), .legacy(.v2025June)])
  func elicitation(_ mode: ClientSession.Mode) async throws {
    let handlers = ClientHandlers(elicitForm: { _ throws(RPCError) in
      ["action": "accept", "content": ["name": "Ann"]]
    })
    try await serving(FixtureServer(), mode, handlers: handlers) { session in
      let result = try await session.request(
        "tools/call", ["name": "test_input_required_result_elicitation"])
      #expect(Self.text(result) == "Hello, Ann!")
    }
  }

  @Test(arguments: [ClientSession.Mode.legacy(.v2025November), .legacy(.v2025June)])
  func answerAfterTheStreamWasLeft(_ mode: ClientSession.Mode) async throws {
    try await serving(FixtureServer(), mode) { session in
      let result = try await session.request("tools/call", ["name": "test_reconnection"])
      #expect(Self.text(result) == "Answered after the stream was closed.")
    }
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025November)])
  func cancellation(_ mode: ClientSession.Mode) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(tools: [ProbeTools.waiting(probe)], probe: probe)
    try await serving(fixture, mode) { session in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { _ = try? await session.request("tools/call", ["name": "wait"]) }
        #expect(await probe["started"].arrives())
        group.cancelAll()
        #expect(await probe["cancelled"].arrives())
      }
      // The connection is as good as before.
      _ = try await session.request("tools/list")
    }
  }

  @Test func changesOfTheModernEra() async throws {
    let heard = Recorder<String>()
    try await serving(FixtureServer(), .modern) { session in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          _ = try? await session.listen(["toolsListChanged": true]) { heard.append($0.method) }
        }
        #expect(await heard.reaches { !$0.isEmpty })
        _ = try await session.request("tools/call", ["name": "test_trigger_tool_change"])
        #expect(await heard.reaches { $0.count == 2 })
        group.cancelAll()
      }
    }
    #expect(
      heard.values == [
        "notifications/subscriptions/acknowledged", "notifications/tools/list_changed",
      ])
  }

  @Test func changesOfTheLegacyEra() async throws {
    let heard = Recorder<String>()
    let handlers = ClientHandlers(hear: { heard.append($0.method) })
    try await serving(FixtureServer(), .legacy(.v2025November), handlers: handlers) { session in
      _ = try await session.request("tools/call", ["name": "test_trigger_tool_change"])
      #expect(await heard.reaches { $0.contains("notifications/tools/list_changed") })
    }
  }

  @Test func manyAtATime() async throws {
    try await serving(FixtureServer(), .modern) { session in
      try await withThrowingTaskGroup(of: String?.self) { group in
        for number in 0..<400 {
          group.addTask {
            Self.text(
              try await session.request(
                "tools/call", ["name": "greet", "arguments": ["name": .string("\(number)")]]))
          }
        }
        var greeted: Set<String> = []
        for try await text in group { greeted.insert(text ?? "") }
        #expect(greeted.count == 400)
      }
    }
  }
}
