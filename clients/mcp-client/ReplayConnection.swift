import JSONRPC
import MCP
import ServerConnections

/// A server that a script is played against over WebSocket, each line a frame, or HTTP, each line a
/// request.
final class ReplayConnection: ReplayPeer {
  private struct State {
    var messages: [JSONValue] = []
    var isEnded = false
    var waiter: OneShot<Void>?
  }

  private let transport: any Transport
  /// The server, when it was started for the script.
  private let started: ListeningServer?
  private let state: Locked<State>
  private let reader: Task<Void, Never>
  private var partial: [UInt8] = []
  private var code: Int64?

  init(to server: RemoteServer, started: ListeningServer? = nil) async throws {
    let transport: any Transport
    do {
      transport = try await server.connect()
    } catch {
      started?.stop()
      throw error
    }
    self.transport = transport
    self.started = started
    let state = Locked(State())
    self.state = state
    reader = Self.start(transport, state)
  }

  private static func start(
    _ transport: any Transport, _ state: Locked<State>
  ) -> Task<Void, Never> {
    Task { await hear(transport, into: state) }
  }

  private static func hear(_ transport: any Transport, into state: Locked<State>) async {
    while true {
      let frames = await transport.receive()
      let messages = frames.compactMap(message)
      let waiter = state.withLock { (state: inout State) -> OneShot<Void>? in
        state.isEnded = frames.isEmpty
        state.messages += messages
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.fulfil(())
      if frames.isEmpty { return }
    }
  }

  private static func message(_ frame: Frame) -> JSONValue? {
    guard case .message(let bytes) = frame else { return nil }
    return (try? JSONParser(maximumBytes: 64 << 20).parse(bytes))
      ?? .string("no JSON: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
  }

  var isOutputEnded: Bool { state.withLock { $0.isEnded && $0.messages.isEmpty } }

  func write(
    _ bytes: [UInt8], within patience: Duration, _ take: (JSONValue) -> Void
  ) async -> Bool {
    partial += bytes
    while let end = partial.firstIndex(of: 0x0A) {
      var line = partial[..<end]
      if line.last == 0x0D { line.removeLast() }
      if line.contains(where: { $0 != 0x20 }) { transport.send(Array(line)) }
      partial.removeSubrange(...end)
    }
    return true
  }

  func read(within patience: Duration, _ take: (JSONValue) -> Void) async {
    let arrival = OneShot<Void>()
    let mustWait = state.withLock { (state: inout State) -> Bool in
      guard state.messages.isEmpty, !state.isEnded else { return false }
      state.waiter = arrival
      return true
    }
    if mustWait {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          try? await Task.sleep(for: patience)
          arrival.fulfil(())
        }
        await arrival.value()
        group.cancelAll()
      }
    }
    let messages = state.withLock { (state: inout State) -> [JSONValue] in
      defer { state.messages = [] }
      return state.messages
    }
    for message in messages { take(message) }
  }

  func closeInput() async { await transport.close() }

  func exitCode() async -> Int64? {
    if code == nil { code = started?.stop() ?? 0 }
    return code
  }

  func kill() async {
    await transport.close()
    _ = await exitCode()
    await reader.value
  }
}
