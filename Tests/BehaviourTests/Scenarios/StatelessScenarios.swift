import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  /// The parts of server-stateless that any way to the server has; the statuses are with HTTP.
  static let stateless: [Scenario] = envelopes + discovery + streams

  private static func modern(
    _ part: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ run: @escaping @Sendable (Peer) async throws -> Void
  ) -> [Scenario] {
    each("server-stateless: \(part)", in: .modern, sourceLocation: sourceLocation) {
      try await $0.peer([:], run)
    }
  }

  private static let envelopes: [Scenario] =
    modern("a partial _meta") { peer in
      let error = try await peer.error(
        "tools/list", envelope: [MetaKey.protocolVersion: "2026-07-28"], isFaulty: true)
      #expect(error.code == .invalidParams)
      #expect(error.message.contains(MetaKey.clientCapabilities))
    }
    + modern("clientInfo is optional") { peer in
      var envelope = Peer.envelope()
      envelope[MetaKey.clientInfo] = nil
      let result = try await peer.result("tools/list", envelope: envelope)
      #expect(result["resultType"] == "complete")
    }
    + modern("a revision that is not served") { peer in
      var envelope = Peer.envelope()
      envelope[MetaKey.protocolVersion] = "1999-01-01"
      let error = try await peer.error("tools/list", envelope: envelope, isFaulty: true)
      #expect(error.code == .unsupportedProtocolVersion)
      #expect(error.data?["requested"] == "1999-01-01")
      #expect(error.data?["supported"] == ["2026-07-28"])
    }
    + modern("a capability that is missing") { peer in
      let error = try await peer.error("tools/call", ["name": "test_missing_capability"])
      #expect(error.code == .missingClientCapability)
      #expect(error.data?["requiredCapabilities"] == ["sampling": [:]])
    }
    + [
      "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "no/such",
      "tasks/list", "tasks/result",
    ].flatMap { method in
      modern("\(method) does not exist") { peer in
        let error = try await peer.error(
          method, ["level": "info", "uri": "test://static-text", "taskId": "x"], isFaulty: true)
        #expect(error.code == .methodNotFound)
      }
    }
    + modern("the id is echoed as it was") { peer in
      let large = JSONValue.integer(9_007_199_254_740_993)
      for id: JSONValue in [1000, "1000", "", large] {
        let wrong = peer.post("tools/call", ["name": "none"], id: id)
        let answer = try await peer.answer(to: wrong)
        #expect(answer["error"]?["code"] == -32602)
      }
      #expect(peer.received.values.map { $0["id"] } == [1000, "1000", "", large])
    }

  private static let discovery: [Scenario] =
    modern("server/discover") { peer in
      let found = try await peer.result("server/discover")
      #expect(found["supportedVersions"] == ["2026-07-28"])
      #expect(found["_meta"]?[MetaKey.serverInfo]?["name"] == "fixture")
      #expect(found["serverInfo"] == nil)
      let capabilities = try #require(found["capabilities"]?.objectValue)
      let methods = [
        "tools": "tools/list", "resources": "resources/list", "prompts": "prompts/list",
      ]
      for (capability, method) in methods {
        #expect(capabilities[capability] != nil, "what is declared is served, and only that")
        _ = try await peer.result(method)
      }
      #expect(capabilities["extensions"]?[MetaKey.tasksExtension] != nil)
    }
    + modern("serverInfo is in every result") { peer in
      let results = [
        try await peer.result("tools/list"), try await peer.call("test_simple_text"),
        try await peer.result("resources/read", ["uri": "test://static-text"]),
      ]
      for result in results {
        #expect(result["_meta"]?[MetaKey.serverInfo]?["name"] == "fixture")
        #expect(result["resultType"] == "complete")
      }
    }
    + modern("nothing is remembered of a request") { peer in
      var able = Peer.envelope(["sampling": [:]])
      let asked = try await peer.result(
        "tools/call", ["name": "test_missing_capability"], envelope: able)
      #expect(asked["resultType"] == "input_required")
      able[MetaKey.clientCapabilities] = [:]
      let error = try await peer.error(
        "tools/call", ["name": "test_missing_capability"], envelope: able)
      #expect(error.code == .missingClientCapability)
    }

  private static let streams: [Scenario] =
    modern("no log without a level") { peer in
      _ = try await peer.call("test_logging_tool")
      #expect(peer.received.values.count == 1)
      _ = try await peer.call("test_logging_tool", meta: [MetaKey.logLevel: "warning"])
      let levels = peer.received.values.compactMap { $0["params"]?["level"]?.stringValue }
      #expect(levels == ["warning", "error", "critical", "alert", "emergency"])
      #expect(peer.received.values.last?["result"] != nil, "the answer comes last")
      let error = try await peer.error(
        "tools/call", ["name": "test_logging_tool"], meta: [MetaKey.logLevel: "loud"],
        isFaulty: true)
      #expect(error.code == .invalidParams)
    }
    + each("server-stateless: the server asks nothing by itself", in: .modern) {
      try await $0.peer(["elicitation": ["form": [:]], "sampling": [:], "roots": [:]]) { peer in
        let asked = try await peer.call("test_streaming_elicitation")
        #expect(asked["resultType"] == "input_required")
        #expect(peer.received.values.count == 1)
      }
    }
    + modern("subscriptions/listen") { peer in
      let filter: JSONObject = ["toolsListChanged": true, "promptsListChanged": false]
      peer.post("subscriptions/listen", ["notifications": .object(filter)], id: "L")
      let first = try await peer.next("an acknowledgement") { _ in true }
      #expect(first["method"] == "notifications/subscriptions/acknowledged")
      #expect(first["params"]?["_meta"]?[MetaKey.subscriptionID] == "L")
      #expect(first["params"]?["notifications"] == ["toolsListChanged": true])
      // A kind that nobody asked for, then one that somebody did.
      _ = try await peer.call("test_trigger_prompt_change")
      _ = try await peer.call("test_trigger_tool_change")
      let told = try await peer.next("a change") {
        $0["method"] == "notifications/tools/list_changed"
      }
      #expect(told["params"]?["_meta"]?[MetaKey.subscriptionID] == "L")
      let methods = peer.received.values.compactMap { $0["method"]?.stringValue }
      #expect(!methods.contains("notifications/prompts/list_changed"))
      peer.notify("notifications/cancelled", ["requestId": "L"])
      _ = try await peer.result("server/discover")
    }
}
