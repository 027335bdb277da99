import ConformanceFixture
import MCPWebSocket
import NIOWebSocket
import Testing

/// A server's connections, and clients that send what they please.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
  static var limits: WebSocketLimits {
    var limits = WebSocketLimits()
    limits.message = 1000
    limits.closePatience = testPatience
    return limits
  }

  @Test func `messages come back in order, fragments in one piece and pings at once`() async throws
  {
    try await listening(serve: echo) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(
        .text("he", isLast: false), RawFrame(.ping, [1, 2, 3]),
        RawFrame(.continuation, Array("llo".utf8)), .text(""), .text("end"))
      #expect(await client.frames.reaches { $0.count == 4 })
      var pong = RawFrame(.pong, [1, 2, 3])
      pong.isMasked = false
      #expect(client.frames.values.first == pong)
      #expect(client.texts == ["hello", "", "end"])
      client.send(.close(.normal))
      #expect(await client.closeFrame()?.closeCode == .normal)
      #expect(await client.ended.arrives())
    }
  }

  @Test func `what comes with the request is not lost`() async throws {
    try await listening(serve: echo) { listener in
      let client = try await RawClient.open(
        port: listener.port, sending: RawFrame.text("early").bytes)
      #expect(await client.frames.reaches { !$0.isEmpty })
      #expect(client.texts == ["early"])
    }
  }

  @Test func `a large message in small pieces`() async throws {
    var limits = WebSocketLimits()
    limits.message = 3 << 20
    let text = String(repeating: "0123456789abcdef", count: 180_000)
    try await listening(limits: limits, serve: echo) { listener in
      let client = try await RawClient.open(port: listener.port)
      let bytes = RawFrame.text(text).bytes
      for start in stride(from: 0, to: bytes.count, by: 50_000) {
        client.send(Array(bytes[start..<min(start + 50_000, bytes.count)]))
      }
      #expect(await client.frames.reaches { !$0.isEmpty })
      #expect(client.texts == [text])
    }
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let frames: [RawFrame]
    let code: WebSocketCloseCode

    init(_ name: String, _ code: WebSocketCloseCode, _ frames: RawFrame...) {
      self.testDescription = name
      self.frames = frames
      self.code = code
    }
  }

  private static func changed(
    _ frame: RawFrame, _ change: (inout RawFrame) -> Void
  ) -> RawFrame {
    var frame = frame
    change(&frame)
    return frame
  }

  static let faults: [Fault] = [
    Fault("binary", .unsupportedData, RawFrame(.binary, [1])),
    Fault("not masked", .protocolError, changed(.text("a")) { $0.isMasked = false }),
    Fault("reserved bit", .protocolError, changed(.text("a")) { $0.reserved = 0x40 }),
    Fault("reserved opcode", .protocolError, changed(.text("a")) { $0.opcode = 3 }),
    Fault("continuation of nothing", .protocolError, RawFrame(.continuation)),
    Fault("ping in fragments", .protocolError, RawFrame(.ping, isLast: false)),
    Fault("long ping", .protocolError, RawFrame(.ping, [UInt8](repeating: 0, count: 126))),
    Fault("bad UTF-8", .invalidData, RawFrame(.text, [0xC3, 0x28])),
    Fault("bad UTF-8 before the end", .invalidData, RawFrame(.text, [0xFF], isLast: false)),
    Fault("too long", .messageTooLong, .text(String(repeating: "a", count: 1001))),
    Fault(
      "too long, as the header says", .messageTooLong,
      changed(.text("")) { $0.claimedLength = 1 << 40 }),
    Fault(
      "too long, with a length that is none", .messageTooLong,
      changed(.text("")) { $0.claimedLength = .max }),
    Fault(
      "too long in fragments", .messageTooLong,
      .text(String(repeating: "a", count: 600), isLast: false),
      RawFrame(.continuation, [UInt8](repeating: 0x61, count: 600))),
    Fault("close of one byte", .protocolError, RawFrame(.connectionClose, [3])),
    Fault("close code not allowed", .protocolError, .close(.noCode)),
  ]

  @Test(arguments: faults)
  func `a fault ends the connection, behind what came before`(_ fault: Fault) async throws {
    try await listening(limits: Self.limits, serve: echo) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(RawFrame.text("before").bytes + fault.frames.flatMap(\.bytes))
      let close = await client.closeFrame()
      #expect(close?.closeCode == fault.code)
      #expect(close?.closeReason.isEmpty == false)
      #expect(client.texts == ["before"])
      // Answered as far as the server can still read; where it cannot, the end of ours is enough.
      client.send(.close(fault.code))
      client.send(.text("after"))
      let connection = try #require(await listener.connection())
      #expect(connection.closeCode == fault.code)
      #expect(connection.closing?.isByPeer == false)
      client.close()
      await connection.closed()
      #expect(client.texts == ["before"])
    }
  }

  @Test func `a peer's close is answered with its code, behind what came before`() async throws {
    try await listening(limits: Self.limits, serve: echo) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text("last"), .close(4321, "enough"), .text("never"))
      #expect(await client.ended.arrives())
      #expect(client.frames.values.map(\.opcode) == [1, 8])
      #expect(client.frames.values.last?.closeCode == 4321)
      let closing = await listener.connection()?.closing
      #expect(closing?.code == 4321)
      #expect(closing?.reason == "enough")
      #expect(closing?.isByPeer == true)
    }
  }

  @Test func `a close without a code is answered without one`() async throws {
    try await listening(limits: Self.limits, serve: echo) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(RawFrame(.connectionClose))
      #expect(await client.ended.arrives())
      #expect(client.frames.values.map(\.payload) == [[]])
      #expect(await listener.connection()?.closeCode == .noCode)
    }
  }

  @Test func `our close goes out behind what was sent, its reason cut between characters`()
    async throws
  {
    try await listening(limits: Self.limits, serve: ignore) { listener in
      let client = try await RawClient.open(port: listener.port)
      let connection = try #require(await listener.connection())
      connection.send(text: Array("one".utf8))
      connection.close(.goingAway, reason: String(repeating: "€", count: 60))
      connection.send(text: Array("two".utf8))
      let close = await client.closeFrame()
      #expect(close?.closeCode == .goingAway)
      #expect(close?.closeReason == String(repeating: "€", count: 41))
      #expect(connection.isPeerGone)
      client.send(.close(.goingAway))
      #expect(await client.ended.arrives())
      #expect(client.texts == ["one"])
    }
  }

  @Test func `a peer that does not answer our close is not waited for for ever`() async throws {
    var limits = Self.limits
    limits.closePatience = .milliseconds(50)
    try await listening(limits: limits, serve: ignore) { listener in
      let client = try await RawClient.open(port: listener.port)
      await listener.connection()?.close()
      #expect(await client.ended.arrives())
    }
  }

  @Test func `a session that does not receive does not keep a closing connection open`()
    async throws
  {
    var limits = Self.limits
    limits.closePatience = .milliseconds(50)
    try await listening(limits: limits, serve: ignore) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text("unread"), .close(.normal))
      #expect(await client.closeFrame()?.closeCode == .normal)
      #expect(await client.ended.arrives())
    }
  }

  @Test func `what came before the connection was lost is received`() async throws {
    let received = Recorder<WebSocketMessage>()
    let end = Signal()
    let serve: Serve = { connection in
      while true {
        let messages = await connection.receive()
        if messages.isEmpty { return end.set() }
        for message in messages { received.append(message) }
      }
    }
    try await listening(serve: serve) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text("a"), .text("b"))
      #expect(await received.reaches { $0.count == 2 })
      client.send([0x81])
      client.close()
      #expect(await end.arrives())
      #expect(received.values == [.text([0x61]), .text([0x62])])
      #expect(await listener.connection()?.closeCode == .lost)
    }
  }

  @Test func `pings are answered while the session is busy`() async throws {
    let release = Signal()
    let serve: Serve = { connection in
      _ = await connection.receive()
      await release.wait()
    }
    try await listening(serve: serve) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text("work"))
      client.send(RawFrame(.ping, [7]))
      #expect(await client.frames.reaches { $0.map(\.opcode) == [10] })
      #expect(client.frames.values.first?.payload == [7])
      release.set()
    }
  }
}
