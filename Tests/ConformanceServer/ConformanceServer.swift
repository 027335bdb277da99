import ArgumentParser
import ConformanceFixture
import Foundation
import Gateway
import Logging
import MCP
import Marketing
import Sealing
import ServerApp
import ServiceLifecycle
import UnixSignals

/// Serves what the protocol's public conformance scenarios call by name. Not for use.
@main
struct ConformanceServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance-server",
    abstract: "Serves the tools, resources and prompts of the public conformance scenarios.")

  @Flag(help: "Serve one client over stdin and stdout.")
  var stdio = false

  @Option(
    help: ArgumentHelp(
      "Serve HTTP and WebSocket at /mcp on this address; port 0 takes any that is free.",
      valueName: "host:port"))
  var http: String?

  func validate() throws {
    guard stdio || http != nil else {
      throw ValidationError("Expected --stdio or --http HOST:PORT")
    }
    guard http == nil || http.flatMap(ListenAddress.init) != nil else {
      throw ValidationError("--http: expected \(ListenAddress.accepted)")
    }
  }

  func run() async throws {
    let transport = stdio ? try StandardStreams.takeOver() : nil
    let server = try FixtureServer(
      limits: SessionLimits(), taskLimits: TaskEngine.Limits(),
      sealer: Sealer(try KeyRing.inMemory()), wallClock: SystemClock.wallClock
    ).server
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
    if let engine = server.tasks { services.append(.init(service: Running { await engine.run() })) }
    if let transport {
      let session = ServerSession(server: server, transport: transport, principal: .local)
      // Beside the gateway the end of stdin ends only that client.
      services.append(
        .init(
          service: Running { await session.run() },
          successTerminationBehavior: http == nil ? .gracefullyShutdownGroup : .ignore))
    }
    if let address = http.flatMap(ListenAddress.init) {
      services.append(.init(service: Self.gateway(server, on: address)))
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "conformance-server") { _ in SwiftLogNoOpLogHandler() }))
    try await group.run()
  }

  private static func gateway(_ server: MCPServer, on address: ListenAddress) -> Gateway {
    var configuration = Gateway.Configuration()
    configuration.host = address.host
    configuration.port = address.port
    var logger = Logger(label: "conformance-server") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    let stores = InMemoryStores()
    return Gateway(
      configuration, server: server,
      backing: Gateway.Backing(
        idempotency: stores, events: stores,
        authenticator: Authenticator(keys: stores, allowsAnonymous: true)), logger: logger
    ) { port in
      let bound = ListenAddress(host: address.host, port: port)
      FileHandle.standardError.write(Data("listening on http://\(bound)\n".utf8))
    }
  }
}

/// Work that ends by itself or when it is made to stop.
private struct Running: Service {
  let work: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown { await work() }
  }
}
