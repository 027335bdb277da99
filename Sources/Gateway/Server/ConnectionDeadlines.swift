import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose client is too slow: with its TLS handshake or a request's head, with a body,
/// with its next request, with what it is answered. A client that sends or takes a byte now and then must
/// not keep a place for ever.
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
    /// How long a client may take nothing of what waits for it.
    var write = TimeAmount.seconds(30)
    /// From a response that ends the connection to its end: the client may still be sending.
    var linger = TimeAmount.seconds(1)
    /// How long a request may go on once the server shuts down.
    var shutdown = TimeAmount.seconds(5)
  }

  private let limits: Limits
  private var timer: Scheduled<Void>?
  private var writeTimer: Scheduled<Void>?
  private var shutdownTimer: Scheduled<Void>?
  /// Whether a request's first bytes have come and its head is not complete.
  private var isReadingHead = true
  private var isReadingBody = false
  private var isFirst = true
  /// Whether the connection ends with a response that has been written.
  private var isEnding = false
  private var isUpgraded = false
  private var requestsInProgress = 0

  init(_ limits: Limits) { self.limits = limits }

  /// Whether no response is owed.
  var isIdle: Bool { requestsInProgress == 0 }

  fileprivate func opened(_ channel: any Channel) { arm(limits.head, channel) }

  fileprivate func received(_ channel: any Channel) {
    guard !isReadingHead, !isReadingBody, requestsInProgress == 0, !isEnding else { return }
    isReadingHead = true
    arm(limits.head, channel)
  }

  fileprivate func read(_ part: HTTPRequestPart, _ channel: any Channel) {
    switch part {
    case .head:
      isReadingHead = false
      isReadingBody = true
      isFirst = false
      requestsInProgress += 1
      if !isEnding { arm(limits.body, channel) }
    case .body: break
    case .end:
      isReadingBody = false
      guard !isEnding else { return }
      // The response may have been there before the body.
      if requestsInProgress == 0 { arm(limits.idle, channel) } else { stop(&timer) }
    }
  }

  fileprivate func wroteEnd(closes: Bool, _ channel: any Channel) {
    requestsInProgress -= 1
    if closes {
      isEnding = true
      arm(limits.linger, channel)
    } else if requestsInProgress == 0, !isReadingHead, !isReadingBody, !isEnding {
      arm(limits.idle, channel)
    }
  }

  fileprivate func writability(_ isWritable: Bool, _ channel: any Channel) {
    stop(&writeTimer)
    if !isWritable, !isUpgraded { writeTimer = close(channel, in: limits.write) }
  }

  fileprivate func shutDown(_ channel: any Channel) {
    guard !isUpgraded, shutdownTimer == nil else { return }
    // Before its first request nobody else knows of the connection.
    shutdownTimer = close(channel, in: isFirst ? .zero : limits.shutdown)
  }

  /// No more deadlines: the connection speaks another protocol now.
  func upgraded() {
    isUpgraded = true
    disarm()
  }

  /// No more deadlines: the connection has ended.
  fileprivate func disarm() {
    stop(&timer)
    stop(&writeTimer)
    stop(&shutdownTimer)
  }

  private func stop(_ timer: inout Scheduled<Void>?) {
    timer?.cancel()
    timer = nil
  }

  private func arm(_ time: TimeAmount, _ channel: any Channel) {
    stop(&timer)
    timer = close(channel, in: time)
  }

  private func close(_ channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
    channel.eventLoop.assumeIsolated().scheduleTask(in: time) { channel.close(promise: nil) }
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

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    deadlines.writability(context.channel.isWritable, context.channel)
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { deadlines.shutDown(context.channel) }
    context.fireUserInboundEventTriggered(event)
  }
}

/// Sees the parts of requests and responses, and that the peer has closed its end.
final class PartWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let deadlines: ConnectionDeadlines
  private let connection: Connection
  /// Whether the response that is being written is the connection's last.
  private var isLast = false
  /// Whether the request asked for another protocol: the decoder reads nothing behind it, so nothing more
  /// can be served.
  private var isDeaf = false

  init(_ deadlines: ConnectionDeadlines, _ connection: Connection) {
    self.deadlines = deadlines
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if case .head(let head) = part, head.headerFields[.upgrade] != nil {
      let tokens = head.headerFields[values: .connection].joined(separator: ",").lowercased()
      isDeaf = isDeaf || tokens.contains("upgrade")
    }
    deadlines.read(part, context.channel)
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      if isDeaf { head.headerFields[.connection] = "close" }
      isLast = head.headerFields[.connection] == "close"
      return context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body: break
    case .end: deadlines.wroteEnd(closes: isLast, context.channel)
    }
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
