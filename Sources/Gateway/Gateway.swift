package import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import MCP
package import Marketing
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The one port over which clients reach the server: Streamable HTTP in both eras, WebSocket, REST and
/// live events.
package struct Gateway: Service {
  /// Where it listens and how much it takes.
  package struct Configuration: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port; 0 for any that is free.
    package var port = 8080

    /// The defaults.
    package init() {}
  }

  /// What of the stores is served past the tools.
  package struct Stores: Sendable {
    /// Answers to requests that may be repeated.
    package var idempotency: any IdempotencyStore
    /// The log that live events come from.
    package var events: any EventLog

    /// The stores.
    package init(idempotency: any IdempotencyStore, events: any EventLog) {
      self.idempotency = idempotency
      self.events = events
    }
  }

  private let configuration: Configuration
  private let server: MCPServer
  private let stores: Stores
  private let identify: @Sendable (HTTPFields) -> Identity?
  private let isValid: @Sendable (Identity) -> Bool
  private let events: EventStreams
  private let open = OpenSessions()
  private let sessions: HTTPSessions
  private let caps: ConnectionCaps
  private let logger: Logger
  private let onListening: @Sendable (Int) async -> Void

  /// A gateway to a server.
  /// - Parameter onListening: called once with the port, when clients can connect.
  package init(
    _ configuration: Configuration, server: MCPServer, stores: Stores, logger: Logger,
    identify: @escaping @Sendable (HTTPFields) -> Identity? = { _ in .anyone },
    isValid: @escaping @Sendable (Identity) -> Bool = { _ in true },
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.server = server
    self.stores = stores
    self.identify = identify
    self.isValid = isValid
    events = EventStreams(log: stores.events, logger: logger)
    self.logger = logger
    self.onListening = onListening
    sessions = HTTPSessions(server: server, open: open)
    caps = ConnectionCaps(ConnectionCaps.Limits())
  }

  package func run() async throws {
    let application = Application(
      router: router(), server: listener,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
    try await withGracefulShutdownHandler {
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask { await sessions.run() }
        group.addTask { await events.run() }
        try await application.run()
        await open.drained()
        group.cancelAll()
      }
    } onGracefulShutdown: {
      open.shutDown()
      events.shutDown()
    }
  }

  private var listener: HTTPServerBuilder {
    HTTPServerBuilder { responder in
      GatewayChannel(responder: responder, caps: caps, deadlines: .init(), tls: nil)
    }
  }

  private func router() -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self)
    let endpoint = MCPEndpoint(server: server, sessions: sessions, open: open, limits: .init())
    router.add(middleware: AuthenticationMiddleware(identify: identify))
    endpoint.addRoutes(to: router, at: "/mcp")
    EventRoutes(streams: events, isValid: isValid).addRoutes(to: router)
    RESTRoutes(
      server: server, idempotency: stores.idempotency, now: now, isClosing: { open.isClosing }
    ).addRoutes(to: router)
    return router
  }

  private func now() -> Timestamp { Timestamp(milliseconds: server.clock.milliseconds()) }
}
