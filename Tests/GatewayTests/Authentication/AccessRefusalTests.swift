import JSONRPC
import MCP
import Marketing
import Testing

@testable import Gateway

@Suite("Refusals")
struct AccessRefusalTests {
  @Test("a challenge names the error, the scopes and where tokens come from")
  func challenge() {
    let metadata = "https://leads.example/.well-known/oauth-protected-resource/mcp"
    let refusal = AccessRefusal(.invalidToken, "the token has expired").needing([
      "b:read", "a:read",
    ])
    #expect(
      refusal.challenge(resourceMetadata: metadata)
        == #"Bearer error="invalid_token", error_description="the token has expired", "#
        + #"scope="a:read b:read", resource_metadata="\#(metadata)""#)
    #expect(
      AccessRefusal(.invalidRequest, "no").challenge(resourceMetadata: nil)
        == #"Bearer error="invalid_request", error_description="no""#)
    #expect(
      refusal.body == ["error": "invalid_token", "error_description": "the token has expired"])
  }

  @Test("a step up names every scope at once")
  func stepUp() {
    let refusal = AccessRefusal.insufficientScope(["leads:write", "leads:read"])
    #expect(refusal.status == 403)
    #expect(
      refusal.challenge(resourceMetadata: nil)?.contains(#"scope="leads:read leads:write""#) == true
    )
  }

  @Test("nothing breaks out of the quotation marks")
  func quoting() {
    let refusal = AccessRefusal(.invalidToken, "a\"b\\c\r\nX: \u{E9}\u{7F}")
    #expect(
      refusal.challenge(resourceMetadata: nil)
        == #"Bearer error="invalid_token", error_description="a'b'c??X: ???""#)
  }

  @Test(
    "each kind has its status",
    arguments: [
      (AccessRefusal.Code.invalidRequest, 400), (.invalidToken, 401), (.insufficientScope, 403),
      (.unavailable, 503),
    ])
  func status(code: AccessRefusal.Code, status: Int) {
    #expect(AccessRefusal(code, "").status == status)
  }

  @Test(
    "the resource is described at its own path and at the root",
    arguments: [
      (
        "https://Leads.example:443/mcp/", "https://leads.example/mcp",
        ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]
      ),
      (
        "http://127.0.0.1:8080", "http://127.0.0.1:8080", ["/.well-known/oauth-protected-resource"]
      ),
    ])
  func metadata(text: String, resource: String, paths: [String]) throws {
    let metadata = ProtectedResourceMetadata(
      resource: try #require(WebURI(text)), authorizationServers: ["https://id.example"])
    #expect(metadata.paths == paths)
    #expect(metadata.url.hasSuffix(paths[0]))
    #expect(metadata.json["resource"] == .string(resource))
    #expect(metadata.json["authorization_servers"] == ["https://id.example"])
    #expect(metadata.json["bearer_methods_supported"] == ["header"])
    let scopes = metadata.json["scopes_supported"]?.arrayValue?.compactMap(\.stringValue)
    #expect(scopes == Scopes.all && scopes?.count == 14)
    #expect(scopes?.contains("offline_access") == false)
  }
}
