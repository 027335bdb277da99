import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose client is too slow: with its TLS handshake or a request's head, with a body,
/// with its next request. A client that sends a byte now and then must not keep a place for ever.
///
/// Lives on the connection's event loop; two handlers tell it what happens, one before anything is
/// decoded and one among the decoded parts.
final class ConnectionDeadlines {
  /// How long each may take.
  struct Limits: Sendable {
    /// From a request's first byte, or the connection's beginning, to the end of its head.
    var head = TimeAmount.seconds(10)
    /// From the end of the head to the end of the body.
    var body = TimeAmount.seconds(30)
    /// From one response to the next request's first byte.
    var idle = TimeAmount.seconds(75)
  }

  private let limits: Limits
  private var timer: Scheduled<Void>?
  /// Whether a request's first bytes have come and its head is not complete.
  private var isReadingHead = true
  private var requestsInProgress = 0

  init(_ limits: Limits) { self.limits = limits }

  fileprivate func opened(_ channel: any Channel) { arm(limits.head, channel) }

  fileprivate func received(_ channel: any Channel) {
    guard !isReadingHead, requestsInProgress == 0 else { return }
    isReadingHead = true
    arm(limits.head, channel)
  }

  fileprivate func read(_ part: HTTPRequestPart, _ channel: any Channel) {
    switch part {
    case .head:
      isReadingHead = false
      requestsInProgress += 1
      arm(limits.body, channel)
    case .body: break
    case .end: disarm()
    }
  }

  fileprivate func wroteEnd(_ channel: any Channel) {
    requestsInProgress -= 1
    if requestsInProgress == 0, !isReadingHead { arm(limits.idle, channel) }
  }

  /// No more deadlines: the connection has ended, or speaks another protocol now.
  func disarm() {
    timer?.cancel()
    timer = nil
  }

  private func arm(_ time: TimeAmount, _ channel: any Channel) {
    disarm()
    timer = channel.eventLoop.assumeIsolated().scheduleTask(in: time) {
      channel.close(promise: nil)
    }
  }
}

/// Sees the bytes as they come.
final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let deadlines: ConnectionDeadlines

  init(_ deadlines: ConnectionDeadlines) { self.deadlines = deadlines }

  func handlerAdded(context: ChannelHandlerContext) { deadlines.opened(context.channel) }

  func handlerRemoved(context: ChannelHandlerContext) { deadlines.disarm() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    deadlines.received(context.channel)
    context.fireChannelRead(data)
  }
}

/// Sees the parts of requests and responses, and that the peer has closed its end.
final class PartWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart

  private let deadlines: ConnectionDeadlines
  private let connection: Connection

  init(_ deadlines: ConnectionDeadlines, _ connection: Connection) {
    self.deadlines = deadlines
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    deadlines.read(unwrapInboundIn(data), context.channel)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { deadlines.wroteEnd(context.channel) }
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { connection.markGone() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadlines.disarm()
    connection.markGone()
    context.fireChannelInactive()
  }
}
