import NIOCore
import NIOHTTP1

/// Heeds what a request's head says of the connection itself, before the version that it was written in
/// is forgotten.
final class RequestHeadReader: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let deadlines: ConnectionDeadlines
  private let gate: UpgradeGate

  init(_ deadlines: ConnectionDeadlines, _ gate: UpgradeGate) {
    self.deadlines = deadlines
    self.gate = gate
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      return context.fireChannelRead(data)
    }
    for wish in gate.takeRefused() { head.headers.add(name: "Upgrade", value: wish) }
    // However it is spelt, and for the clients of HTTP/1.0, who wait for the connection's end.
    if !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    // A client that waits for this would otherwise run into the deadline of its body. Not in the middle
    // of an earlier response.
    if deadlines.isIdle, head.version == .http1_1,
      head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" })
    {
      let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }
}
