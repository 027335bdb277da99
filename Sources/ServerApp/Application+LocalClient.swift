package import MCP

extension Application {
  /// Hands over a client of this application inside the process.
  package func withLocalClient<Value: Sendable>(
    _ body: (ClientSession) async throws -> Value
  ) async throws -> Value {
    let (serverEnd, clientEnd) = InMemoryTransport.pair()
    let session = ServerSession(
      server: server, transport: serverEnd, principal: localPrincipal)
    let client = ClientSession(transport: clientEnd, info: Self.info)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      group.addTask { await client.run() }
      defer { client.close() }
      try await client.connect(.modern)
      return try await body(client)
    }
  }
}
