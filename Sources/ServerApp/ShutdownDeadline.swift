import Dispatch
import Glibc
import Marketing
import ServiceLifecycle

/// Ends the process when its shutdown takes too long: a client that takes nothing must not keep it. All
/// that was acknowledged is on the disk by then.
struct ShutdownDeadline: Service {
  let time: Duration

  func run() async throws {
    let milliseconds = Int(time.wholeMilliseconds)
    try await withGracefulShutdownHandler {
      try await gracefulShutdown()
    } onGracefulShutdown: {
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { _exit(0) }
    }
  }
}
