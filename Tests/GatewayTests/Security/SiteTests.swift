import Gateway
import JSONRPC
import MCP
import Testing

/// Requests that name another host, or come from another's page.
@Suite("Hosts and origins", .timeLimit(.minutes(1)))
struct SiteTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let headers: [String]
    let status: Int
    var testDescription: String { headers.joined(separator: ", ") }
  }

  private static func refused(_ headers: String..., status: Int = 403) -> Case {
    Case(headers: headers, status: status)
  }

  private static func allowed(_ headers: String...) -> Case { Case(headers: headers, status: 200) }

  static let cases = [
    refused("Host: evil.example"), refused("Host: evil.example:8080"),
    refused("Host: 127.0.0.1.evil.example"), refused("Host: localhost.evil.example"),
    refused("Host: app.example.evil.example"), refused("Host: 169.254.169.254"),
    refused("Host: user@127.0.0.1", status: 400), refused("Host: 127.0.0.1/x", status: 400),
    refused("Host: 127.0.0.1:x", status: 400), refused("Host: 127.0.0.1:99999", status: 400),
    refused("Host: 127.0.0.1, evil.example", status: 400), refused("Host:", status: 400),
    refused("Host: 127.0.0.1", "Host: 127.0.0.1", status: 400),
    refused("Host: 127.0.0.1", "Host: evil.example", status: 400),
    refused("Host: evil.example", "Host: 127.0.0.1", status: 400),
    refused("X-Forwarded-Host: 127.0.0.1", "Host: evil.example"),
    refused("Host: 127.0.0.1", "Origin: https://evil.example"),
    refused("Host: 127.0.0.1", "Origin: null"), refused("Host: 127.0.0.1", "Origin:"),
    refused("Host: 127.0.0.1", "Origin: https://app.example@evil.example"),
    refused("Host: 127.0.0.1", "Origin: https://localhost@evil.example"),
    refused("Host: 127.0.0.1", "Origin: http://localhost.evil.example"),
    refused("Host: 127.0.0.1", "Origin: https://app.example.evil.example"),
    refused("Host: 127.0.0.1", "Origin: https://evil.example/app.example"),
    refused("Host: 127.0.0.1", "Origin: http://app.example"),
    refused("Host: 127.0.0.1", "Origin: https://app.example:444"),
    refused("Host: 127.0.0.1", "Origin: file://"), refused("Host: 127.0.0.1", "Origin: localhost"),
    refused(
      "Host: 127.0.0.1", "Origin: https://app.example", "Origin: https://evil.example", status: 400),
    allowed("Host: 127.0.0.1"), allowed("Host: localhost:1"), allowed("Host: [::1]:8080"),
    allowed("Host: LOCALHOST"), allowed("Host: leads.example"),
    allowed("Host: 127.0.0.1", "Origin: http://localhost:5173"),
    allowed("Host: 127.0.0.1", "Origin: https://127.0.0.1:1"),
    allowed("Host: 127.0.0.1", "Origin: http://[::1]:3000"),
    allowed("Host: 127.0.0.1", "Origin: https://app.example"),
    allowed("Host: 127.0.0.1", "Origin: https://APP.example:443"),
  ]

  private func withGateway(_ body: @Sendable (GatewayHarness) async throws -> Void) async throws {
    try await GatewayHarness.run { configuration in
      configuration.hosts = AllowedHosts([Authority("leads.example")!], allowsLoopback: true)
      configuration.origins = AllowedOrigins(["https://app.example"])
    } _: {
      try await body($0)
    }
  }

  /// Every way in: a request line, its headers, its body, and what it is answered when let in.
  static let ways: [(line: String, headers: [String], body: String, success: Int)] = {
    let message = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
    return [
      (
        "POST /mcp",
        [
          "Content-Type: application/json", "Accept: application/json, text/event-stream",
          "MCP-Protocol-Version: 2026-07-28", "Content-Length: \(message.utf8.count)",
        ], message, 202
      ),
      ("GET /mcp", GatewayHarness.upgrade, "", 101),
      ("GET /api/v1/leads", ["Accept: */*"], "", 200),
      ("GET /api/v1/events", ["Accept: text/event-stream"], "", 200),
      ("GET /api/v1/events", GatewayHarness.upgrade.dropLast(), "", 101),
      ("GET /openapi.json", ["Accept: */*"], "", 200),
    ]
  }()

  @Test(arguments: cases) func `a request is let in by its Host and Origin`(
    _ test: Case
  ) async throws {
    try await withGateway { gateway in
      for way in Self.ways {
        // Everybody may read the description, from any page.
        let isOpen = way.line.hasSuffix("/openapi.json")
        if isOpen, test.headers.contains(where: { $0.hasPrefix("Origin") }) { continue }
        let text =
          GatewayHarness.head(way.line, test.headers + way.headers, host: nil) + way.body
        let answer = try await gateway.answer(to: text)
        let status = GatewayHarness.status(answer)
        #expect(status == (test.status == 200 ? way.success : test.status), "\(way.line) \(answer)")
      }
    }
  }

  @Test func `a request without a Host is refused`() async throws {
    try await withGateway { gateway in
      for way in Self.ways {
        let text = GatewayHarness.head(way.line, way.headers, host: nil) + way.body
        let answer = try await gateway.answer(to: text)
        #expect(GatewayHarness.status(answer) == 400, "\(way.line)")
      }
    }
  }

  struct Preflight: Sendable {
    let host: String
    let origin: String
    let isAllowed: Bool
  }

  @Test(arguments: [
    Preflight(host: "127.0.0.1", origin: "https://app.example", isAllowed: true),
    Preflight(host: "127.0.0.1", origin: "http://localhost:5173", isAllowed: true),
    Preflight(host: "127.0.0.1", origin: "https://evil.example", isAllowed: false),
    Preflight(host: "127.0.0.1", origin: "null", isAllowed: false),
    Preflight(host: "evil.example", origin: "https://app.example", isAllowed: false),
    Preflight(host: "evil.example", origin: "http://evil.example", isAllowed: false),
  ])
  func `only pages that are allowed may ask and read`(_ test: Preflight) async throws {
    try await withGateway { gateway in
      for path in ["/mcp", "/api/v1/leads", "/api/v1/events"] {
        let asked = try await gateway.answer(
          to: GatewayHarness.head(
            "OPTIONS \(path)",
            [
              "Origin: \(test.origin)", "Access-Control-Request-Method: POST",
              "Access-Control-Request-Headers: authorization, x-mcp-readonly",
            ], as: nil, host: test.host))
        let read = try await gateway.answer(
          to: GatewayHarness.head(
            "GET \(path)", ["Accept: */*", "Origin: \(test.origin)"], host: test.host))
        let isAllowed = GatewayHarness.status(asked) == 204
        #expect(isAllowed == test.isAllowed, "\(path) \(asked)")
        for answer in [asked, read] {
          let names = answer.lowercased()
          #expect(
            names.contains("access-control-allow-origin: \(test.origin)\r\n") == test.isAllowed,
            "\(path) \(answer)")
          #expect(!names.contains("access-control-allow-credentials"))
          if test.isAllowed { #expect(names.contains("vary: origin")) }
        }
      }
    }
  }
}
