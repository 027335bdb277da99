package import JSONRPC
package import MCP
import Marketing

/// What clients read to learn where tokens for us come from (RFC 9728).
package struct ProtectedResourceMetadata: Sendable, Hashable {
  private static let wellKnown = "/.well-known/oauth-protected-resource"

  /// The URI that clients know us by, and that tokens for us name as their audience.
  package let resource: WebURI
  /// Who issues tokens for us.
  package let authorizationServers: [String]

  /// A description of the resource.
  package init(resource: WebURI, authorizationServers: [String]) {
    self.resource = resource
    self.authorizationServers = authorizationServers
  }

  /// The paths it is served at: the resource's own one, and the one at the root.
  package var paths: [String] {
    resource.path.isEmpty ? [Self.wellKnown] : [Self.wellKnown + resource.path, Self.wellKnown]
  }

  /// Where clients are sent to read it: the URL for challenges.
  package var url: String { resource.origin + Self.wellKnown + resource.path }

  /// The document.
  package var json: JSONValue {
    [
      "resource": .string(resource.text),
      "authorization_servers": .array(authorizationServers.map(JSONValue.string)),
      "scopes_supported": .array(Scopes.all.map(JSONValue.string)),
      "bearer_methods_supported": ["header"],
    ]
  }
}
