import Foundation
import Glibc
import JSONRPC
import MCP
import Testing

/// Ctrl-C and SIGTERM during the commands about models.
@Suite(.timeLimit(.minutes(1))) struct InterruptTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func trainingThatIsInterruptedStoresNothing(_ signal: Int32) async throws {
    try await ModelFolder.with { folder in
      let command = try InterruptedCommand(
        folder, ["train", "--target", "Converted", "--role", "active"])
      // More than a pipe holds: the command has read the first rows when the last are written, and a
      // training of so many takes longer than the signal.
      try await command.feed(LeadRows(count: 5000).text)
      command.send(signal)
      let result = await command.end()
      #expect(result.code == 130, "\(result.errors)")
      #expect(result.errors == "cancelled; no model was stored\n")
      #expect(try folder.names == ["in.csv", "errors"])
      #expect(try await folder.standing() == (models: [], active: "scorecard"))
    }
  }

  @Test func aSignalWhileTheFileIsBeingReadCancelsToo() async throws {
    try await ModelFolder.with { folder in
      let command = try InterruptedCommand(folder, ["train", "--target", "Converted"])
      try await command.feed(LeadRows(count: 5000).text, stoppingHalfway: { $0.send(SIGINT) })
      let result = await command.end()
      #expect(result.code == 130, "\(result.errors)")
      #expect(try await folder.standing().models.isEmpty)
    }
  }

  @Test func scoringThatIsInterruptedLeavesNoOutput() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let before = try folder.names
      let command = try InterruptedCommand(
        folder, ["score", "--model", "leads", "--output", folder.file("out.csv")])
      try await command.feed(LeadRows(count: 20_000, seed: 2).text)
      command.send(SIGINT)
      let result = await command.end()
      #expect(result.code == 130, "\(result.errors)")
      #expect(result.errors == "cancelled; \(folder.file("out.csv")) was not written\n")
      #expect(try folder.names == before.union(["in.csv", "errors"]))
    }
  }

  @Test func aSecondSignalEndsWorkThatWaitsForInput() async throws {
    try await ModelFolder.with { folder in
      let command = try InterruptedCommand(folder, ["train", "--target", "Converted"])
      try await command.feed(LeadRows(count: 5000).text) { command in
        command.send(SIGINT)
        command.send(SIGTERM)
        let result = await command.end()
        #expect(result.code == 130)
        #expect(result.errors == "stopped before it was done\n")
      }
      #expect(try await folder.standing().models.isEmpty)
    }
  }
}

/// A command of the built binary that reads a named pipe, which the test writes.
struct InterruptedCommand {
  private struct NoPipe: Error {}
  private struct NobodyReads: Error {}

  private let launch: ProcessLaunch
  private let pipe: String
  private let complaints: String

  init(_ folder: ModelFolder, _ arguments: [String]) throws {
    (pipe, complaints) = (folder.file("in.csv"), folder.file("errors"))
    guard mkfifo(pipe, 0o600) == 0 else { throw NoPipe() }
    launch = try ProcessLaunch(
      command: [
        "/bin/sh", "-c", #"exec "$0" "$@" 2>"$TEST_STDERR" </dev/null >/dev/null"#,
        ServerProcess.leadrelay,
      ] + arguments + ["--csv", pipe] + folder.database,
      environment: ["TEST_STDERR": complaints])
    close(launch.input)
    close(launch.output)
  }

  /// Writes a file's text to the command, and ends it.
  /// - Parameter halfway: done when the command has begun to read.
  func feed(
    _ text: String, stoppingHalfway halfway: (InterruptedCommand) async throws -> Void = { _ in }
  ) async throws {
    let descriptor = try await reader()
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    let half = bytes.count / 2
    try await write(bytes[..<half], to: descriptor)
    try await halfway(self)
    try await write(bytes[half...], to: descriptor)
  }

  /// Opens the pipe as soon as the command reads from it.
  private func reader() async throws -> Int32 {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
      let descriptor = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      // Nothing tells of a pipe's first reader.
      try await Task.sleep(for: .milliseconds(5))
    }
    throw NobodyReads()
  }

  /// Writes bytes; what nobody reads any more is dropped.
  private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) async throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try await Task.sleep(for: .milliseconds(2))
      } else if errno != EINTR {
        return
      }
    }
  }

  func send(_ signal: Int32) { kill(launch.id, signal) }

  /// Waits until the command has ended.
  func end() async -> (code: Int32, errors: String) {
    var status: Int32 = 0
    let end = ContinuousClock.now + .seconds(30)
    while waitpid(launch.id, &status, WNOHANG) == 0 {
      if ContinuousClock.now > end { kill(launch.id, SIGKILL) }
      // waitpid has no descriptor to wait for that every kernel offers.
      try? await Task.sleep(for: .milliseconds(5))
    }
    return (
      status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F),
      (try? String(contentsOfFile: complaints, encoding: .utf8)) ?? ""
    )
  }
}
