import ArgumentParser
import ConformanceFixture
import MCP
import Sealing
import ServerApp

/// Serves what the protocol's public conformance scenarios call by name. Not for use.
@main
struct ConformanceServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance-server",
    abstract: "Serves the tools, resources and prompts of the public conformance scenarios.")

  @Flag(help: "Serve one client over stdin and stdout.")
  var stdio = false

  func validate() throws {
    guard stdio else { throw ValidationError("Expected --stdio") }
  }

  func run() async throws {
    let transport = try StandardStreams.takeOver()
    let fixture = try FixtureServer(
      limits: SessionLimits(), taskLimits: TaskEngine.Limits(),
      sealer: Sealer(try KeyRing.inMemory()), wallClock: SystemClock.wallClock)
    let session = ServerSession(
      server: fixture.server, transport: transport, principal: .local)
    await withTaskGroup(of: Void.self) { group in
      if let engine = fixture.server.tasks { group.addTask { await engine.run() } }
      await session.run()
      group.cancelAll()
    }
  }
}
