import Foundation
import Glibc
import JSONRPC
import MCP
import Testing

/// The built binary, serving a client of ours over stdio.
struct ServerProcess {
  /// Where the built programs are: beside the test bundle.
  static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  static var leadrelay: String { program("leadrelay") }

  /// A built program of this package.
  static func program(_ name: String) -> String {
    // The bundle may be a folder or a file within the folder of the programs.
    var folder = programs
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent(name).path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return name
  }

  let child: ChildProcess
  let client: ClientSession

  /// Starts the server and hands over a connected client; ends both afterwards.
  static func with<Value: Sendable>(
    database: String, mode: ClientSession.Mode = .modern,
    handlers: ClientHandlers = ClientHandlers(), _ body: (ServerProcess) async throws -> Value
  ) async throws -> Value {
    let child = try ChildProcess(
      command: [leadrelay, "serve", "--database", "sqlite:\(database)", "--log-level", "error"])
    let client = ClientSession(
      transport: child.transport, info: Implementation(name: "test", version: "1"),
      handlers: handlers)
    let server = ServerProcess(child: child, client: client)
    do {
      let value = try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        defer { client.close() }
        try await client.connect(mode)
        return try await body(server)
      }
      await child.stop()
      return value
    } catch {
      await child.stop()
      throw error
    }
  }

  /// Calls a tool that must succeed.
  func call(_ tool: String, _ arguments: JSONObject) async throws -> JSONObject {
    let result = try await client.request(
      "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
    try #require(result["isError"] != true, "\(result["content"] ?? .null)")
    return try #require(result["structuredContent"]?.objectValue)
  }

  /// A folder for one test, removed afterwards.
  static func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leadrelay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
  }

  /// Runs the program to its end, on a thread of its own: the tests' threads are few.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], program: String = leadrelay
  ) async throws -> (code: Int32, output: String, errors: String) {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try runBlocking(program, arguments, environment) })
      }
    }
  }

  /// Everything up to the end. `FileHandle` traps when a signal interrupts it.
  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count > 0 {
        bytes += chunk.prefix(count)
      } else if count == 0 || errno != EINTR {
        return bytes
      }
    }
  }

  private static func runBlocking(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> (code: Int32, output: String, errors: String) {
    // Not Foundation's Process: among thousands of open files it reads beyond the end of a folder's list.
    let complaints = FileManager.default.temporaryDirectory
      .appendingPathComponent("leadrelay-stderr-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: complaints) }
    let launch = try ProcessLaunch(
      command: ["/bin/sh", "-c", #"exec "$0" "$@" 2>"$TEST_STDERR" </dev/null"#, program]
        + arguments,
      environment: environment.merging(["TEST_STDERR": complaints.path]) { $1 })
    close(launch.input)
    let text = readAll(launch.output)
    close(launch.output)
    var status: Int32 = 0
    while waitpid(launch.id, &status, 0) < 0, errno == EINTR {}
    let complaint = FileManager.default.contents(atPath: complaints.path) ?? Data()
    return (
      // As a shell tells it: a signal counts from 128 up.
      status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F),
      String(decoding: text, as: UTF8.self),
      String(decoding: complaint, as: UTF8.self)
    )
  }
}
