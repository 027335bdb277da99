import JSONRPC
import MCP
import Testing

@testable import MCPHTTP

@Suite struct MirroredHeadersTests {
  @Test(arguments: [
    ("plain", "plain"), ("with a space", "with a space"), ("", ""),
    (" leading", "=?base64?IGxlYWRpbmc=?="), ("trailing ", "=?base64?dHJhaWxpbmcg?="),
    ("Zürich", "=?base64?WsO8cmljaA==?="), ("a\nb", "=?base64?YQpi?="),
    ("a\tb", "=?base64?YQli?="), ("\u{7F}", "=?base64?fw==?="),
    ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="), ("=?base64?", "=?base64?"),
    ("it's ?= fine", "it's ?= fine"),
  ])
  func spelling(text: String, header: String) {
    #expect(HeaderText.spelled(text) == header)
  }

  @Test(arguments: [
    ("tools/list", "{}", ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/list"]),
    ("prompts/get", #"{"name":"ü"}"#, ["Mcp-Name: =?base64?w7w=?="]),
    ("resources/read", #"{"uri":"lead://L1"}"#, ["Mcp-Name: lead://L1"]),
    ("tasks/get", #"{"taskId":"t1"}"#, ["Mcp-Name: t1"]),
    ("completion/complete", #"{"ref":{"name":"x"}}"#, ["Mcp-Method: completion/complete"]),
    (
      "tools/call", #"{"name":"t","arguments":{"region":"eu","deep":{"flag":true,"count":42}}}"#,
      ["Mcp-Name: t", "Mcp-Param-Region: eu", "Mcp-Param-Flag: true", "Mcp-Param-Count: 42"]
    ),
    ("tools/call", #"{"name":"t","arguments":{"region":null}}"#, ["Mcp-Name: t"]),
    ("tools/call", #"{"name":"t"}"#, ["Mcp-Name: t"]),
  ])
  func headers(method: String, params: String, wanted: [String]) throws {
    let schema = try #require(
      try JSONParser().parse(
        """
        {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},
         "other":{"type":"string"},"deep":{"type":"object","properties":{
           "flag":{"type":"boolean","x-mcp-header":"Flag"},
           "count":{"type":"integer","x-mcp-header":"Count"}}}}}
        """
      ).objectValue)
    var object = try #require(try JSONParser().parse(params).objectValue)
    object["_meta"] = ["io.modelcontextprotocol/protocolVersion": "2026-07-28"]
    let found = Request(id: .integer(1), method: method, params: object)
      .mirroredHeaders(MirroredParameter.all(in: schema)).map { "\($0.name): \($0.value)" }
    let always = ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: \(method)"]
    #expect(Set(found) == Set(always + wanted))
    #expect(found.count == Set(found).count)
  }

  @Test func legacyHasNone() {
    #expect(Request(id: .integer(1), method: "tools/list").mirroredHeaders([]).isEmpty)
    let meta: JSONObject = ["_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28"]]
    let initialize = Request(id: .integer(1), method: "initialize", params: meta)
    #expect(initialize.mirroredHeaders([]).isEmpty)
  }
}
