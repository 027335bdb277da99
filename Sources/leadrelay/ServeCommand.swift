import ArgumentParser
import Logging
import MCP
import ServerApp
import ServiceLifecycle
import UnixSignals

/// Serves a client over stdin and stdout.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves an MCP client over stdin and stdout.")

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup(title: "Tools") var toolOptions: ToolOptions

  func run() async throws {
    // Before anything else, so that nothing can print between the protocol's messages.
    let configuration = try await options.load(toolOptions).configuration
    var limits = DescriptorTransport.Limits()
    limits.line = configuration.maximumMessageBytes
    // What is answered at the last moment has to get out too.
    limits.endGrace = .milliseconds(configuration.drainMilliseconds + 200)
    let transport = try StandardStreams.takeOver(limits: limits)
    let logger = ConfigurationOptions.logger(configuration.logLevel)
    let application = try Application(configuration, logger: logger)
    let stdio = StdioService(
      server: application.server, transport: transport, principal: application.localPrincipal,
      // Clients wait 2 s between closing our input and SIGTERM.
      deadline: .milliseconds(configuration.drainMilliseconds + 400),
      onInputEnd: application.stopTasks)
    var services = application.backgroundServices.map {
      ServiceGroupConfiguration.ServiceConfiguration(service: $0)
    }
    services.append(
      .init(
        service: stdio, successTerminationBehavior: .gracefullyShutdownGroup,
        failureTerminationBehavior: .gracefullyShutdownGroup))
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: ConfigurationOptions.logger("warning")))
    try await group.run()
  }
}
