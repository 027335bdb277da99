import ConformanceFixture
import Embeddings
import HTTPTypes
import Hummingbird
import JSONRPC
import Logging
import MCP
import NIOCore
import ServiceLifecycle

/// A real HTTP server in the place of a service for embeddings, whose answers a test decides.
struct ScriptedService: Sendable {
  /// A request as it arrived.
  struct Seen: Sendable {
    let path: String
    let query: String?
    let method: String
    let authorization: String?
    let body: JSONValue

    var texts: [String] { body["input"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
  }

  /// What is answered.
  struct Reply: Sendable {
    var status = HTTPResponse.Status.ok
    var fields: HTTPFields = [:]
    var body = ""
    var end = End.inOrder

    enum End: Sendable { case inOrder, dropped, never }

    static func json(
      _ body: String, _ status: HTTPResponse.Status = .ok, retryAfter: String? = nil
    ) -> Reply {
      var fields: HTTPFields = [.contentType: "application/json"]
      if let retryAfter { fields[.retryAfter] = retryAfter }
      return Reply(status: status, fields: fields, body: body)
    }

    /// The vector [length of the text, 1] for each text.
    static func measured(_ seen: Seen) -> Reply {
      let entries = seen.texts.enumerated().map { place, text in
        #"{"object":"embedding","index":\#(place),"embedding":[\#(text.utf8.count),1.0]}"#
      }
      return .json(#"{"object":"list","data":[\#(entries.joined(separator: ","))]}"#)
    }
  }

  struct Dropped: Error {}

  let seen = Recorder<Seen>()
  private let answer: @Sendable (Seen, Int) -> Reply

  /// - Parameter answer: gets a request and how many came before it.
  init(_ answer: @escaping @Sendable (Seen, Int) -> Reply) { self.answer = answer }

  private func respond(to request: Request) async throws -> Response {
    let buffer = try await request.body.collect(upTo: 32 << 20)
    let one = Seen(
      path: request.uri.path, query: request.uri.query, method: request.method.rawValue,
      authorization: request.headers[.authorization],
      body: (try? JSONParser().parse(Array(buffer.readableBytesView))) ?? .null)
    seen.append(one)
    let reply = answer(one, seen.values.count - 1)
    if reply.end == .never {
      // Until the client has left, or the server is shut down.
      try await gracefulShutdown()
      throw Dropped()
    }
    let content = ResponseBody { writer in
      try await writer.write(ByteBuffer(string: reply.body))
      if reply.end == .dropped { throw Dropped() }
      try await writer.finish(nil)
    }
    return Response(status: reply.status, headers: reply.fields, body: content)
  }

  /// Runs the server for as long as the test uses it.
  func serving(
    _ body: @escaping @Sendable (_ origin: String) async throws -> Void
  ) async throws {
    let port = OneShot<Int>()
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      try await respond(to: request)
    }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let services = ServiceGroup(
      services: [
        Application(
          responder: responder,
          configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
          onServerRunning: { port.fulfil($0.localAddress?.port ?? 0) }, logger: logger)
      ], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      let outcome: Result<Void, any Error>
      do {
        outcome = .success(try await body("http://127.0.0.1:\(await port.value())"))
      } catch {
        outcome = .failure(error)
      }
      await services.triggerGracefulShutdown()
      try await group.waitForAll()
      try outcome.get()
    }
  }
}

extension EmbeddingsClient.Settings {
  /// Under which nothing takes long.
  static func quick(_ origin: String) -> Self {
    var settings = Self(url: "\(origin)/v1", model: "m", key: APIKey("sk-quick-brown-9f8e7d"))
    settings.pause = .milliseconds(1)
    return settings
  }
}
