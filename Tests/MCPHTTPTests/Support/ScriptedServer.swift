import ConformanceFixture
import HTTPTypes
import Hummingbird
import JSONRPC
import Logging
import MCP
import MCPHTTP
import NIOCore
import ServiceLifecycle

/// A real HTTP server whose answers a test decides, one request at a time.
struct ScriptedServer: Sendable {
  /// A request as it arrived.
  struct Seen: Sendable {
    let method: String
    let fields: HTTPFields
    let body: JSONValue

    var call: String { body["method"]?.stringValue ?? "" }

    subscript(name: String) -> String? {
      HTTPField.Name(name).flatMap { fields[$0] }
    }
  }

  /// What is answered.
  struct Reply: Sendable {
    var status = HTTPResponse.Status.ok
    var type: String? = "application/json"
    var session: String?
    /// What the body holds, sent piece by piece.
    var pieces: [String] = []
    /// How the body ends: in order, by dropping the connection, or only when the client has left.
    var end = End.inOrder

    enum End: Sendable { case inOrder, dropped, whenClientLeaves }

    static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Reply {
      Reply(status: status, pieces: [text])
    }

    static func events(_ pieces: String..., end: End = .inOrder) -> Reply {
      Reply(type: "text/event-stream", pieces: pieces, end: end)
    }

    static let accepted = Reply(status: .accepted, type: nil)
  }

  struct Dropped: Error {}

  let seen = Recorder<Seen>()
  /// The calls whose response the client has left.
  let left = Recorder<String>()
  private let answer: @Sendable (Seen, Int) -> Reply

  /// - Parameter answer: gets a request and how many came before it.
  init(_ answer: @escaping @Sendable (Seen, Int) -> Reply) { self.answer = answer }

  func respond(to request: Request) async throws -> Response {
    let buffer = try await request.body.collect(upTo: 32 << 20)
    let body = (try? JSONParser().parse(Array(buffer.readableBytesView))) ?? .null
    let one = Seen(method: request.method.rawValue, fields: request.headers, body: body)
    seen.append(one)
    let reply = answer(one, seen.values.count - 1)
    var fields = HTTPFields()
    if let type = reply.type { fields[.contentType] = type }
    if let session = reply.session, let name = HTTPField.Name("Mcp-Session-Id") {
      fields[name] = session
    }
    let content = ResponseBody { writer in
      for piece in reply.pieces { try await writer.write(ByteBuffer(string: piece)) }
      switch reply.end {
      case .inOrder: break
      case .dropped: throw Dropped()
      case .whenClientLeaves:
        // A server learns that a client has left by writing to it.
        do {
          while true {
            try await writer.write(ByteBuffer(string: ": still here\n\n"))
            try await Task.sleep(for: .milliseconds(5))
          }
        } catch {
          left.append(one.call)
          throw error
        }
      }
      try await writer.finish(nil)
    }
    return Response(status: reply.status, headers: fields, body: content)
  }

  /// Runs the server for as long as the test uses a transport to it.
  func serving(
    limits: HTTPTransport.Limits = .quick, headers: [(name: String, value: String)] = [],
    _ body: @escaping @Sendable (HTTPTransport) async throws -> Void
  ) async throws {
    let port = OneShot<Int>()
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      try await respond(to: request)
    }
    let application = Application(
      responder: responder,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { port.fulfil($0.localAddress?.port ?? 0) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await running(application) {
      let transport = try HTTPTransport.open(
        "http://127.0.0.1:\(await port.value())/mcp", headers: headers, limits: limits)
      let outcome = await Result.of { try await body(transport) }
      await transport.close()
      try outcome.get()
    }
  }
}

extension Result where Success == Void, Failure == any Error {
  /// What came of it, so that something else can be done before the error is thrown.
  static func of(_ body: () async throws -> Void) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}

/// Runs a service for as long as the test needs it, and ends it in order: a listener that is cancelled may
/// lose a connection that it has just accepted, which ends the process.
func running(
  _ service: any Service, _ body: @escaping @Sendable () async throws -> Void
) async throws {
  let services = ServiceGroup(
    services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await services.run() }
    let outcome = await Result.of(body)
    await services.triggerGracefulShutdown()
    try await group.waitForAll()
    try outcome.get()
  }
}

extension HTTPTransport.Limits {
  /// Under which nothing takes long.
  static var quick: Self {
    var limits = Self()
    limits.retry = .milliseconds(5)
    limits.longestRetry = .milliseconds(50)
    return limits
  }
}

extension HTTPTransport {
  func send(_ text: String) { send(Array(text.utf8)) }

  /// The next messages, as soon as one is there; those that came with others are kept for later ones.
  func next() async -> [JSONValue] {
    await receive().compactMap { frame in
      guard case .message(let bytes) = frame else { return nil }
      return try? JSONParser().parse(bytes)
    }
  }

  /// This many messages.
  func messages(_ count: Int) async -> [JSONValue] {
    var found: [JSONValue] = []
    while found.count < count {
      let more = await next()
      if more.isEmpty { break }
      found += more
    }
    return found
  }
}
