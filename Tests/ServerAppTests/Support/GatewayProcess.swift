import Foundation
import Glibc
import JSONRPC
import MCP

/// The built binary, serving HTTP and WebSocket on a free port of this machine.
final class GatewayProcess: Sendable {
  private let launch: ProcessLaunch
  private let complaints: String

  init(folder: String, flags: [String] = []) throws {
    complaints = "\(folder)/stderr"
    launch = try ProcessLaunch(
      command: [
        "/bin/sh", "-c", #"exec "$0" "$@" 2>"$TEST_STDERR" </dev/null"#, ServerProcess.leadrelay,
        "serve", "--http", "127.0.0.1:0", "--database", "sqlite:\(folder)/l.sqlite",
      ] + flags, environment: ["TEST_STDERR": complaints])
    close(launch.input)
  }

  deinit { close(launch.output) }

  /// What the process has written to stderr.
  var errors: String { (try? String(contentsOfFile: complaints, encoding: .utf8)) ?? "" }

  /// The port, as soon as it listens; 0 when it does not within twenty seconds.
  var port: Int {
    get async {
      let end = ContinuousClock.now + .seconds(20)
      while ContinuousClock.now < end {
        if let line = errors.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }),
          let port = line.split(separator: ":").last.flatMap({ Int($0) })
        {
          return port
        }
        try? await Task.sleep(for: .milliseconds(20))
      }
      return 0
    }
  }

  /// Asks it to end.
  func terminate() { kill(launch.id, SIGTERM) }

  /// Asks it to end and waits until it has; after a while it is killed.
  /// - Returns: as a shell tells it, and how long it took.
  func end(within limit: Duration = .seconds(20)) async -> (code: Int32, duration: Duration) {
    let began = ContinuousClock.now
    terminate()
    var status: Int32 = 0
    while waitpid(launch.id, &status, WNOHANG) == 0 {
      if ContinuousClock.now - began > limit { kill(launch.id, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(20))
    }
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    return (code, ContinuousClock.now - began)
  }
}
