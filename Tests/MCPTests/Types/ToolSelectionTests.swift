import JSONRPC
import MCP
import Testing

@Suite("The selection of tools")
struct ToolSelectionTests {
  private static let tools = [
    tool("read_a", "a", reads: true), tool("write_a", "a", reads: false),
    tool("read_b", "b", reads: true), tool("write_b", "b", reads: false),
  ]

  private static func tool(_ name: String, _ toolset: String, reads: Bool) -> ToolDefinition {
    ToolDefinition(
      name: name, summary: name, inputSchema: [:], annotations: ["readOnlyHint": .bool(reads)],
      toolset: toolset)
  }

  /// Headers, and the tools that are left.
  static let headers: [([String: [String]], [String])] = [
    ([:], ["read_a", "write_a", "read_b", "write_b"]),
    (
      ["x-mcp-toolsets": [""], "x-mcp-tools": [" , "]], ["read_a", "write_a", "read_b", "write_b"]
    ),
    (["x-mcp-toolsets": ["a"]], ["read_a", "write_a"]),
    (["x-mcp-toolsets": ["a , c"], "x-mcp-tools": ["read_b"]], ["read_a", "write_a", "read_b"]),
    (["x-mcp-toolsets": ["a", "b"]], ["read_a", "write_a", "read_b", "write_b"]),
    (["x-mcp-toolsets": ["all"]], ["read_a", "write_a", "read_b", "write_b"]),
    (["x-mcp-toolsets": ["none"]], []), (["x-mcp-tools": ["*"]], []),
    (["x-mcp-exclude-tools": ["read_a,write_b,x"]], ["write_a", "read_b"]),
    (["x-mcp-readonly": ["true"]], ["read_a", "read_b"]),
    (["x-mcp-readonly": ["yes please"]], ["read_a", "read_b"]),
    (["x-mcp-readonly": ["false", "1"]], ["read_a", "read_b"]),
    (["x-mcp-readonly": ["False"]], ["read_a", "write_a", "read_b", "write_b"]),
    (["x-mcp-tools": ["write_a"], "x-mcp-readonly": ["1"]], []),
  ]

  @Test("headers take tools away", arguments: headers)
  func narrows(fields: [String: [String]], left: [String]) {
    let selection = ToolSelection(headers: RequestHeaders(fields))
    #expect(Self.tools.filter { selection?.allows($0) ?? true }.map(\.name) == left)
    #expect((selection == nil) == (left.count == 4 && fields["x-mcp-toolsets"] != ["a", "b"]))
  }

  @Test("headers never give back what the server does not offer", arguments: headers)
  func neverWidens(fields: [String: [String]], left: [String]) {
    var principal = Principal(
      name: "p", scopes: ["*"], selections: [ToolSelection(excluded: ["read_a"], isReadOnly: true)])
    principal.selections += [ToolSelection(headers: RequestHeaders(fields))].compactMap { $0 }
    let offered = Self.tools.filter { principal.mayUse($0) }.map(\.name)
    #expect(offered == left.filter { $0 == "read_b" })
  }
}
