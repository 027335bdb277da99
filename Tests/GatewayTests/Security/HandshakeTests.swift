import Testing

@testable import Gateway

/// What only looks like the handshake of a WebSocket is a plain request. What follows it is another, unless
/// it asked for another protocol in due form: then nothing behind it is read as HTTP.
@Suite("Handshakes", .timeLimit(.minutes(1))) struct HandshakeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var line = "GET /mcp HTTP/1.1"
    var connection = "Connection: Upgrade\r\n"
    var upgrade = "websocket"
    var version = "13"
    var key = "dGhlIHNhbXBsZSBub25jZQ=="

    init(_ name: String, _ change: (inout Case) -> Void) {
      testDescription = name
      change(&self)
    }

    var text: String {
      "\(line)\r\nHost: 127.0.0.1\r\n\(connection)Upgrade: \(upgrade)\r\n"
        + "Sec-WebSocket-Version: \(version)\r\nSec-WebSocket-Key: \(key)\r\n"
        + "Sec-WebSocket-Protocol: mcp\r\nAuthorization: \(GatewayHarness.credential())\r\n\r\n"
    }
  }

  static let cases: [Case] = [
    Case("without its Connection header") { $0.connection = "" },
    Case("that keeps the connection") { $0.connection = "Connection: keep-alive\r\n" },
    Case("of another version") { $0.version = "8" },
    Case("with a short key") { $0.key = "YWJj" },
    Case("with a key that is no Base64") { $0.key = "abc" },
    Case("to another protocol") { $0.upgrade = "h2c" },
  ]

  @Test(arguments: cases)
  func `it is answered, and the gateway goes on`(_ entry: Case) async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.raw(
        entry.text
          + "GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(200))")
      let isUnderstood = entry.connection.contains("Upgrade")
      #expect(answer.contains("\"openapi\"") == !isUnderstood)
      #expect(try await gateway.get("/openapi.json").status == 200)
    }
  }
}
