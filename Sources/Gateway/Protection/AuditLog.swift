import Glibc
import JSONRPC
package import MCP
import Marketing
import ServiceLifecycle

/// Who did what, a line of JSON each, in a file that is only added to. Arguments are named, never told.
///
/// Writing never makes a request wait: lines are gathered and written together. When the disk cannot
/// keep up, lines are left out, and how many is written.
package final class AuditLog: Service {
  private struct State {
    var waiting: [UInt8] = []
    var leftOut = 0
    var waker: OneShot<Void>?
    var isClosed = false
    var hasFailed = false
  }

  private static let most = 8 << 20
  private static let fileSize: off_t = 64 << 20
  private static let oldFiles = 4

  private let path: String
  private let clock: WallClock
  private let onFailure: @Sendable (String) -> Void
  private let state = Locked(State())

  /// A log in a file, made when there is none.
  /// - Parameter onFailure: told, once for each time it begins, why lines cannot be written.
  package init(
    path: String, clock: WallClock, onFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.path = path
    self.clock = clock
    self.onFailure = onFailure
  }

  /// Notes a request that has been served.
  package func note(_ request: ServedRequest, over transport: String, from address: String?) {
    var line: JSONObject = base(transport, address)
    line["workspace"] = .string(request.principal.workspace)
    line["principal"] = .string(request.principal.name)
    line["method"] = .string(request.method)
    line["target"] = request.target.map(JSONValue.string)
    if !request.argumentNames.isEmpty {
      line["arguments"] = .array(request.argumentNames.map(JSONValue.string))
    }
    switch request.outcome {
    case .done: line["outcome"] = "done"
    case .toolError: line["outcome"] = "tool_error"
    case .cancelled: line["outcome"] = "cancelled"
    case .error(let code):
      line["outcome"] = "error"
      line["code"] = .integer(code.rawValue)
    }
    let parts = request.duration.components
    line["durationMicroseconds"] = .integer(
      parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000)
    add(line)
  }

  /// Notes a request that was turned away before anything was served.
  package func note(
    refused status: Int, _ reason: String, _ method: String, over transport: String,
    from address: String?
  ) {
    var line = base(transport, address)
    line["method"] = .string(method)
    line["outcome"] = "refused"
    line["status"] = JSONValue(status)
    line["reason"] = .string(reason)
    add(line)
  }

  private func base(_ transport: String, _ address: String?) -> JSONObject {
    var line: JSONObject = [
      "at": .string(Timestamp(milliseconds: clock.milliseconds()).iso8601),
      "transport": .string(transport),
    ]
    line["address"] = address.map(JSONValue.string)
    return line
  }

  private func add(_ line: JSONObject) {
    let bytes = JSONWriter.bytes(of: .object(line))
    let waker = state.withLock { (state: inout State) -> OneShot<Void>? in
      if state.waiting.count + bytes.count > Self.most {
        state.leftOut += 1
      } else {
        state.waiting += bytes
        state.waiting.append(UInt8(ascii: "\n"))
      }
      defer { state.waker = nil }
      return state.waker
    }
    waker?.fulfil(())
  }

  package func run() async throws {
    await withGracefulShutdownHandler {
      while await waitForLines() { write() }
      write()
    } onGracefulShutdown: { [self] in
      let waker = state.withLock { (state: inout State) -> OneShot<Void>? in
        state.isClosed = true
        defer { state.waker = nil }
        return state.waker
      }
      waker?.fulfil(())
    }
  }

  /// - Returns: whether there is more to come.
  private func waitForLines() async -> Bool {
    let waker = OneShot<Void>()
    let isOpen = state.withLock { (state: inout State) -> Bool? in
      if state.isClosed { return false }
      if !state.waiting.isEmpty { return true }
      state.waker = waker
      return nil
    }
    if let isOpen { return isOpen }
    await withTaskCancellationHandler {
      await waker.value()
    } onCancel: {
      waker.fulfil(())
    }
    return !Task.isCancelled && !state.withLock { $0.isClosed }
  }

  /// Writes what is waiting.
  func write() {
    var lines = state.withLock { (state: inout State) -> [UInt8] in
      var lines = state.waiting
      if state.leftOut > 0 {
        let note: JSONObject = ["outcome": "left_out", "lines": JSONValue(state.leftOut)]
        lines += JSONWriter.bytes(of: .object(note))
        lines.append(UInt8(ascii: "\n"))
      }
      state.waiting = []
      state.leftOut = 0
      return lines
    }
    guard !lines.isEmpty else { return }
    rotate()
    let reason = append(&lines)
    let isNew = state.withLock { (state: inout State) -> Bool in
      defer { state.hasFailed = reason != nil }
      return !state.hasFailed
    }
    if let reason, isNew { onFailure(reason) }
  }

  /// - Returns: why the lines, or the rest of them, could not be written; `nil` when they were.
  private func append(_ lines: inout [UInt8]) -> String? {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return Self.reason }
    defer { close(file) }
    while !lines.isEmpty {
      let count = lines.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if errno == EINTR { continue }
        return Self.reason
      }
      lines.removeFirst(count)
    }
    return nil
  }

  /// Puts a file that has become long aside and forgets the oldest.
  private func rotate() {
    var status = stat()
    guard stat(path, &status) == 0, status.st_size >= Self.fileSize else { return }
    for number in stride(from: Self.oldFiles - 1, through: 1, by: -1) {
      rename("\(path).\(number)", "\(path).\(number + 1)")
    }
    rename(path, "\(path).1")
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
