import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// What a peer of each revision is told, and what is left out for older ones.
@Suite(.timeLimit(.minutes(2))) struct OutputGatingTests {
  private static func fixture() throws -> FixtureServer {
    let rich = try RegisteredTool(
      ToolDefinition(
        name: "rich", title: "Rich", summary: "Has everything", inputSchema: ["type": "object"],
        outputSchema: ["type": "object", "properties": ["a": ["type": "integer"]]],
        annotations: ["readOnlyHint": true, "title": "Rich"], taskSupport: .optional)
    ) { (_: JSONObject, _: RequestContext) in ToolResult(structured: ["a": 1]) }
    let list = try RegisteredTool.test(
      "list", output: ["type": "array", "items": ["type": "integer"]]
    ) { (_: JSONObject, _: RequestContext) in ToolResult(structured: [1, 2, 3]) }
    let media = try RegisteredTool.test("media") { (_: JSONObject, _: RequestContext) in
      ToolResult(content: [
        ContentBlock(.audio(data: FixtureTools.wav, mimeType: "audio/wav")),
        ContentBlock(
          .resourceLink(
            uri: "test://a", name: "a", summary: "An a", mimeType: "text/plain")),
        ContentBlock(
          .text("t"),
          annotations: [
            "audience": ["user"], "priority": 0.5, "lastModified": "2026-01-01T00:00:00Z",
          ]),
      ])
    }
    return try FixtureServer(
      tools: [rich, list, media], resources: FixtureResources.all, prompts: FixturePrompts.all,
      isBare: true)
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `tools are described as far as the revision goes`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(Self.fixture(), over: wire) { peer in
      let client = try await peer.open(version)
      let tools = try await client.result("tools/list")["tools"]?.arrayValue ?? []
      let rich = try #require(tools.first)
      #expect((rich["annotations"] != nil) == (version >= .v2025March))
      #expect((rich["title"] != nil) == (version >= .v2025June))
      #expect((rich["outputSchema"] != nil) == (version >= .v2025June))
      #expect(rich["execution"] == nil)
      #expect(rich["scopes"] == nil && rich["taskSupport"] == nil)
      let list = try #require(tools.dropFirst().first)
      #expect((list["outputSchema"] != nil) == (version.era == .modern))
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `results are structured as far as the revision goes`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(Self.fixture(), over: wire) { peer in
      let client = try await peer.open(version)
      let rich = try await client.call("rich")
      #expect(rich.firstText == #"{"a":1}"#)
      #expect(rich["structuredContent"] == (version >= .v2025June ? ["a": 1] : nil))
      let list = try await client.call("list")
      #expect(list.firstText == "[1,2,3]")
      #expect(list["structuredContent"] == (version.era == .modern ? [1, 2, 3] : nil))
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `content that is unknown to a revision becomes text`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(Self.fixture(), over: wire) { peer in
      let client = try await peer.open(version)
      let content = try await client.call("media")["content"]?.arrayValue ?? []
      let kinds = content.map { $0["type"]?.stringValue }
      #expect(
        kinds == [
          version >= .v2025March ? "audio" : "text",
          version >= .v2025June ? "resource_link" : "text", "text",
        ])
      if version < .v2025June {
        #expect(content[1]["text"]?.stringValue?.contains("test://a") == true)
      }
      let annotations = content[2]["annotations"]
      #expect(annotations?["priority"] == 0.5)
      #expect((annotations?["lastModified"] != nil) == (version >= .v2025June))
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `titles go to revisions that know them`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(Self.fixture(), over: wire) { peer in
      let client = try await peer.open(version)
      let isTitled = version >= .v2025June
      let lists = [
        ("resources/list", "resources"), ("resources/templates/list", "resourceTemplates"),
        ("prompts/list", "prompts"),
      ]
      for (method, key) in lists {
        let entries = try await client.result(method)[key]?.arrayValue ?? []
        #expect(entries.contains { $0["title"] != nil } == isTitled, "\(method)")
      }
      let prompts = try await client.result("prompts/list")["prompts"]?.arrayValue ?? []
      let arguments = prompts.flatMap { $0["arguments"]?.arrayValue ?? [] }
      #expect(arguments.contains { $0["title"] != nil } == isTitled)
    }
  }
}
