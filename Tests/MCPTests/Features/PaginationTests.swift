import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Lists in pages.
@Suite(.timeLimit(.minutes(2))) struct PaginationTests {
  private static func tools(_ count: Int, size: Int = 10) throws -> [RegisteredTool] {
    try (0..<count).map { index in
      try RegisteredTool(
        ToolDefinition(
          name: "tool\(index)", summary: String(repeating: "x", count: size),
          inputSchema: ["type": "object"])
      ) { (_: JSONObject, _: RequestContext) in .text("\(index)") }
    }
  }

  private static func fixture(_ count: Int, size: Int = 10, page: Int, bytes: Int = 900 << 10)
    throws -> FixtureServer
  {
    var limits = FixtureServer.limits
    limits.pageSize = page
    limits.pageBytes = bytes
    return try FixtureServer(
      tools: tools(count, size: size), resources: FixtureResources.all,
      prompts: FixturePrompts.all, isBare: true, limits: limits)
  }

  private static func names(_ page: JSONObject) -> [String] {
    (page["tools"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
  }

  /// Reads all pages.
  private static func pages(_ client: Client) async throws -> [[String]] {
    var pages: [[String]] = []
    var params = JSONObject()
    while pages.count < 100 {
      let page = try await client.result("tools/list", params)
      pages.append(names(page))
      guard let next = page["nextCursor"] else { break }
      params["cursor"] = next
    }
    return pages
  }

  static let sizes: [(tools: Int, page: Int, pages: [Int])] = [
    (0, 3, [0]), (1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (10, 3, [3, 3, 3, 1]),
    (5, 1, [1, 1, 1, 1, 1]), (50, 200, [50]),
  ]

  @Test(arguments: Wire.allCases, sizes)
  func `pages hold so many entries, in order, each once`(
    wire: Wire, size: (tools: Int, page: Int, pages: [Int])
  ) async throws {
    try await serving(Self.fixture(size.tools, page: size.page), over: wire) { peer in
      for version in [ProtocolVersion.v2025November, .latest] {
        let client = try await peer.open(version)
        let pages = try await Self.pages(client)
        #expect(pages.map(\.count) == size.pages)
        #expect(pages.flatMap(\.self) == (0..<size.tools).map { "tool\($0)" })
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `pages hold so many bytes, but never nothing`(wire: Wire) async throws {
    try await serving(Self.fixture(7, size: 1000, page: 200, bytes: 3000), over: wire) { peer in
      let pages = try await Self.pages(peer.open(.latest))
      #expect(pages.map(\.count) == [2, 2, 2, 1])
    }
    try await serving(Self.fixture(3, size: 1000, page: 200, bytes: 10), over: wire) { peer in
      let pages = try await Self.pages(peer.open(.latest))
      #expect(pages.map(\.count) == [1, 1, 1])
    }
  }

  @Test(arguments: Wire.allCases)
  func `the whole fixture fits in one page`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      for method in [
        "tools/list", "prompts/list", "resources/list", "resources/templates/list",
      ] {
        let page = try await client.result(method)
        #expect(page["nextCursor"] == nil)
      }
    }
  }

  @Test(arguments: Wire.allCases, [ProtocolVersion.v2025November, .latest])
  func `a cursor that was not given out here is refused`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let fixture = try Self.fixture(10, page: 3)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      let cursor = try await client.result("tools/list")["nextCursor"]?.stringValue ?? ""
      #expect(!cursor.isEmpty)
      let forged = [
        "", "3", "garbage", cursor + "0", String(cursor.dropLast()), cursor.uppercased(),
        String(cursor.reversed()),
      ]
      for text in forged {
        let error = try await client.error("tools/list", ["cursor": .string(text)])
        #expect(error.code == .invalidParams)
        #expect(error.message.contains("cursor"))
      }
      for value in [JSONValue.null, 3, ["a"], [:]] {
        let error = try await client.error(ofFaulty: "tools/list", ["cursor": value])
        #expect(error.code == .invalidParams)
      }
      for method in ["prompts/list", "resources/list", "resources/templates/list"] {
        let error = try await client.error(method, ["cursor": .string(cursor)])
        #expect(error.code == .invalidParams, "\(method)")
      }
      let next = try await client.result("tools/list", ["cursor": .string(cursor)])
      #expect(Self.names(next) == ["tool3", "tool4", "tool5"])
      try await connecting(to: fixture, over: wire, as: .other) { peer in
        let stranger = try await peer.open(version)
        let error = try await stranger.error("tools/list", ["cursor": .string(cursor)])
        #expect(error.code == .invalidParams)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a cursor serves both eras and another connection`(wire: Wire) async throws {
    let fixture = try Self.fixture(10, page: 3)
    try await serving(fixture, over: wire) { peer in
      let modern = try await peer.open(.latest)
      let cursor = try await modern.result("tools/list")["nextCursor"] ?? .null
      try await connecting(to: fixture, over: wire) { peer in
        let legacy = try await peer.open(.v2025June)
        let page = try await legacy.result("tools/list", ["cursor": cursor])
        #expect(Self.names(page) == ["tool3", "tool4", "tool5"])
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a cursor of a list that has changed is refused`(wire: Wire) async throws {
    let kept = Locked(JSONValue.null)
    try await serving(Self.fixture(10, page: 3), over: wire) { peer in
      let client = try await peer.open(.latest)
      let cursor = try await client.result("tools/list")["nextCursor"] ?? .null
      kept.withLock { $0 = cursor }
    }
    try await serving(Self.fixture(9, page: 3), over: wire) { peer in
      let client = try await peer.open(.latest)
      let error = try await client.error("tools/list", ["cursor": kept.withLock { $0 }])
      #expect(error.code == .invalidParams)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a principal sees what it may use`(wire: Wire) async throws {
    let tools: [RegisteredTool] = try [
      .test("open") { (_: JSONObject, _: RequestContext) in .text("") },
      .test("read", scopes: ["leads:read"]) { (_: JSONObject, _: RequestContext) in .text("") },
      .test("both", scopes: ["leads:read", "leads:write"]) {
        (_: JSONObject, _: RequestContext) in .text("")
      },
    ]
    let fixture = try FixtureServer(tools: tools, isBare: true)
    let seen: [(Set<String>, [String])] = [
      ([], ["open"]), (["leads:read"], ["open", "read"]), (["leads:write"], ["open"]),
      (["leads:read", "leads:write"], ["open", "read", "both"]), (["*"], ["open", "read", "both"]),
    ]
    for (scopes, names) in seen {
      let principal = Principal(name: "p", scopes: scopes)
      try await serving(fixture, over: wire, as: principal) { peer in
        let client = try await peer.open(.latest)
        #expect(Self.names(try await client.result("tools/list")) == names)
        for name in ["open", "read", "both"] where !names.contains(name) {
          let error = try await client.error("tools/call", ["name": .string(name)])
          #expect(error.code == .invalidParams)
          #expect(error.message == "Unknown tool: \(name)")
        }
      }
    }
  }
}
