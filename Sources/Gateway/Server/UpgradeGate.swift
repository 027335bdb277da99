import FoundationEssentials
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Decides about a connection's first request whether it becomes a WebSocket, before NIO looks at it.
/// NIO loses a request that asks for an upgrade and is refused one, so it only gets to see the wish when
/// it is granted; any other request goes on as a plain one, to be answered why.
final class UpgradeGate: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Decides about a request that asks for a WebSocket in the right form.
  typealias Decide = @Sendable (HTTPRequestHead) async -> HTTPHeaders?

  private let decide: Decide
  private var isDeciding = false
  private var wantsRead = false
  private var held: [NIOAny] = []
  /// What the first request asked to upgrade to, when it goes on without.
  private(set) var refused: [String] = []
  /// The headers of the answer that grants the wish.
  private(set) var granted: HTTPHeaders?

  init(_ decide: @escaping Decide) { self.decide = decide }

  /// The refused wish, for the one request that it belongs to.
  func takeRefused() -> [String] {
    defer { refused = [] }
    return refused
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDeciding else { return held.append(data) }
    guard case .head(let head) = unwrapInboundIn(data) else {
      return context.fireChannelRead(data)
    }
    guard Self.asksForWebSocket(head) else { return goOn(with: head, context) }
    isDeciding = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.makeFutureWithTask { [decide] in await decide(head) }
      .whenComplete { result in
        let (gate, context) = bound.value
        gate.granted = (try? result.get()) ?? nil
        gate.goOn(with: head, context)
      }
  }

  /// What else comes waits at the peer meanwhile.
  func read(context: ChannelHandlerContext) {
    if isDeciding { wantsRead = true } else { context.read() }
  }

  /// What cannot be read as a request is answered so, and nothing more.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError {
      let headers = HTTPHeaders([("Connection", "close"), ("Content-Length", "0")])
      let status: HTTPResponseStatus =
        error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
      let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
    context.close(promise: nil)
  }

  private func goOn(with head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var head = head
    if granted == nil {
      refused = head.headers["Upgrade"]
      head.headers.remove(name: "Upgrade")
    }
    let parts = held
    held = []
    isDeciding = false
    context.fireChannelRead(wrapInboundOut(.head(head)))
    for part in parts { context.fireChannelRead(part) }
    if !parts.isEmpty { context.fireChannelReadComplete() }
    if wantsRead { context.read() }
    // Only the first request may ask.
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  /// Whether it is one key: 16 bytes in Base64.
  private static func isKey(_ values: [String]) -> Bool {
    values.count == 1 && Data(base64Encoded: values[0])?.count == 16
  }

  /// Whether a request is a handshake in the form of RFC 6455, section 4.2.1. At least as strict as NIO.
  private static func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
    let headers = head.headers
    guard head.method == .GET, head.version == .http1_1,
      headers[canonicalForm: "Upgrade"].map({ $0.lowercased() }) == ["websocket"],
      headers[canonicalForm: "Connection"].contains(where: { $0.lowercased() == "upgrade" }),
      headers["Sec-WebSocket-Version"] == ["13"], isKey(headers["Sec-WebSocket-Key"]),
      !headers.contains(name: "Transfer-Encoding")
    else { return false }
    let length = headers["Content-Length"]
    return length.isEmpty || length == ["0"]
  }
}
