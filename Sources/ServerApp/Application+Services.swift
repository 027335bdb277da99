import Gateway
import Glibc
package import MCP
package import ServiceLifecycle

extension Application {
  /// Serves one client over the process's standard streams.
  /// - Parameter isAlone: whether the process ends with it.
  package func stdioService(_ transport: DescriptorTransport, isAlone: Bool) -> StdioService {
    StdioService(
      server: server, transport: transport, principal: localPrincipal,
      // Clients wait 2 s between closing our input and SIGTERM.
      deadline: isAlone ? .milliseconds(configuration.drainMilliseconds + 400) : nil,
      onInputEnd: { if isAlone { stopTasks() } })
  }

  /// What serves clients over HTTP and WebSocket, innermost first.
  /// - Parameter onListening: called once with the URL, when clients can connect.
  /// - Throws: what says which setting keeps the gateway from listening, and what to do.
  package func gatewayServices(
    on address: ListenAddress, onListening: @escaping @Sendable (String) -> Void
  ) throws -> [any Service] {
    let composition = GatewayComposition(
      configuration: configuration, address: address, accessKeys: accessKeyStore, logger: logger)
    let settings = try composition.settings()
    let audit = composition.audit()
    let scheme = settings.certificate == nil ? "http" : "https"
    let gateway = Gateway(
      settings, server: server,
      backing: Gateway.Backing(
        idempotency: idempotency, events: events, authenticator: try composition.authenticator(),
        audit: audit), logger: logger
    ) { port in
      onListening("\(scheme)://\(ListenAddress(host: address.host, port: port))")
    }
    let deadline = ShutdownDeadline(
      time: .milliseconds(configuration.drainMilliseconds) + .seconds(5))
    return (audit.map { [$0] } ?? []) + [deadline, gateway]
  }
}
