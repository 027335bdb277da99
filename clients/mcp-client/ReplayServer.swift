import Foundation
import JSONRPC
import MCP

/// What a script is played against.
protocol ReplayPeer: AnyObject {
  /// Whether nothing comes any more.
  var isOutputEnded: Bool { get }

  /// Writes bytes, reading meanwhile, so that neither side waits for the other for ever.
  /// - Returns: whether the server took them; `false` when for so long it neither read nor wrote. One
  ///   that has ended or closed its input takes everything: what it owes is missed when it is expected.
  func write(
    _ bytes: [UInt8], within patience: Duration, _ take: (JSONValue) -> Void
  ) async -> Bool

  /// Reads what comes within this time; returns at the first message.
  func read(within patience: Duration, _ take: (JSONValue) -> Void) async

  /// Tells the server that nothing more will come.
  func closeInput() async

  /// The exit code once the server has ended, or minus the signal; `nil` when it still runs.
  func exitCode() async -> Int64?

  /// Ends the server, whatever it does.
  func kill() async
}

/// A server whose pipes a script writes and reads byte by byte.
final class ReplayServer: ReplayPeer {
  private let process: ProcessLaunch
  private var partial: [UInt8] = []
  private var isInputOpen = true
  private(set) var isOutputEnded = false

  init(command: [String]) throws { process = try ProcessLaunch(command: command) }

  func write(
    _ bytes: [UInt8], within patience: Duration, _ take: (JSONValue) -> Void
  ) -> Bool {
    var written = 0
    while written < bytes.count, isInputOpen {
      var descriptors = [
        pollfd(fd: process.input, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: isOutputEnded ? -1 : process.output, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&descriptors, 2, Int32(patience.milliseconds)) > 0 else { return false }
      if descriptors[1].revents != 0 { readSome(take) }
      guard descriptors[0].revents != 0 else { continue }
      // A pipe that poll calls writable takes this much without waiting.
      let end = min(bytes.count, written + 4096)
      let count = bytes[written..<end].withUnsafeBytes {
        Foundation.write(process.input, $0.baseAddress, $0.count)
      }
      if count < 0 { return true }
      written += count
    }
    return true
  }

  func read(within patience: Duration, _ take: (JSONValue) -> Void) {
    guard !isOutputEnded else { return }
    var descriptors = [pollfd(fd: process.output, events: Int16(POLLIN), revents: 0)]
    let milliseconds = max(0, patience.milliseconds)
    if poll(&descriptors, 1, Int32(milliseconds)) > 0 { readSome(take) }
  }

  private func readSome(_ take: (JSONValue) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(process.output, &buffer, buffer.count)
    guard count > 0 else {
      isOutputEnded = true
      return
    }
    partial += buffer[..<count]
    while let end = partial.firstIndex(of: 0x0A) {
      let line = Array(partial[..<end])
      partial.removeSubrange(...end)
      take(
        (try? JSONParser(maximumBytes: 64 << 20).parse(line))
          ?? .string("no JSON: \(String(decoding: line.prefix(200), as: UTF8.self))"))
    }
  }

  func closeInput() {
    if isInputOpen { close(process.input) }
    isInputOpen = false
  }

  func exitCode() -> Int64? {
    var status: Int32 = 0
    guard waitpid(process.id, &status, WNOHANG) == process.id else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? Int64(status >> 8 & 0xFF) : -Int64(signal)
  }

  func kill() {
    closeInput()
    Foundation.kill(process.id, SIGKILL)
    var status: Int32 = 0
    waitpid(process.id, &status, 0)
    close(process.output)
  }
}
