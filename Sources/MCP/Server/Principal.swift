/// Who makes a request, and what it may do.
package struct Principal: Sendable, Hashable {
  /// A stable name: of a key, a subject, or `local` on stdio. What is sealed for one principal does not
  /// open for another.
  package var name: String
  /// The workspace it works in; it never learns of another.
  package var workspace: String
  /// What it may do, for example `leads:read`; `*` stands for everything.
  package var scopes: Set<String>

  /// A principal.
  package init(name: String, workspace: String = "default", scopes: Set<String>) {
    self.name = name
    self.workspace = workspace
    self.scopes = scopes
  }

  /// Whether it has all of these scopes.
  package func mayUse(_ required: Set<String>) -> Bool {
    scopes.contains("*") || required.isSubset(of: scopes)
  }
}
