import ConformanceFixture
import MCPWebSocket
import NIOWebSocket
import Testing

/// Peers that do not answer or do not read.
@Suite(.timeLimit(.minutes(2))) struct PeerHealthTests {
  @Test func `two missed pongs close the connection`() async throws {
    var limits = WebSocketLimits()
    limits.pingInterval = .milliseconds(20)
    limits.closePatience = .milliseconds(20)
    try await listening(limits: limits, serve: echo) { listener in
      let client = try await RawClient.open(port: listener.port)
      #expect(await client.closeFrame()?.closeCode == .internalError)
      #expect(client.frames.values.map(\.opcode) == [9, 9, 8])
      #expect(await client.ended.arrives())
    }
  }

  private static let block = [UInt8](repeating: 0x61, count: 256 << 10)

  @Test func `a peer that reads nothing is closed after a while`() async throws {
    var limits = WebSocketLimits()
    limits.outbound = 256 << 20
    limits.writePatience = .milliseconds(200)
    limits.closePatience = .milliseconds(50)
    try await listening(limits: limits, serve: ignore) { listener in
      let client = try await RawClient.open(port: listener.port)
      try await client.setReading(false)
      let connection = try #require(await listener.connection())
      // More than the buffers of the system hold.
      for _ in 0..<256 { connection.send(text: Self.block) }
      await connection.closed()
      #expect(connection.closeCode == .policyViolation)
      #expect(connection.isPeerGone)
      #expect(await connection.receive() == [])
      client.close()
    }
  }

  @Test func `a peer that reads slowly is served`() async throws {
    var limits = WebSocketLimits()
    limits.outbound = 256 << 20
    limits.writePatience = .seconds(5)
    try await listening(limits: limits, serve: ignore) { listener in
      let client = try await RawClient.open(port: listener.port)
      try await client.setReading(false)
      let connection = try #require(await listener.connection())
      for _ in 0..<64 { connection.send(text: Self.block) }
      connection.close()
      try await client.setReading(true)
      #expect(await client.closeFrame()?.closeCode == .normal)
      #expect(client.texts.count == 64)
      client.send(.close(.normal))
      #expect(await client.ended.arrives())
    }
  }

  @Test func `too much that is unread closes the connection, and the peer may learn why`()
    async throws
  {
    var limits = WebSocketLimits()
    limits.outbound = 1 << 20
    limits.closePatience = testPatience
    try await listening(limits: limits, serve: ignore) { listener in
      let client = try await RawClient.open(port: listener.port)
      try await client.setReading(false)
      let connection = try #require(await listener.connection())
      for _ in 0..<256 { connection.send(text: Self.block) }
      #expect(connection.isPeerGone)
      try await client.setReading(true)
      #expect(await client.closeFrame()?.closeCode == .tryAgainLater)
      #expect(client.texts.count < 256)
      #expect(connection.closeCode == .tryAgainLater)
      client.send(.close(.tryAgainLater))
      #expect(await client.ended.arrives())
    }
  }
}
