import Dispatch
import Glibc
package import MCP
import ServiceLifecycle

/// Serves one client over the process's standard streams.
package struct StdioService: Service {
  private let session: ServerSession

  /// A service for one session.
  /// - Parameter deadline: how long after the end of the input, or a signal, the process may take to
  ///   end; then it ends at once. Everything that was acknowledged is on the disk by then.
  package init(
    server: MCPServer, transport: any Transport, principal: Principal, deadline: Duration
  ) {
    self.session = ServerSession(server: server, transport: transport, principal: principal) {
      Self.endProcess(after: deadline)
    }
  }

  package func run() async throws {
    await withGracefulShutdownHandler {
      await session.run()
    } onGracefulShutdown: {
      session.shutDown()
    }
  }

  /// Ends the process after the deadline, whatever still runs.
  private static func endProcess(after deadline: Duration) {
    let milliseconds =
      Int(deadline.components.seconds * 1000)
      + Int(deadline.components.attoseconds / 1_000_000_000_000_000)
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { _exit(0) }
  }
}
