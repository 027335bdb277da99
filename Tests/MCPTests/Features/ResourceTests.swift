import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Reading resources.
@Suite(.timeLimit(.minutes(2))) struct ResourceTests {
  static let versions: [ProtocolVersion] = [.v2024November, .v2025November, .latest]

  @Test(arguments: Wire.allCases, versions)
  func `text, bytes and templates can be read`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let expected = [
        (
          "test://static-text",
          #"[{"uri":"test://static-text","mimeType":"text/plain","#
            + #""text":"Content of test://static-text"}]"#
        ),
        (
          "test://static-binary",
          #"[{"uri":"test://static-binary","mimeType":"image/png","#
            + #""blob":"\#(FixtureTools.png)"}]"#
        ),
        (
          "test://template/a%20b/data",
          #"[{"uri":"test://template/a%20b/data","#
            + #""mimeType":"application/json","text":"{\"id\":\"a b\",\"templateTest\":true}"}]"#
        ),
      ]
      for (uri, contents) in expected {
        let read = try await client.result("resources/read", ["uri": .string(uri)])
        #expect(read["contents"]?.text == contents)
      }
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `both lists name what can be read`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let fixed = try await client.result("resources/list")["resources"]?.arrayValue ?? []
      #expect(
        fixed.map { $0["uri"] } == [
          "test://static-text", "test://static-binary", "test://watched-resource",
          "test://asking",
        ])
      let templates = try await client.result("resources/templates/list")["resourceTemplates"]
      #expect(templates?[0]?["uriTemplate"] == "test://template/{id}/data")
    }
  }

  static let missing = [
    "test://none", "", "test://static-text/", "test://static-text?x", "TEST://static-text",
    "test://template//data", "test://template/a/b/data", "test://template/a", "file:///etc/passwd",
    "test://template/%zz/data", "test://template/%ff/data", "test://template/missing/data",
    "test://template/a/data#x",
  ]

  @Test(arguments: missing, versions)
  func `what is not there is an error of its era`(
    uri: String, version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let error = try await client.error(ofFaulty: "resources/read", ["uri": .string(uri)])
        #expect(error.code == (version.era == .legacy ? .resourceNotFound : .invalidParams))
        #expect(error.data == ["uri": .string(uri)])
      }
    }
  }

  @Test(arguments: Wire.allCases, [#"{}"#, #"{"uri":5}"#, #"{"uri":null}"#])
  func `the address must be a string`(wire: Wire, params: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      for version in Self.versions {
        let client = try await peer.open(version)
        let error = try await client.error(ofFaulty: "resources/read", object(params))
        #expect(error.code == .invalidParams)
        if version == .v2024November { return }
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a principal reads and watches only what it may`(wire: Wire) async throws {
    let secret = RegisteredResource(
      ResourceDefinition(uri: "test://secret", name: "secret", scopes: ["admin:read"])
    ) { (uri: String, _: [String: String], _: RequestContext) throws(CallInterruption) in
      [ResourceContents(uri: uri, mimeType: nil, data: .text("s"))]
    }
    let fixture = try FixtureServer(resources: [secret])
    for (scopes, sees) in [(Set<String>(), false), (["admin:read"], true)] {
      let principal = Principal(name: "p", scopes: scopes)
      try await serving(fixture, over: wire, as: principal) { peer in
        let client = try await peer.open(.v2025November)
        let listed = try await client.result("resources/list")["resources"]?.arrayValue ?? []
        #expect(listed.contains { $0["uri"] == "test://secret" } == sees)
        for method in ["resources/read", "resources/subscribe"] {
          let id = client.send(method, ["uri": "test://secret"])
          let answer = try await peer.answer(to: id)
          #expect((answer["error"]?["code"] == -32002) == !sees)
        }
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `of two that match the first answers`(wire: Wire) async throws {
    let pattern = try #require(URITemplate("x://{a}"))
    func named(_ name: String) -> RegisteredResource {
      RegisteredResource(ResourceTemplateDefinition(uriTemplate: pattern, name: name)) {
        (uri: String, values: [String: String], _: RequestContext) throws(CallInterruption) in
        [
          ResourceContents(
            uri: uri, mimeType: nil, data: .text("\(name) \(values["a"] ?? "")"))
        ]
      }
    }
    let fixture = try FixtureServer(resources: [named("first"), named("second")], isBare: true)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let read = try await client.result("resources/read", ["uri": "x://y"])
      #expect(read["contents"]?[0]?["text"] == "first y")
    }
  }

  @Test(arguments: Wire.allCases)
  func `empty contents count as not there`(wire: Wire) async throws {
    let hollow = RegisteredResource(ResourceDefinition(uri: "x://hollow", name: "hollow")) {
      (_: String, _: [String: String], _: RequestContext) throws(CallInterruption) in []
    }
    try await serving(FixtureServer(resources: [hollow]), over: wire) { peer in
      let client = try await peer.open(.latest)
      let error = try await client.error("resources/read", ["uri": "x://hollow"])
      #expect(error.code == .invalidParams)
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `contents that are too long become advice`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    var limits = FixtureServer.limits
    limits.pageBytes = 10_000
    let pattern = try #require(URITemplate("big://{size}"))
    let big = RegisteredResource(
      ResourceTemplateDefinition(uriTemplate: pattern, name: "big")
    ) { (uri: String, variables: [String: String], _: RequestContext) throws(CallInterruption) in
      let size = variables["size"].flatMap { Int($0) } ?? 0
      return [
        ResourceContents(
          uri: uri, mimeType: "text/plain", data: .text(String(repeating: "x", count: size)))
      ]
    }
    try await serving(FixtureServer(resources: [big], limits: limits), over: wire) { peer in
      let client = try await peer.open(version)
      #expect(try await client.result("resources/read", ["uri": "big://9000"])["contents"] != nil)
      let error = try await client.error("resources/read", ["uri": "big://10001"])
      #expect(error.code == .internalError)
      #expect(error.message.contains("10000") && error.message.contains("tool"))
      if version.era == .legacy {
        // It can be watched, though not read in one piece.
        #expect(try await client.result("resources/subscribe", ["uri": "big://10001"]).isEmpty)
      }
    }
  }

  static let addresses: [(template: String, uri: String, address: String?)] = [
    ("x://{a}", "x://abc", "x://abc"), ("x://{a}", "x://%61b%63", "x://abc"),
    ("x://{a}", "x://a%2fb", "x://a%2Fb"), ("x://{a}", "x://a b", "x://a%20b"),
    ("x://{a}", "x://%C3%A9", "x://%C3%A9"), ("x://{a}", "x://\u{E9}", "x://%C3%A9"),
    ("x://{a}", "x://e\u{301}", "x://e%CC%81"), ("x://{a}", "x://a~-._", "x://a~-._"),
    ("x://{a}/d{b}", "x://%64/dd", "x://d/dd"), ("x://{a}", "x://a/\u{338}b", nil),
    ("x://{a}", "x:/\u{338}/b", nil), ("x://{a}", "x://%zz", nil), ("K://{a}", "\u{212A}://a", nil),
  ]

  @Test(arguments: addresses)
  func `each resource has one address among its spellings`(
    address: (template: String, uri: String, address: String?)
  ) throws {
    let template = try #require(URITemplate(address.template))
    let values = template.match(address.uri)
    #expect(values.map(template.expand) == address.address)
    if let values { #expect(template.match(template.expand(values)) == values) }
  }
}
