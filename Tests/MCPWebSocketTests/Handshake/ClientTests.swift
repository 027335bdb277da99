import ConformanceFixture
import MCP
import MCPWebSocket
import NIOHTTP1
import Testing

/// The client's handshake.
@Suite(.timeLimit(.minutes(2))) struct ClientTests {
  private func failure(
    _ url: String, headers: [(name: String, value: String)] = [],
    tls: WebSocketClientTLS? = nil, limits: WebSocketLimits = WebSocketLimits()
  ) async -> WebSocketClientError? {
    do {
      let transport = try await WebSocketClient.connect(
        url: url, headers: headers, tls: tls, limits: limits)
      await transport.close()
      return nil
    } catch {
      return error as? WebSocketClientError
    }
  }

  @Test func `messages there and back, and a normal end`() async throws {
    try await listening(serve: echo) { listener in
      let transport = try await WebSocketClient.connect(url: "ws://localhost:\(listener.port)/mcp")
      for number in 0..<100 { transport.send(Array("\(number)".utf8)) }
      var frames: [Frame] = []
      while frames.count < 100 { frames += await transport.receive() }
      #expect(frames == (0..<100).map { .message(Array("\($0)".utf8)) })
      await transport.close()
      #expect(transport.isPeerGone)
      #expect(await transport.receive() == [])
      let connection = try #require(await listener.connection())
      await connection.closed()
      #expect(connection.closeCode == .normal)
    }
  }

  @Test func `a server's end is told to the client, behind what it sent`() async throws {
    let serve: Serve = { connection in
      connection.send(text: [0x61])
      connection.close(.goingAway, reason: "later")
      await connection.closed()
    }
    try await listening(serve: serve) { listener in
      let transport = try await WebSocketClient.connect(url: "ws://127.0.0.1:\(listener.port)")
      #expect(await transport.receive() == [.message([0x61])])
      #expect(await transport.receive() == [])
      #expect(transport.connection.closing?.code == .goingAway)
      #expect(transport.connection.closing?.reason == "later")
      await transport.close()
    }
  }

  @Test func `headers reach the server, which may refuse`() async throws {
    try await listening(refusal: "no token", serve: echo) { listener in
      let error = await failure(
        "ws://127.0.0.1:\(listener.port)/mcp", headers: [("Authorization", "Bearer x")])
      #expect(error == .refused(status: 401, body: "no token", challenge: "Bearer"))
    }
  }

  @Test func `only the beginning of a long refusal is kept`() async throws {
    try await listening(refusal: String(repeating: "x", count: 100_000), serve: echo) { listener in
      let error = await failure("ws://127.0.0.1:\(listener.port)/mcp")
      #expect(
        error
          == .refused(
            status: 401, body: String(repeating: "x", count: 1024), challenge: "Bearer"))
    }
  }

  @Test func `an extension that was not offered is refused`() async throws {
    let headers: HTTPHeaders = ["Sec-WebSocket-Extensions": "permessage-deflate"]
    try await listening(extraHeaders: headers, serve: echo) { listener in
      guard case .badHandshake? = await failure("ws://127.0.0.1:\(listener.port)") else {
        Issue.record("accepted")
        return
      }
    }
  }

  private static let switching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

  @Test(arguments: [
    switching + "Sec-WebSocket-Protocol: mcp\r\n\r\n",
    switching + "Sec-WebSocket-Protocol: mcp\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
      + "\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n", "SSH-2.0-OpenSSH\r\n",
  ])
  func `an answer that breaks the handshake`(_ answer: String) async throws {
    try await answering(answer) { port in
      guard case .badHandshake? = await failure("ws://127.0.0.1:\(port)") else {
        Issue.record("accepted, or for another reason")
        return
      }
    }
  }

  @Test func `a server that closes without an answer`() async throws {
    try await answering("") { port in
      guard case .unreachable? = await failure("ws://127.0.0.1:\(port)") else {
        Issue.record("accepted, or for another reason")
        return
      }
    }
  }

  @Test func `a server that is silent`() async throws {
    var limits = WebSocketLimits()
    limits.handshake = .milliseconds(100)
    try await answering(nil) { port in
      #expect(await failure("ws://127.0.0.1:\(port)", limits: limits) == .timedOut)
    }
  }

  @Test func `nobody is there`() async throws {
    var free = 0
    try await answering(nil) { free = $0 }
    guard case .unreachable(let reason)? = await failure("ws://127.0.0.1:\(free)") else {
      Issue.record("accepted, or for another reason")
      return
    }
    #expect(reason.contains("refused"))
  }

  @Test(arguments: [
    ("X-A", "a\r\nX-B: b"), ("X A", "a"), ("", "a"), ("Sec-WebSocket-Key", "a"), ("upgrade", "h2c"),
  ])
  func `headers that cannot be sent`(_ name: String, _ value: String) async {
    #expect(await failure("ws://127.0.0.1:1", headers: [(name, value)]) == .invalidHeader(name))
  }

  @Test func `a cancelled attempt ends at once`() async throws {
    var limits = WebSocketLimits()
    limits.handshake = .seconds(3600)
    let patient = limits
    try await answering(nil) { port in
      await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          do {
            _ = try await WebSocketClient.connect(url: "ws://127.0.0.1:\(port)", limits: patient)
            return false
          } catch {
            return error is CancellationError
          }
        }
        group.cancelAll()
        for await isCancelled in group { #expect(isCancelled) }
      }
    }
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func `an encrypted connection to a server that is trusted`(_ host: String) async throws {
    let certificate = TestCertificate.localhost
    try await listening(tls: try certificate.serverContext(), serve: echo) { listener in
      try await certificate.withFile { path in
        let transport = try await WebSocketClient.connect(
          url: "wss://\(host):\(listener.port)/mcp", tls: WebSocketClientTLS(trustRootsFile: path))
        let large = [UInt8](repeating: 0x61, count: 1 << 20)
        transport.send(large)
        #expect(await transport.receive() == [.message(large)])
        await transport.close()
      }
    }
  }

  @Test func `a server that nobody vouches for`() async throws {
    let tls = try TestCertificate.localhost.serverContext()
    try await listening(tls: tls, serve: echo) { listener in
      guard case .unreachable? = await failure("wss://localhost:\(listener.port)") else {
        Issue.record("accepted, or for another reason")
        return
      }
    }
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func `a certificate for another name`(_ host: String) async throws {
    let certificate = TestCertificate.other
    try await listening(tls: try certificate.serverContext(), serve: echo) { listener in
      try await certificate.withFile { path in
        let tls = try WebSocketClientTLS(trustRootsFile: path)
        guard case .unreachable? = await failure("wss://\(host):\(listener.port)", tls: tls) else {
          Issue.record("accepted, or for another reason")
          return
        }
      }
    }
  }

  @Test(arguments: ["/nonexistent/file.pem", "/dev/null"])
  func `a file that holds no certificates`(_ path: String) {
    let error = #expect(throws: WebSocketClientError.self) {
      try WebSocketClientTLS(trustRootsFile: path)
    }
    guard case .trustRoots? = error else {
      Issue.record("for another reason")
      return
    }
  }
}
