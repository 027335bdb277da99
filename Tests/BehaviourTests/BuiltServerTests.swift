import Glibc
import JSONRPC
import MCP
import MCPHTTP
import MCPWebSocket
import Testing

/// The built server on a port of its own, as the public conformance suite is pointed at it.
@Suite(.timeLimit(.minutes(1))) struct BuiltServerTests {
  @Test(arguments: [ClientSession.Mode.legacy(.v2025November), .modern])
  func servesHTTPAndWebSocket(mode: ClientSession.Mode) async throws {
    // Its stderr joins stdout, which it does not use without --stdio: there it says where it listens.
    let child = try ChildProcess(
      command: [
        "/bin/sh", "-c", #"exec "$0" --http 127.0.0.1:0 2>&1"#, BuiltProgram.conformanceServer,
      ])
    let outcome = await Result.of {
      let frames = await child.transport.receive()
      guard case .message(let line)? = frames.first else {
        Issue.record("the server says nothing")
        return
      }
      let said = String(decoding: line, as: UTF8.self)
      let address = try #require(said.wholeMatch(of: /listening on http:\/\/(127\.0\.0\.1:\d+)/)).1
      try await Self.visit(HTTPTransport.open("http://\(address)/mcp"), mode)
      try await Self.visit(WebSocketClient.connect(url: "ws://\(address)/mcp"), mode)
    }
    child.send(signal: SIGTERM)
    let status = await child.waitForExit(atMost: .seconds(10))
    await child.stop()
    try outcome.get()
    #expect(status == 0, "it ends in order when it is told to")
  }

  private static func visit(_ transport: any Transport, _ mode: ClientSession.Mode) async throws {
    let session = ClientSession(
      transport: transport, info: Implementation(name: "test", version: "1"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      let outcome = await Result.of {
        try await session.connect(mode)
        let greeting = try await session.call("greet", ["name": "Ann"])
        #expect(greeting.firstText == "Hello, Ann!")
      }
      session.close()
      try await group.waitForAll()
      try outcome.get()
    }
  }
}
