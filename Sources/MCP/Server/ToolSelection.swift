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
