import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// What a client hears, and what the server asks of it.
@Suite(.timeLimit(.minutes(2))) struct ClientListeningTests {
  @Test(arguments: Wire.allCases)
  func `a subscription is heard until its end`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    let heard = Recorder<String>()
    let elsewhere = Recorder<String>()
    let handlers = ClientHandlers(hear: { elsewhere.append($0.method) })
    try await clientServing(fixture, over: wire, handlers: handlers) { client in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: RPCError.self) {
            try await client.listen(["toolsListChanged": true]) { heard.append($0.method) }
          }
        }
        #expect(await heard.reaches { $0.count == 1 })
        fixture.changes.publish(.toolsListChanged)
        #expect(await heard.reaches { $0.count == 2 })
        group.cancelAll()
      }
      #expect(
        heard.values == [
          "notifications/subscriptions/acknowledged", "notifications/tools/list_changed",
        ])
      _ = try await client.request("tools/list")
      #expect(fixture.changes.count == 0)
      #expect(elsewhere.values.isEmpty)
    }
  }

  @Test func `the server may end a subscription in two ways`() async throws {
    try await clientScripted { client, server in
      server.answer(
        "server/discover",
        #"{"result":{"resultType":"complete","supportedVersions":["2026-07-28"]}}"#)
      try await client.connect(.modern)
      server.answer("subscriptions/listen", #"{"result":{"resultType":"complete"}}"#)
      #expect(try await client.listen([:]) { _ in }["resultType"] == "complete")
      server.answer("subscriptions/listen")
      async let lost = failure { try await client.listen(["toolsListChanged": true]) { _ in } }
      _ = await server.received.reaches {
        $0.filter { $0["method"] == "subscriptions/listen" }.count == 2
      }
      let id = server.received.values.last?["id"]?.text ?? ""
      server.send(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id),"#
          + #""reason":"too slow","_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)}}}"#)
      let error = await lost
      #expect(error?.message.contains("too slow") == true)
    }
  }

  @Test(arguments: Wire.allCases)
  func `log messages and changes of the legacy era are heard`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    let heard = Recorder<Notification>()
    let handlers = ClientHandlers(hear: { heard.append($0) })
    try await clientServing(
      fixture, over: wire, mode: .legacy(.v2025November), handlers: handlers
    ) { client in
      _ = try await client.request("logging/setLevel", ["level": "error"])
      _ = try await client.request("tools/call", ["name": "test_logging_tool"])
      fixture.changes.publish(.promptsListChanged)
      #expect(await heard.reaches { $0.count == 5 })
      #expect(heard.values.last?.method == "notifications/prompts/list_changed")
      #expect(heard.values.prefix(4).allSatisfy { $0.method == "notifications/message" })
    }
  }

  @Test func `the server's requests are answered`() async throws {
    let handlers = ClientHandlers(listRoots: { (_: JSONObject) throws(RPCError) in
      InputRequiredTests.roots.objectValue ?? [:]
    })
    try await clientScripted(handlers: handlers) { _, server in
      let asked = [
        (#""p""#, "ping", #"{"jsonrpc":"2.0","id":"p","result":{}}"#),
        (
          "1", "roots/list",
          #"{"jsonrpc":"2.0","id":1,"result":{"roots":[{"uri":"file:///work","name":"work"}]}}"#
        ),
      ]
      for (index, (id, method, answer)) in asked.enumerated() {
        server.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)"}"#)
        #expect(await server.received.reaches { $0.count > index })
        #expect(server.received.values.last == json(answer))
      }
      server.send(#"{"jsonrpc":"2.0","id":2,"method":"sampling/createMessage","params":{}}"#)
      #expect(await server.received.reaches { $0.count == 3 })
      #expect(server.received.values.last?["error"]?["code"] == -32601)
    }
  }

  @Test func `a question that the server withdraws is not answered`() async throws {
    let probe = Probe()
    let handlers = ClientHandlers(elicitForm: { (_: JSONObject) async throws(RPCError) in
      probe["asked"].set()
      if await probe["never"].wait() { return ["action": "cancel"] }
      probe["withdrawn"].set()
      throw RPCError(-1, "withdrawn")
    })
    try await clientScripted(handlers: handlers) { client, server in
      server.send(#"{"jsonrpc":"2.0","id":7,"method":"elicitation/create","params":{}}"#)
      #expect(await probe["asked"].arrives())
      server.send(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#)
      #expect(await probe["withdrawn"].arrives())
      server.answer("ping", #"{"result":{}}"#)
      _ = try await client.request("ping")
      #expect(server.received.values.allSatisfy { $0["id"] != 7 })
    }
  }
}
