package import MCP

package struct Identity: Sendable, Hashable {
  package var principal: Principal

  package init(principal: Principal) { self.principal = principal }

  package static let anyone = Identity(principal: Principal(name: "anonymous", scopes: ["*"]))
}
