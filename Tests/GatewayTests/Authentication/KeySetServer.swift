import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix

@testable import Gateway

/// An HTTP server on this machine that answers as it is told, and counts.
final class KeySetServer: Sendable {
  enum Answer: Sendable {
    case ok(JSONValue)
    case status(Int)
    /// To a place, where something may be.
    case redirect(String, then: JSONValue?)
    /// No answer at all.
    case close
  }

  private struct State {
    var answer = Answer.status(404)
    var requests = 0
  }

  private let state = Locked(State())
  private let port = Locked(0)

  var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }
  var requests: Int { state.withLock { $0.requests } }

  var location: SigningKeySource.Location {
    get throws {
      struct NoLocation: Error {}
      guard let location = SigningKeySource.Location("\(url)/jwks") else { throw NoLocation() }
      return location
    }
  }

  func answer(_ answer: Answer) { state.withLock { $0.answer = answer } }

  static func with(_ body: (KeySetServer) async throws -> Void) async throws {
    let server = KeySetServer()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Responder(server: server))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server.port.withLock { $0 = channel.localAddress?.port ?? 0 }
    do {
      try await body(server)
    } catch {
      try await channel.close()
      throw error
    }
    try await channel.close()
  }

  private func next() -> Answer {
    state.withLock { state in
      state.requests += 1
      return state.answer
    }
  }

  private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: KeySetServer
    private var path = ""

    init(server: KeySetServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): path = head.uri
      case .body: break
      case .end: respond(context)
      }
    }

    private func respond(_ context: ChannelHandlerContext) {
      switch server.next() {
      case .ok(let json): write(200, json, context)
      case .status(let code): write(code, nil, context)
      case .redirect(_, let json?) where path == "/elsewhere": write(200, json, context)
      case .redirect(let place, _): write(302, nil, location: place, context)
      case .close: context.close(promise: nil)
      }
    }

    private func write(
      _ code: Int, _ json: JSONValue?, location: String? = nil, _ context: ChannelHandlerContext
    ) {
      let body = json.map { JSONWriter.bytes(of: $0) } ?? []
      var headers = HTTPHeaders([("Content-Length", "\(body.count)")])
      if let location { headers.add(name: "Location", value: location) }
      let head = HTTPResponseHead(
        version: .http1_1, status: HTTPResponseStatus(statusCode: code), headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
