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

  /// Serves clients over HTTP and WebSocket.
  /// - Parameter onListening: called once with the address, when clients can connect.
  package func gatewayService(
    on address: ListenAddress, onListening: @escaping @Sendable (ListenAddress) -> Void
  ) -> any Service {
    var settings = Gateway.Configuration()
    settings.host = address.host
    settings.port = address.port
    let stores = Gateway.Stores(idempotency: idempotency, events: events)
    return Gateway(
      settings, server: server, stores: stores, logger: logger,
      onListening: { port in onListening(ListenAddress(host: address.host, port: port)) })
  }
}
