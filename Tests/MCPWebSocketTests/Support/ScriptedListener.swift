import MCPWebSocket
import NIOCore
import NIOPosix

/// Runs a TCP listener that answers the head of every request with the same bytes.
/// - Parameter answer: nothing to stay silent; an empty answer closes the connection.
func answering(_ answer: String?, _ body: (Int) async throws -> Void) async throws {
  let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(Scripted(answer))
      }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  var failure: (any Error)?
  do { try await body(listener.localAddress?.port ?? 0) } catch { failure = error }
  try await listener.close().get()
  if let failure { throw failure }
}

private final class Scripted: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let answer: String?

  init(_ answer: String?) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let answer else { return }
    if answer.isEmpty { return context.close(promise: nil) }
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
  }
}
