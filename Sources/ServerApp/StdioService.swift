import Dispatch
import Glibc
package import MCP
import ServiceLifecycle

/// Serves one client over the process's standard streams.
package struct StdioService: Service {
  private let session: ServerSession

  /// A service for one session.
  /// - Parameters:
  ///   - deadline: `nil` when the process has more to do than to serve this client; else how long after the end of the input, or a signal, the process may take to end; then it
  ///     ends at once, unless the client is still taking answers. Everything that was acknowledged is on
  ///     the disk by then.
  ///   - onInputEnd: called when the client sends no more.
  package init(
    server: MCPServer, transport: DescriptorTransport, principal: Principal, deadline: Duration?,
    onInputEnd: @escaping @Sendable () -> Void = {}
  ) {
    self.session = ServerSession(server: server, transport: transport, principal: principal) {
      onInputEnd()
      if let deadline { Self.endProcess(after: deadline, transport) }
    }
  }

  package func run() async throws {
    await withGracefulShutdownHandler {
      await session.run()
    } onGracefulShutdown: {
      session.shutDown()
    }
  }

  /// Ends the process after the deadline, whatever still runs; but not in the middle of an answer.
  private static func endProcess(after deadline: Duration, _ transport: DescriptorTransport) {
    let milliseconds =
      Int(deadline.components.seconds * 1000)
      + Int(deadline.components.attoseconds / 1_000_000_000_000_000)
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
      if transport.isDelivering {
        // Once more after the last answer, so that the process can end in order.
        endProcess(after: .milliseconds(100), transport)
      } else {
        _exit(0)
      }
    }
  }
}
