import ConformanceFixture
import Gateway
import JSONRPC
import Logging
import MCP
import Marketing
import ServiceLifecycle
import Testing

/// A fixture behind a gateway on a free port of this machine.
enum GatewayHost {
  /// Runs a body with the port, then ends the gateway in order: a listener that is cancelled may lose a
  /// connection that it has just accepted, which ends the process.
  static func serving(
    _ body: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    let fixture = try FixtureServer()
    let listening = OneShot<Int>()
    var configuration = Gateway.Configuration()
    configuration.port = 0
    let stores = InMemoryStores()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let gateway = Gateway(
      configuration, server: fixture.server,
      backing: Gateway.Backing(
        idempotency: stores, events: stores,
        authenticator: Authenticator(keys: stores, allowsAnonymous: true)),
      logger: logger, onListening: { listening.fulfil($0) })
    let services = ServiceGroup(services: [gateway], logger: logger)
    let outcome = await withTaskGroup(of: Void.self) { background in
      if let engine = fixture.server.tasks { background.addTask { await engine.run() } }
      let outcome = await Result.of {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            // A gateway that cannot listen must not keep the test waiting.
            defer { listening.fulfil(0) }
            try await services.run()
          }
          let port = await listening.value()
          let outcome = await Result.of {
            try #require(port > 0)
            try await body(port)
          }
          await services.triggerGracefulShutdown()
          try await group.waitForAll()
          try outcome.get()
        }
      }
      background.cancelAll()
      return outcome
    }
    try outcome.get()
  }
}
