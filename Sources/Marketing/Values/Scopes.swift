/// The scopes there are: what a credential may do.
package enum Scopes {
  private static let areas = [
    "leads", "memory", "handoffs", "engagement", "campaigns", "models", "admin",
  ]

  /// Every scope, in the order of their areas.
  package static let all = areas.flatMap { ["\($0):read", "\($0):write"] }

  /// Every scope but those of administration, which are only given by name.
  package static let allButAdmin = all.filter { !$0.hasPrefix("admin:") }

  /// Whether this is a scope, or `*` for all of them.
  package static func isKnown(_ scope: String) -> Bool { scope == "*" || all.contains(scope) }
}

/// The groups that tools are offered in.
package enum Toolsets {
  /// Every toolset.
  package static let all = ["triage", "memory", "handoff", "engagement", "campaigns", "admin"]
}
