import ConformanceFixture
import JSONRPC
import MCP
import Testing
import WireChecks

/// Runs a fixture, with its tasks, for as long as a test uses it over one connection.
func serving(
  _ fixture: FixtureServer, over wire: Wire, as principal: Principal = .local,
  limits: DescriptorTransport.Limits = .init(),
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: @escaping @Sendable (RawPeer) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    if let engine = fixture.server.tasks { group.addTask { await engine.run() } }
    try await connecting(
      to: fixture, over: wire, as: principal, limits: limits, sourceLocation: sourceLocation, body)
    group.cancelAll()
    try await group.waitForAll()
  }
}

/// One connection to a fixture that is running already.
func connecting(
  to fixture: FixtureServer, over wire: Wire, as principal: Principal = .local,
  limits: DescriptorTransport.Limits = .init(),
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: @escaping @Sendable (RawPeer) async throws -> Void
) async throws {
  let link = try Link(wire, limits: limits)
  let session = ServerSession(
    server: fixture.server, transport: link.server, principal: principal)
  let peer = RawPeer(wire, link, session)
  let failure = await withTaskGroup(of: Void.self) { group in
    group.addTask { await session.run() }
    group.addTask { await peer.run() }
    var failure: (any Error)?
    do { try await body(peer) } catch { failure = error }
    await peer.endInput()
    await group.waitForAll()
    return failure
  }
  let faults = peer.log.faults.joined(separator: "\n")
  #expect(
    faults.isEmpty, "the connection broke the protocol:\n\(faults)", sourceLocation: sourceLocation)
  if let failure { throw failure }
}
