import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSONRPC
package import Logging
package import MCP
import MCPWebSocket
package import Marketing
import NIOCore
import NIOPosix
import ServiceLifecycle

/// An address cannot be listened on.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
  /// Which, why, and what to do.
  package let description: String
}

/// The one port over which clients reach the server: Streamable HTTP in both eras, WebSocket, REST and
/// live events.
package struct Gateway: Service {
  /// What is served past the tools, and who is let in.
  package struct Backing: Sendable {
    /// Answers to requests that may be repeated.
    package var idempotency: any IdempotencyStore
    /// The log that live events come from.
    package var events: any EventLog
    /// Tells who makes a request.
    package var authenticator: Authenticator
    /// Where it is noted who did what; `nil` for nowhere.
    package var audit: AuditLog?
    /// Who knows the links in mails; `nil` where none is sent.
    package var unsubscribing: Unsubscribing?
    /// Who takes reports of what became of messages; `nil` for nobody.
    package var deliveries: DeliveryIntake?

    /// A backing.
    package init(
      idempotency: any IdempotencyStore, events: any EventLog, authenticator: Authenticator,
      audit: AuditLog? = nil, unsubscribing: Unsubscribing? = nil,
      deliveries: DeliveryIntake? = nil
    ) {
      self.idempotency = idempotency
      self.events = events
      self.authenticator = authenticator
      self.audit = audit
      self.unsubscribing = unsubscribing
      self.deliveries = deliveries
    }
  }

  private let configuration: Configuration
  private let server: MCPServer
  private let backing: Backing
  private let gatekeeper: Gatekeeper
  private let events: EventStreams
  private let open = OpenSessions()
  private let sessions: HTTPSessions
  private let standing: StandingWatch
  private let caps: ConnectionCaps
  private let logger: Logger
  private let onListening: @Sendable (Int) async -> Void

  /// A gateway to a server.
  /// - Parameter onListening: called once with the port, when clients can connect.
  package init(
    _ configuration: Configuration, server: MCPServer, backing: Backing, logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.server = server
    self.backing = backing
    self.logger = logger
    self.onListening = onListening
    let clock = server.clock
    gatekeeper = Gatekeeper(
      hosts: configuration.hosts, origins: configuration.origins,
      authenticator: backing.authenticator, limiter: RateLimiter(configuration.rates),
      audit: backing.audit, resourceMetadata: configuration.metadata?.url,
      usefulScopes: Set(server.tools.tools.flatMap(\.definition.scopes)),
      now: { Timestamp(milliseconds: clock.milliseconds()) })
    standing = StandingWatch(isValid: gatekeeper.isStillValid)
    events = EventStreams(log: backing.events, logger: logger)
    var limits = HTTPSessions.Limits()
    limits.idle = configuration.sessionLifetime
    sessions = HTTPSessions(server: server, open: open, limits: limits)
    caps = ConnectionCaps(
      ConnectionCaps.Limits(
        total: configuration.maximumConnections,
        perAddress: configuration.maximumConnectionsPerAddress))
  }

  package func run() async throws {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let application = Application(
      router: router(), server: listener,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: quiet)
    try await withGracefulShutdownHandler {
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask { await sessions.run() }
        group.addTask { await events.run() }
        group.addTask { await standing.run() }
        do {
          try await application.run()
        } catch let error as IOError {
          throw ListenFailure(
            description: "\(configuration.host):\(configuration.port) cannot be listened on: "
              + "\(String(cString: strerror(error.errnoCode))); end what listens there, or take "
              + "another port (0 takes any that is free)")
        }
        await open.drained()
        group.cancelAll()
      }
    } onGracefulShutdown: {
      open.shutDown()
      events.shutDown()
    }
  }

  private var listener: HTTPServerBuilder {
    var deadlines = ConnectionDeadlines.Limits()
    deadlines.head = TimeAmount(configuration.headPatience)
    deadlines.body = TimeAmount(configuration.bodyPatience)
    deadlines.idle = TimeAmount(configuration.idlePatience)
    deadlines.write = TimeAmount(configuration.writePatience)
    // What is in flight ends within its own limit; then it may still have to be written.
    deadlines.shutdown = TimeAmount(server.limits.drain + .seconds(2))
    let door = WebSocketDoor(
      gatekeeper: gatekeeper, subprotocols: configuration.subprotocols, server: server, open: open,
      standing: standing, events: eventRoutes)
    return HTTPServerBuilder { [deadlines] responder in
      GatewayChannel(
        responder: responder, caps: caps, deadlines: deadlines, tls: configuration.certificate,
        door: door, webSocketLimits: webSocketLimits)
    }
  }

  private var webSocketLimits: WebSocketLimits {
    var limits = configuration.webSocket
    limits.message = server.limits.maximumMessageBytes
    return limits
  }

  private var eventRoutes: EventRoutes {
    EventRoutes(
      streams: events, resourceMetadata: configuration.metadata?.url,
      policy: { [gatekeeper] in gatekeeper.policy(over: "http", from: $0.address) },
      isValid: gatekeeper.isStillValid)
  }

  private func router() -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self)
    let metadataPaths = Set(configuration.metadata?.paths ?? [])
    router.add(middleware: CrossOrigin(gatekeeper: gatekeeper, open: metadataPaths))
    router.add(
      middleware: GateMiddleware(
        gatekeeper: gatekeeper, open: metadataPaths.union(["/openapi.json", DeliveryRoutes.path]),
        openRoot: UnsubscribeRoutes.root))
    MetadataRoutes(metadata: configuration.metadata).add(to: router)
    var limits = MCPEndpoint.Limits()
    limits.body = server.limits.maximumMessageBytes
    limits.keepAlive = configuration.keepAlive
    MCPEndpoint(
      server: server, sessions: sessions, open: open, gatekeeper: gatekeeper, standing: standing,
      limits: limits
    ).addRoutes(to: router, at: "/mcp")
    eventRoutes.addRoutes(to: router)
    UnsubscribeRoutes(
      unsubscribing: backing.unsubscribing, logger: logger, isClosing: { open.isClosing }
    ).addRoutes(to: router)
    DeliveryRoutes(
      intake: backing.deliveries, maximumDepth: server.limits.maximumDepth, logger: logger,
      isClosing: { open.isClosing }
    ).addRoutes(to: router)
    RESTRoutes(
      server: server, idempotency: backing.idempotency, now: gatekeeper.now,
      resourceMetadata: configuration.metadata?.url,
      policy: { [gatekeeper] in gatekeeper.policy(over: "http", from: $0.address) },
      isClosing: { open.isClosing }
    ).addRoutes(to: router)
    return router
  }
}
