import ConformanceFixture
import JSONRPC
import MCPWebSocket
import NIOCore
import NIOPosix

/// A client that sends whatever bytes it is told to, and keeps the frames that come.
final class RawClient: Sendable {
  /// The frames that the server has sent, as far as they have been read.
  let frames = Recorder<RawFrame>()
  /// Set once the server has ended the TCP connection.
  let ended = Signal()
  /// The head of the server's answer.
  let head = Recorder<String>()
  private let channel: any Channel

  private init(_ channel: any Channel) { self.channel = channel }

  struct NoUpgrade: Error {
    let head: String
  }

  /// Connects and asks for a WebSocket, in the way of RFC 6455, section 1.3.
  /// - Parameter rest: what is sent together with the request.
  static func open(port: Int, subprotocol: String? = "mcp", sending rest: [UInt8] = []) async throws
    -> RawClient
  {
    let client = try await connect(port: port)
    let offer = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
    let request =
      "GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(offer)\r\n"
    client.send(Array(request.utf8) + rest)
    guard await client.head.reaches({ !$0.isEmpty }), let head = client.head.values.first,
      head.hasPrefix("HTTP/1.1 101 "), head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    else { throw NoUpgrade(head: client.head.values.first ?? "nothing") }
    return client
  }

  private static func connect(port: Int) async throws -> RawClient {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let client = RawClient(channel)
          try channel.pipeline.syncOperations.addHandler(Reader(client))
          return client
        }
      }
  }

  func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  func send(_ frames: RawFrame...) { send(frames.flatMap(\.bytes)) }

  /// Reads no more, or again.
  func setReading(_ isReading: Bool) async throws {
    try await channel.setOption(.autoRead, value: isReading).get()
    if isReading { channel.read() }
  }

  func close() { channel.close(promise: nil) }

  /// The server's close frame, once it is there.
  func closeFrame() async -> RawFrame? {
    _ = await frames.reaches { $0.contains { $0.opcode == 8 } }
    return frames.values.first { $0.opcode == 8 }
  }

  /// The texts that have come.
  var texts: [String] { frames.values.filter { $0.opcode == 1 }.map(\.text) }

  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let client: RawClient
    private var bytes: ArraySlice<UInt8> = []
    private var hasHead = false

    init(_ client: RawClient) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += Self.unwrapInboundIn(data).readableBytesView
      if !hasHead {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.utf8.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return }
        let length = text.utf8.distance(from: text.startIndex, to: end)
        hasHead = true
        client.head.append(String(decoding: bytes.prefix(length), as: UTF8.self))
        bytes = bytes.dropFirst(length)
      }
      while let frame = RawFrame(takenFrom: &bytes) { client.frames.append(frame) }
    }

    func channelInactive(context: ChannelHandlerContext) { client.ended.set() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
