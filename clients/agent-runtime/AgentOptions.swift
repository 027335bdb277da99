package import ArgumentParser
import Foundation
import Glibc
import Logging
import MCP
package import ServerConnections
import UnixSignals

/// What every agent can be told.
package struct AgentOptions: ParsableArguments {
  /// How much it does at a time.
  @Option(help: "How many pieces of work at a time, 1 to 100.")
  package var capacity = 4

  /// For how long work is its own without a sign of life.
  @Option(help: "After so many seconds without a sign of life others may do its work, 2 to 3600.")
  package var lease = 30

  /// What it is called.
  @Option(
    help: "The agent's name in the queue; by default made of its role, the machine and the process."
  )
  package var worker: String?

  /// How long it finishes what it has when it is told to stop.
  @Option(help: "How many seconds to go on with begun work when told to stop, 0 to 600.")
  package var grace = 3

  /// The server.
  @OptionGroup package var server: ServerOptions

  package init() {}

  package func validate() throws {
    for (name, value, range) in [
      ("capacity", capacity, 1...100), ("lease", lease, 2...3600), ("grace", grace, 0...600),
    ] where !range.contains(value) {
      throw ValidationError(
        "--\(name): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Works until the process is told to stop by SIGTERM or SIGINT.
  /// - Parameters:
  ///   - role: whose work it does.
  ///   - perform: does a piece of work; its result is kept with the work.
  package func run(role: String, _ perform: @escaping AgentLoop.Perform) async throws {
    let name = "\(role)-agent"
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    let worker = worker ?? "\(name)-\(ProcessInfo.processInfo.hostName)-\(getpid())"
    let logger = Logger(label: name)
    let loop = AgentLoop(
      settings: .init(
        role: role, worker: worker, capacity: capacity, lease: .seconds(lease),
        grace: .seconds(grace)),
      logger: logger, perform: perform)
    let (server, grace) = (server, grace)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in signals {
          loop.stop()
          // A server that does not answer keeps nobody from ending; its leases run out.
          try? await Task.sleep(for: .seconds(grace + 2))
          guard !Task.isCancelled else { return }
          logger.error("the server does not answer; what was begun comes back by its lease")
          Glibc.exit(1)
        }
      }
      await loop.run { body in
        try await server.withSession(
          as: Implementation(name: name, version: "0.1.0", title: "LeadRelay \(role) agent"), body)
      }
      group.cancelAll()
    }
  }
}
