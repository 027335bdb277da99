import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  /// The tools of the scenarios, which a server that is tested must have.
  private static let names: Set<String> = [
    "test_simple_text", "test_image_content", "test_audio_content", "test_embedded_resource",
    "test_multiple_content_types", "test_error_handling", "test_tool_with_progress",
    "json_schema_2020_12_tool", "test_tool_with_logging", "test_sampling", "test_elicitation",
    "test_elicitation_sep1034_defaults", "test_elicitation_sep1330_enums", "test_reconnection",
    "test_missing_capability", "test_streaming_elicitation", "test_logging_tool",
    "test_trigger_tool_change", "test_trigger_prompt_change", "test_x_mcp_header", "greet",
    "slow_compute", "failing_job", "protocol_error_job", "confirm_delete", "multi_input",
    "test_tool_with_task",
  ]

  /// Lists tools and calls those whose answer is fixed.
  static let tools: [Scenario] =
    each("tools-list", in: .every) {
      try await $0.session { session in
        let tools = try await session.request("tools/list")["tools"]?.arrayValue ?? []
        let found = tools.compactMap { $0["name"]?.stringValue }
        #expect(Set(found).count == tools.count)
        #expect(names.subtracting(found).isEmpty)
        for tool in tools {
          let name = tool["name"]?.stringValue ?? ""
          #expect(name.wholeMatch(of: /[A-Za-z0-9_.\-]{1,128}/) != nil)
          #expect(tool["description"]?.stringValue?.isEmpty == false, "\(name)")
          #expect(tool["inputSchema"]?["type"] == "object", "\(name)")
        }
      }
    } + contents
    + each("tools-call-error", in: .every) {
      try await $0.session { session in
        let result = try await session.call("test_error_handling")
        #expect(result["isError"] == true)
        #expect(result.firstText?.isEmpty == false)
      }
    } + reports
    + each("json-schema-2020-12", in: .both) {
      try await $0.session { session in
        let tools = try await session.request("tools/list")["tools"]?.arrayValue ?? []
        let tool = tools.first { $0["name"] == "json_schema_2020_12_tool" }
        #expect(tool?["inputSchema"] == .object(FixtureTools.schema2020))
        let called = try await session.call(
          "json_schema_2020_12_tool", ["contactMethod": "email", "email": "a@example.com"])
        #expect(called["isError"] == nil)
        let broken = try await session.call(
          "json_schema_2020_12_tool", ["contactMethod": "phone", "email": "a@example.com"])
        #expect(broken["isError"] == true, "'then' wants a phone")
      }
    }
    + each("server-sse-multiple-streams", in: .both) {
      try await $0.session { session in
        try await withThrowingTaskGroup(of: String?.self) { group in
          for name in ["a", "b", "c"] {
            group.addTask { try await session.call("greet", ["name": .string(name)]).firstText }
          }
          var said: Set<String> = []
          for try await text in group { said.insert(text ?? "") }
          #expect(said == ["Hello, a!", "Hello, b!", "Hello, c!"])
        }
      }
    }
    + each("server-sse-polling", in: .every) {
      try await $0.session { session in
        let result = try await session.call("test_reconnection")
        #expect(result.firstText == "Answered after the stream was closed.")
      }
    }

  /// A call and its content, block by block.
  private static func content(
    _ name: String, _ tool: String, in versions: [ProtocolVersion], _ blocks: [JSONValue]
  ) -> [Scenario] {
    each(name, in: versions) {
      try await $0.session { session in
        let result = try await session.call(tool)
        #expect(result["content"] == .array(blocks))
        #expect(result["isError"] == nil)
      }
    }
  }

  private static let contents: [Scenario] =
    content(
      "tools-call-simple-text", "test_simple_text", in: .every,
      [["type": "text", "text": "This is a simple text response for testing."]])
    + content(
      "tools-call-image", "test_image_content", in: .every,
      [["type": "image", "data": .string(FixtureTools.png), "mimeType": "image/png"]])
    + content(
      "tools-call-audio", "test_audio_content", in: [.v2025March, .v2025June] + .both,
      [["type": "audio", "data": .string(FixtureTools.wav), "mimeType": "audio/wav"]])
    + content(
      "tools-call-embedded-resource", "test_embedded_resource", in: .every,
      [embedded("test://embedded-resource", "text/plain", "Embedded.")])
    + content(
      "tools-call-mixed-content", "test_multiple_content_types", in: .every,
      [
        ["type": "text", "text": "Multiple content types:"],
        ["type": "image", "data": .string(FixtureTools.png), "mimeType": "image/png"],
        embedded("test://mixed-content-resource", "application/json", #"{"test":"data"}"#),
      ])

  private static func embedded(_ uri: String, _ type: String, _ text: String) -> JSONValue {
    [
      "type": "resource",
      "resource": ["uri": .string(uri), "mimeType": .string(type), "text": .string(text)],
    ]
  }

  private static let reports: [Scenario] =
    each("tools-call-with-progress", in: .every) { visit in
      let reported = Recorder<Double>()
      try await visit.session { session in
        let result = try await session.call("test_tool_with_progress") { progress, total, _ in
          #expect(total == 100)
          reported.append(progress)
        }
        #expect(result.firstText == "done")
      }
      #expect(reported.values == [0, 50, 100])
    }
    + each("tools-call-with-progress: the token, before the answer", in: .both) {
      try await $0.peer { peer in
        for token: JSONValue in ["p", 7] {
          let before = peer.received.values.count
          _ = try await peer.call("test_tool_with_progress", meta: [MetaKey.progressToken: token])
          let all = peer.received.values.dropFirst(before)
          #expect(
            all.map { $0["method"] == "notifications/progress" } == [true, true, true, false])
          #expect(all.dropLast().allSatisfy { $0["params"]?["progressToken"] == token })
        }
        let before = peer.received.values.count
        _ = try await peer.call("test_tool_with_progress")
        #expect(peer.received.values.count == before + 1, "nobody asked for progress")
      }
    }
    + each(
      "tools-call-with-logging", in: [.v2024November, .v2025March, .v2025June, .v2025November]
    ) { visit in
      let heard = Recorder<JSONObject>()
      let handlers = ClientHandlers(hear: {
        if $0.method == "notifications/message" { heard.append($0.params) }
      })
      try await visit.session(handlers) { session in
        _ = try await session.request("logging/setLevel", ["level": "info"])
        _ = try await session.call("test_tool_with_logging")
        #expect(await heard.reaches { $0.count == 3 })
        #expect(heard.values.allSatisfy { $0["level"] == "info" })
        #expect(
          heard.values.map { $0["data"] } == [
            "Tool execution started", "Tool execution processing", "Tool execution completed",
          ])
        _ = try await session.request("logging/setLevel", ["level": "error"])
        _ = try await session.call("test_tool_with_logging")
      }
      #expect(heard.values.count == 3)
    }
}
