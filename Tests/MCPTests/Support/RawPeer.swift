import ConformanceFixture
import JSONRPC
import MCP
import Testing
import WireChecks

/// A test's client: sends whatever text it is told to, keeps all that comes, and waits for what must
/// come. Both directions are checked by a `WireLog`.
final class RawPeer: Sendable {
  struct Silence: Error, CustomStringConvertible {
    let description: String
  }

  private struct Waiter: Sendable {
    let wants: @Sendable (JSONValue) -> Bool
    let answer: OneShot<JSONValue?>
  }

  private struct State {
    var all: [JSONValue] = []
    var untaken: [JSONValue] = []
    var waiters: [Waiter] = []
    var hasEnded = false
    var lastID: Int64 = 100
  }

  let wire: Wire
  let log = WireLog()
  private let link: Link
  private let session: ServerSession
  private let state = Locked(State())

  init(_ wire: Wire, _ link: Link, _ session: ServerSession) {
    self.wire = wire
    self.link = link
    self.session = session
  }

  /// Everything the server has sent so far.
  var all: [JSONValue] { state.withLock { $0.all } }

  /// What the server has sent that belongs to this id: answers, progress, subscriptions.
  func messages(about id: JSONValue) -> [JSONValue] {
    all.filter { message in
      let params = message["params"]
      return message["id"] == id || params?["progressToken"] == id || params?["requestId"] == id
        || params?["_meta"]?[MetaKey.subscriptionID] == id
    }
  }

  /// Messages of the server with this method.
  func messages(_ method: String) -> [JSONValue] { all.filter { $0["method"] == .string(method) } }

  func newID() -> JSONValue {
    state.withLock { (state: inout State) -> JSONValue in
      state.lastID += 1
      return .integer(state.lastID)
    }
  }

  /// Receives until the connection ends.
  func run() async {
    while true {
      let frames = await link.inbound.receive()
      if frames.isEmpty { break }
      for case .message(let bytes) in frames { take(bytes) }
    }
    let waiters = state.withLock { (state: inout State) in
      state.hasEnded = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.answer.fulfil(nil) }
    await link.inbound.close()
    await link.outbound.close()
  }

  private func take(_ bytes: [UInt8]) {
    let message: JSONValue
    do {
      message = try JSONParser(maximumBytes: .max).parse(bytes)
    } catch {
      Issue.record("the server sent what is no JSON: \(String(decoding: bytes, as: UTF8.self))")
      return
    }
    log.serverSends(message)
    let waiter = state.withLock { (state: inout State) -> Waiter? in
      state.all.append(message)
      if let index = state.waiters.firstIndex(where: { $0.wants(message) }) {
        return state.waiters.remove(at: index)
      }
      state.untaken.append(message)
      return nil
    }
    waiter?.answer.fulfil(message)
  }

  /// Sends a message that keeps to the protocol.
  func send(_ message: JSONValue) { send([message]) }

  /// Sends several in one write, where the connection knows writes.
  func send(_ messages: [JSONValue]) {
    for message in messages { log.clientSends(message) }
    write(messages.map(\.text))
  }

  /// Sends text that need not be a message at all; each line is one.
  func send(raw text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for line in lines {
      let isMarked = line.unicodeScalars.first == "\u{FEFF}"
      let bare = isMarked ? String(line.unicodeScalars.dropFirst()) : line
      if let json = try? JSONParser(maximumBytes: .max).parse(bare) {
        log.clientSends(json, isFaulty: true)
      }
    }
    write(lines)
  }

  /// Sends bytes that need not be text.
  func send(bytes: [UInt8]) { link.outbound.send(bytes) }

  private func write(_ lines: [String]) {
    switch wire {
    case .pipes: link.outbound.send(Array(lines.joined(separator: "\n").utf8))
    case .memory: for line in lines { link.outbound.send(Array(line.utf8)) }
    }
  }

  /// Sends no more; what the server still has to say can be read.
  func endInput() async {
    switch wire {
    case .pipes: await link.outbound.close()
    case .memory: session.shutDown()
    }
  }

  /// Asks the server's session to end.
  func shutDown() { session.shutDown() }

  /// The first message, not yet taken by another call, that is wanted; waits for it.
  /// - Throws: `Silence` when it does not come.
  func next(
    _ what: String, where wants: @escaping @Sendable (JSONValue) -> Bool
  ) async throws -> JSONValue {
    let waiter = Waiter(wants: wants, answer: OneShot())
    let ready = state.withLock { (state: inout State) -> JSONValue?? in
      if let index = state.untaken.firstIndex(where: wants) {
        return .some(state.untaken.remove(at: index))
      }
      if state.hasEnded { return .some(nil) }
      state.waiters.append(waiter)
      return .none
    }
    let message: JSONValue?
    if let ready { message = ready } else { message = await value(of: waiter) }
    guard let message else {
      let seen = all.suffix(20).map(\.text).joined(separator: "\n")
      throw Silence(description: "\(what) did not come; the last messages were\n\(seen)")
    }
    return message
  }

  private func value(of waiter: Waiter) async -> JSONValue? {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        try? await Task.sleep(for: testPatience)
        waiter.answer.fulfil(nil)
      }
      let value = await waiter.answer.value()
      group.cancelAll()
      return value
    }
  }

  /// The answer to a request.
  func answer(to id: JSONValue) async throws -> JSONValue {
    try await next("the answer to \(id.text)") { $0["id"] == id && $0["method"] == nil }
  }

  /// The next message of the server with this method.
  func next(_ method: String) async throws -> JSONValue {
    try await next(method) { $0["method"] == .string(method) }
  }

  /// The answer to the text, which is an error that names no request.
  func errorWithoutID(to text: String) async throws -> JSONValue {
    send(raw: text)
    return try await next("an error without id") { $0["id"] == .null }
  }
}
