import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix

/// What somebody posted.
struct ReceivedHook: Sendable {
  let path: String
  let headers: HTTPHeaders
  let body: [UInt8]
}

/// An answer to it.
struct HookAnswer: Sendable {
  var status = HTTPResponseStatus.ok
  var headers: HTTPHeaders = [:]
  var body = ""
  /// Whether there is none, and the connection is closed instead.
  var isClosed = false
  /// Whether nothing comes at all.
  var isSilent = false
}

/// A real HTTP server that answers as it is told.
final class WebhookServer: Sendable {
  let hooks = Locked<[ReceivedHook]>([])
  let answer: @Sendable (Int) -> HookAnswer
  private let channel = Locked<(any Channel)?>(nil)

  var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }

  private init(_ answer: @escaping @Sendable (Int) -> HookAnswer) { self.answer = answer }

  static func run(
    _ answer: @escaping @Sendable (Int) -> HookAnswer = { _ in HookAnswer() },
    _ body: (WebhookServer) async throws -> Void
  ) async throws {
    let server = WebhookServer(answer)
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(WebhookSession(server))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server.channel.withLock { $0 = channel }
    do {
      try await body(server)
    } catch {
      try? await channel.close()
      throw error
    }
    try? await channel.close()
  }
}

private final class WebhookSession: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let server: WebhookServer
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ server: WebhookServer) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let part): body += part.readableBytesView
    case .end:
      guard let head else { return }
      let hook = ReceivedHook(path: head.uri, headers: head.headers, body: body)
      let number = server.hooks.withLock { hooks in
        hooks.append(hook)
        return hooks.count - 1
      }
      reply(server.answer(number), context)
    }
  }

  private func reply(_ answer: HookAnswer, _ context: ChannelHandlerContext) {
    if answer.isSilent { return }
    if answer.isClosed { return context.close(promise: nil) }
    var headers = answer.headers
    headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.utf8.count)")
    context.write(
      wrapOutboundOut(
        .head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))),
      promise: nil)
    context.write(
      wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
