import Gateway
import Glibc
package import MCP
import MarketingTools
import Outreach
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
        audit: audit, unsubscribing: unsubscribing, deliveries: deliveryIntake), logger: logger
    ) { [unsubscribeLinks] port in
      let url = "\(scheme)://\(ListenAddress(host: address.host, port: port))"
      unsubscribeLinks.listening(at: url)
      onListening(url)
    }
    return (audit.map { [$0] } ?? []) + [gateway]
  }

  /// What ends the process when its shutdown takes too long. Only for a process that does nothing else; behind all
  /// other services, so that it hears of the shutdown first.
  package var shutdownDeadline: any Service {
    ShutdownDeadline(time: .milliseconds(configuration.drainMilliseconds) + .seconds(5))
  }

  private var unsubscribing: Unsubscribing {
    let unsubscriber = unsubscriber
    return Unsubscribing(
      organization: configuration.outreach.organization, isKnown: { unsubscriber.isKnown($0) },
      unsubscribe: { try await unsubscriber.unsubscribe($0) })
  }

  private var deliveryIntake: DeliveryIntake? {
    guard let secrets = outreach.inboundSecrets else { return nil }
    return DeliveryIntake(
      in: configuration.workspace,
      reach: { stamp, body in
        let signer = secrets.signer(
          of: stamp.signature, id: stamp.id, seconds: stamp.seconds, body: body,
          at: SystemClock.now())
        guard let signer else { return nil }
        guard let workspace = signer.workspace else { return .every }
        return .one(workspace)
      },
      report: { [engagements] reports, workspace in
        try await engagements.report(reports, by: "webhook", in: workspace).accepted
      })
  }
}
