import ConformanceFixture
import JSONRPC
import MCP
import Testing
import WireChecks

/// A client's visit to a server: one way to get there and one revision. Everything that passes is held
/// against the protocol's own schema of the revision.
struct Visit: Sendable {
  let way: Way
  let version: ProtocolVersion
  let sourceLocation: SourceLocation

  var mode: ClientSession.Mode { version.era == .modern ? .modern : .legacy(version) }

  /// Runs a body with a session that is connected.
  func session(
    _ handlers: ClientHandlers = ClientHandlers(),
    _ body: @escaping @Sendable (ClientSession) async throws -> Void
  ) async throws {
    let log = WireLog()
    let (version, mode) = (version, mode)
    try await way.connect { transport in
      let session = ClientSession(
        transport: TapTransport(transport, log: log),
        info: Implementation(name: "test", version: "1", title: "Test"), handlers: handlers)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await session.run() }
        let outcome = await Result.of {
          try await session.connect(mode)
          #expect(session.version == version)
          try await body(session)
        }
        session.close()
        try await group.waitForAll()
        try outcome.get()
      }
    }
    check(log)
  }

  /// Runs a body with a client that writes each message itself.
  /// - Parameter capabilities: what it declares.
  func peer(
    _ capabilities: JSONObject = [:], _ body: @escaping @Sendable (Peer) async throws -> Void
  ) async throws {
    let log = WireLog()
    let version = version
    try await way.connect { transport in
      let peer = Peer(transport, log: log, version: version, capabilities: capabilities)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await peer.run() }
        let outcome = await Result.of {
          try await peer.open()
          try await body(peer)
        }
        transport.stopReceiving()
        try await group.waitForAll()
        try outcome.get()
      }
    }
    check(log)
  }

  private func check(_ log: WireLog) {
    let faults = log.faults.joined(separator: "\n")
    #expect(
      faults.isEmpty, "the connection broke the protocol:\n\(faults)",
      sourceLocation: sourceLocation)
  }
}
