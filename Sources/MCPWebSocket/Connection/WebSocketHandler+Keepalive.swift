import NIOCore
import NIOWebSocket

/// The pings of a connection: which are unanswered, without any clock.
struct Keepalive {
  private var sent: UInt64 = 0
  private var answered: UInt64 = 0
  /// Whether the peer's answers can arrive: not while we do not read.
  var isListening = true {
    didSet { if isListening != oldValue { answered = sent } }
  }

  /// How many pings the peer may leave unanswered.
  static let patience: UInt64 = 2

  /// The payload of the next ping; `nil` when the peer has left too many unanswered.
  mutating func next() -> [UInt8]? {
    guard sent - answered < Self.patience else { return nil }
    sent += 1
    return withUnsafeBytes(of: sent.bigEndian) { Array($0) }
  }

  /// Takes an answer. One to the last ping answers those before it too; pongs that nobody asked for are
  /// allowed, and say nothing.
  mutating func hear(_ payload: [UInt8]) {
    guard payload.count == 8 else { return }
    let number = payload.reduce(0) { $0 << 8 | UInt64($1) }
    if number > answered, number <= sent { answered = number }
  }
}

extension WebSocketHandler {
  func schedulePing() {
    guard let context else { return }
    let interval = TimeAmount(limits.pingInterval)
    pingTimer = context.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.ping() }
  }

  private func ping() {
    guard !ending.isCloseSent else { return }
    if keepalive.isListening {
      guard let payload = keepalive.next() else {
        return abandon(.internalError, "no answer to \(Keepalive.patience) pings")
      }
      writeControl(.ping, payload)
    }
    schedulePing()
  }
}
