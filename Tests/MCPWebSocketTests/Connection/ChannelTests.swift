import ConformanceFixture
import JSONRPC
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import MCPWebSocket

/// What a connection asks of its channel, with time in the test's hands.
@Suite(.timeLimit(.minutes(2))) struct ChannelTests {
  /// Counts what is asked of the socket.
  private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = WebSocketFrame
    private let reads: Recorder<Void>

    init(_ reads: Recorder<Void>) { self.reads = reads }

    func read(context: ChannelHandlerContext) {
      reads.append(())
      context.read()
    }
  }

  private struct Bench: Sendable {
    let channel = NIOAsyncTestingChannel()
    let reads = Recorder<Void>()
    let connection: WebSocketConnection

    init(limits: WebSocketLimits) async throws {
      let (channel, reads) = (channel, reads)
      connection = try await channel.testingEventLoop.executeInContext {
        try channel.pipeline.syncOperations.addHandler(ReadCounter(reads))
        return try WebSocketConnection(on: channel, role: .server, limits: limits)
      }
    }

    func arrive(_ frames: WebSocketFrame...) async throws {
      for frame in frames { try await channel.writeInbound(frame) }
    }

    /// Reads, as the channel does when it has handed on what came.
    func readAgain() async throws -> Int {
      try await channel.testingEventLoop.executeInContext { channel.pipeline.read() }
      return reads.values.count
    }

    func advance(_ seconds: Int64) async {
      await channel.testingEventLoop.advanceTime(by: .seconds(seconds))
    }

    func written() async throws -> WebSocketFrame? {
      try await channel.readOutbound(as: WebSocketFrame.self)
    }
  }

  @Test func `a peer that only closes the stream is gone`() async throws {
    let bench = try await Bench(limits: WebSocketLimits())
    let channel = bench.channel
    try await channel.testingEventLoop.executeInContext {
      channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }
    #expect(await bench.connection.receive().isEmpty)
    await bench.connection.closed()
    #expect(bench.connection.isPeerGone)
  }

  private static func text(_ count: Int) -> WebSocketFrame {
    MessageAssemblerTests.frame(.text, [UInt8](repeating: 0x61, count: count))
  }

  @Test func `nothing is read while too much waits to be received`() async throws {
    var limits = WebSocketLimits()
    limits.inboxPause = 1000
    let bench = try await Bench(limits: limits)
    #expect(try await bench.readAgain() == 1)
    try await bench.arrive(Self.text(500))
    #expect(try await bench.readAgain() == 2)
    try await bench.arrive(Self.text(500))
    #expect(try await bench.readAgain() == 2)
    #expect(await bench.connection.receive().count == 2)
    #expect(await bench.reads.reaches { $0.count == 3 })
    #expect(try await bench.readAgain() == 4)
    try await bench.channel.close().get()
  }

  @Test func `pongs are not missed while nothing is read`() async throws {
    var limits = WebSocketLimits()
    limits.inboxPause = 1000
    let bench = try await Bench(limits: limits)
    try await bench.arrive(Self.text(2000))
    _ = try await bench.readAgain()
    for _ in 0..<8 { await bench.advance(25) }
    #expect(bench.connection.closing == nil)
    #expect(try await bench.written() == nil)
    _ = await bench.connection.receive()
    #expect(await bench.reads.reaches { $0.count == 1 })
    await bench.advance(25)
    await bench.advance(25)
    #expect(bench.connection.closing == nil)
    await bench.advance(25)
    #expect(bench.connection.closeCode == .internalError)
    try await bench.channel.close().get()
  }

  @Test func `a ping every 25 seconds, and closed after two without an answer`() async throws {
    let bench = try await Bench(limits: WebSocketLimits())
    await bench.advance(24)
    #expect(try await bench.written() == nil)
    await bench.advance(1)
    let ping = try #require(try await bench.written())
    #expect(ping.opcode == .ping)
    try await bench.arrive(
      MessageAssemblerTests.frame(.pong, Array(ping.data.readableBytesView)))
    for _ in 0..<2 {
      await bench.advance(25)
      #expect(try await bench.written()?.opcode == .ping)
    }
    #expect(bench.connection.closing == nil)
    await bench.advance(25)
    #expect(try await bench.written()?.opcode == .connectionClose)
    #expect(bench.connection.closeCode == .internalError)
    await bench.advance(2)
    #expect(!bench.channel.isActive)
  }

  @Test func `a peer that answers is kept`() async throws {
    let bench = try await Bench(limits: WebSocketLimits())
    for _ in 0..<20 {
      await bench.advance(25)
      let ping = try #require(try await bench.written())
      #expect(ping.opcode == .ping)
      try await bench.arrive(
        MessageAssemblerTests.frame(.pong, Array(ping.data.readableBytesView)))
    }
    #expect(bench.connection.closing == nil)
    try await bench.channel.close().get()
  }

  @Test func `only the last ping is answered while the channel is full`() async throws {
    let bench = try await Bench(limits: WebSocketLimits())
    bench.channel.isWritable = false
    for number in UInt8(1)...3 {
      try await bench.arrive(MessageAssemblerTests.frame(.ping, [number]))
    }
    #expect(try await bench.written() == nil)
    bench.channel.isWritable = true
    try await bench.channel.testingEventLoop.executeInContext {
      bench.channel.pipeline.fireChannelWritabilityChanged()
    }
    let pong = try #require(try await bench.written())
    #expect(pong.opcode == .pong)
    #expect(Array(pong.data.readableBytesView) == [3])
    #expect(try await bench.written() == nil)
    try await bench.channel.close().get()
  }

  @Test func `the owner learns that the listener asks its connections to end`() async throws {
    let bench = try await Bench(limits: WebSocketLimits())
    let (asked, late) = (Signal(), Signal())
    bench.connection.onQuiesce { asked.set() }
    #expect(!asked.isSet)
    try await bench.channel.testingEventLoop.executeInContext {
      bench.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
    #expect(asked.isSet)
    bench.connection.onQuiesce { late.set() }
    #expect(late.isSet)
    try await bench.channel.close().get()
  }
}
