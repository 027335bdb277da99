import JSONRPC

/// Which tools are offered, whatever the scopes allow: few tools are easier on a model than many, and an
/// agent that only reads should not be able to write.
package struct ToolSelection: Sendable, Hashable {
  /// The toolsets that are offered.
  package var toolsets: Set<String>
  /// The tools that are offered beside them. When both are empty, all are.
  package var tools: Set<String>
  /// The tools that are not offered in any case.
  package var excluded: Set<String>
  /// Whether only tools that change nothing are offered. Wins over everything else.
  package var isReadOnly: Bool

  /// A selection; without arguments, of all tools.
  package init(
    toolsets: Set<String> = [], tools: Set<String> = [], excluded: Set<String> = [],
    isReadOnly: Bool = false
  ) {
    self.toolsets = toolsets
    self.tools = tools
    self.excluded = excluded
    self.isReadOnly = isReadOnly
  }

  /// Whether it offers the tool.
  package func allows(_ tool: ToolDefinition) -> Bool {
    if isReadOnly, tool.annotations?["readOnlyHint"] != true { return false }
    if excluded.contains(tool.name) { return false }
    if toolsets.isEmpty, tools.isEmpty { return true }
    return tools.contains(tool.name) || tool.toolset.map(toolsets.contains) == true
  }
}

extension ToolSelection {
  /// What a client narrows its own tools to with the headers `X-MCP-Toolsets`, `X-MCP-Tools`,
  /// `X-MCP-Exclude-Tools` and `X-MCP-Readonly` (the names of GitHub's server). It is one more selection
  /// beside the server's, so it can only take away; a name that is none offers nothing.
  /// - Returns: `nil` when no header says anything.
  package init?(headers: RequestHeaders) {
    func names(_ header: String) -> Set<String> {
      Set(
        (headers.fields[header] ?? []).flatMap { value in
          value.split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
        })
    }
    let off: Set<String> = ["", "0", "false", "no", "off"]
    var toolsets = names("x-mcp-toolsets")
    var tools = names("x-mcp-tools")
    if toolsets.contains("all") {
      toolsets = []
      tools = []
    }
    self.init(
      toolsets: toolsets, tools: tools, excluded: names("x-mcp-exclude-tools"),
      // Whatever does not clearly say no: a client that asks for it in vain would be told wrong.
      isReadOnly: (headers.fields["x-mcp-readonly"] ?? []).contains {
        !off.contains($0.lowercased())
      })
    if self == ToolSelection() { return nil }
  }
}
