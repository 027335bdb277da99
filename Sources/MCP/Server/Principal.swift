/// Who makes a request, and what it may do.
package struct Principal: Sendable, Hashable {
  /// A stable name: of a key, a subject, or `local` on stdio. What is sealed for one principal does not
  /// open for another.
  package var name: String
  /// The workspace it works in; it never learns of another.
  package var workspace: String
  /// What it may do, for example `leads:read`; `*` stands for everything.
  package var scopes: Set<String>

  /// Which tools it is offered of those that its scopes allow: only what every selection allows.
  package var selections: [ToolSelection]

  /// A principal.
  package init(
    name: String, workspace: String = "default", scopes: Set<String>,
    selections: [ToolSelection] = []
  ) {
    self.name = name
    self.workspace = workspace
    self.scopes = scopes
    self.selections = selections
  }

  /// Whether it may call this tool, and so learn that there is one.
  package func mayUse(_ tool: ToolDefinition) -> Bool {
    mayUse(tool.scopes) && selections.allSatisfy { $0.allows(tool) }
  }

  /// Whether it has all of these scopes.
  package func mayUse(_ required: Set<String>) -> Bool {
    scopes.contains("*") || required.isSubset(of: scopes)
  }
}
