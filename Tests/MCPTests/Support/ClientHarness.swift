import ConformanceFixture
import JSONRPC
import MCP
import Testing
import WireChecks

/// Runs a fixture with its tasks and a client session that is connected to it.
func clientServing(
  _ fixture: FixtureServer, over wire: Wire, mode: ClientSession.Mode = .automatic,
  handlers: ClientHandlers = ClientHandlers(),
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: @escaping @Sendable (ClientSession) async throws -> Void
) async throws {
  let (clientEnd, serverEnd) = try Link.duplex(wire)
  let log = WireLog()
  let server = ServerSession(server: fixture.server, transport: serverEnd, principal: .local)
  let client = ClientSession(
    transport: TapTransport(clientEnd, log: log),
    info: Implementation(name: "test", version: "1", title: "Test"), handlers: handlers)
  let failure = await withTaskGroup(of: Void.self) { group in
    if let engine = fixture.server.tasks { group.addTask { await engine.run() } }
    var failure: (any Error)?
    await withTaskGroup(of: Void.self) { sessions in
      sessions.addTask { await server.run() }
      sessions.addTask { await client.run() }
      do {
        try await client.connect(mode)
        try await body(client)
      } catch {
        failure = error
      }
      client.close()
      await sessions.waitForAll()
    }
    group.cancelAll()
    await group.waitForAll()
    return failure
  }
  let faults = log.faults.joined(separator: "\n")
  #expect(
    faults.isEmpty, "the connection broke the protocol:\n\(faults)", sourceLocation: sourceLocation)
  if let failure { throw failure }
}

/// Runs a client session against a server that a test writes out, message by message.
func clientScripted(
  handlers: ClientHandlers = ClientHandlers(),
  _ body: @escaping @Sendable (ClientSession, ScriptedServer) async throws -> Void
) async throws {
  let (clientEnd, serverEnd) = InMemoryTransport.pair()
  let client = ClientSession(
    transport: clientEnd, info: Implementation(name: "test", version: "1"), handlers: handlers)
  let server = ScriptedServer(serverEnd)
  let failure = await withTaskGroup(of: Void.self) { group in
    group.addTask { await client.run() }
    group.addTask { await server.run() }
    var failure: (any Error)?
    do { try await body(client, server) } catch { failure = error }
    client.close()
    await serverEnd.close()
    await group.waitForAll()
    return failure
  }
  if let failure { throw failure }
}

/// The error that a step ends with; `nil` when it succeeds.
func failure<Value>(
  of step: @Sendable () async throws -> Value
) async -> RPCError? {
  do { _ = try await step() } catch { return error as? RPCError }
  return nil
}

/// The server's end of a connection, as a test wants it.
final class ScriptedServer: Sendable {
  /// What the client has sent.
  let received = Recorder<JSONValue>()
  let transport: any Transport
  private let answers = Locked([String: [JSONValue]]())

  init(_ transport: any Transport) { self.transport = transport }

  /// Gives out these members (`result` or `error`) for a method, the last for ever.
  func answer(_ method: String, _ members: String...) {
    answers.withLock { $0[method] = members.map { json($0) } }
  }

  func send(_ text: String) { transport.send(Array(text.utf8)) }

  /// The first message with this method, once it is there.
  func heard(_ method: String) async -> JSONValue? {
    _ = await received.reaches { $0.contains { $0["method"] == .string(method) } }
    return received.values.first { $0["method"] == .string(method) }
  }

  func run() async {
    while true {
      let frames = await transport.receive()
      if frames.isEmpty { return }
      for case .message(let bytes) in frames {
        guard let message = try? JSONParser().parse(bytes) else { continue }
        reply(to: message)
        received.append(message)
      }
    }
  }

  private func reply(to message: JSONValue) {
    guard let id = message["id"], let method = message["method"]?.stringValue else { return }
    let members = answers.withLock { (answers: inout [String: [JSONValue]]) -> JSONObject? in
      guard let left = answers[method], let next = left.first else { return nil }
      if left.count > 1 { answers[method] = Array(left.dropFirst()) }
      return next.objectValue
    }
    guard let members else { return }
    let base: JSONObject = ["jsonrpc": "2.0", "id": id]
    transport.send(JSONWriter.bytes(of: .object(base.merging(members))))
  }
}
