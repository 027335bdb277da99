import ArgumentParser
import Foundation
import Logging
import MCP
import ServerApp
import ServiceLifecycle
import UnixSignals

/// Serves clients: one over stdin and stdout, or many over HTTP and WebSocket, or both.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves an MCP client over stdin and stdout, or many over HTTP and WebSocket.")

  @Option(
    help: ArgumentHelp(
      "Serve HTTP and WebSocket on this address; port 0 takes any that is free.",
      valueName: "host:port"))
  var http: String?

  @Flag(help: "Serve stdin and stdout, which is done when nothing else is; beside --http both are.")
  var stdio = false

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup(title: "Tools") var toolOptions: ToolOptions

  func run() async throws {
    var configuration = try await options.load(toolOptions).configuration
    if let http {
      guard let address = ListenAddress(http) else {
        throw ValidationError("--http: found '\(http)', expected \(ListenAddress.accepted)")
      }
      configuration.listen = address
    }
    let address = configuration.listen
    let usesStdio = stdio || address == nil
    // Before anything else, so that nothing can print between the protocol's messages.
    let transport = usesStdio ? try Self.standardStreams(configuration) : nil
    let application = try Application(
      configuration, embedder: try await makeEmbedder(configuration.embedding),
      outreach: try OutreachPlan(configuration),
      logger: ConfigurationOptions.logger(configuration.logLevel))
    var services = application.backgroundServices.map {
      ServiceGroupConfiguration.ServiceConfiguration(service: $0)
    }
    if let address {
      let gateway = try application.gatewayServices(on: address) { url in
        FileHandle.standardError.write(Data("listening on \(url)\n".utf8))
      }
      services += gateway.map { .init(service: $0) }
    }
    if let transport {
      // Beside the gateway the end of stdin ends only that client.
      let ending: ServiceGroupConfiguration.ServiceConfiguration.TerminationBehavior =
        address == nil ? .gracefullyShutdownGroup : .ignore
      services.append(
        .init(
          service: application.stdioService(transport, isAlone: address == nil),
          successTerminationBehavior: ending,
          failureTerminationBehavior: ending))
    }
    if address != nil { services.append(.init(service: application.shutdownDeadline)) }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: ConfigurationOptions.logger("warning")))
    try await group.run()
  }

  private static func standardStreams(
    _ configuration: ServerConfiguration
  ) throws -> DescriptorTransport {
    var limits = DescriptorTransport.Limits()
    limits.line = configuration.maximumMessageBytes
    // What is answered at the last moment has to get out too.
    limits.endGrace = .milliseconds(configuration.drainMilliseconds + 200)
    return try StandardStreams.takeOver(limits: limits)
  }
}
