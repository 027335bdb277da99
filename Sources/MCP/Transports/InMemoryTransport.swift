import JSONRPC

/// One end of a connection inside the process.
package final class InMemoryTransport: Transport {
  private struct Inbox {
    var frames: [Frame] = []
    var isEnded = false
    var waiter: CheckedContinuation<[Frame], Never>?
  }

  private let inbox: Locked<Inbox>
  private let outbox: Locked<Inbox>
  private let limit: Int

  /// Both ends of a new connection.
  /// - Parameter limit: the longest message that arrives, in bytes.
  package static func pair(limit: Int = 4 << 20) -> (InMemoryTransport, InMemoryTransport) {
    let first = Locked(Inbox())
    let second = Locked(Inbox())
    return (
      InMemoryTransport(inbox: first, outbox: second, limit: limit),
      InMemoryTransport(inbox: second, outbox: first, limit: limit)
    )
  }

  private init(inbox: Locked<Inbox>, outbox: Locked<Inbox>, limit: Int) {
    self.inbox = inbox
    self.outbox = outbox
    self.limit = limit
  }

  package var executor: (any TaskExecutor)? { nil }

  package func receive() async -> [Frame] {
    await withCheckedContinuation { continuation in
      let ready = inbox.withLock { (inbox: inout Inbox) -> [Frame]? in
        if inbox.frames.isEmpty, !inbox.isEnded {
          inbox.waiter = continuation
          return nil
        }
        defer { inbox.frames = [] }
        return inbox.frames
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  package func send(_ message: [UInt8]) {
    let frame = message.count > limit ? Frame.tooLong : .message(message)
    Self.update(outbox) { if !$0.isEnded { $0.frames.append(frame) } }
  }

  package var isPeerGone: Bool { outbox.withLock { $0.isEnded } }

  package func stopReceiving() { Self.update(inbox) { $0.isEnded = true } }

  package func close() async {
    Self.update(outbox) { $0.isEnded = true }
    stopReceiving()
  }

  /// Changes an inbox and wakes its reader when there is something for it.
  private static func update(_ inbox: Locked<Inbox>, _ change: (inout Inbox) -> Void) {
    let (waiter, frames) = inbox.withLock {
      (inbox: inout Inbox) -> (CheckedContinuation<[Frame], Never>?, [Frame]) in
      change(&inbox)
      guard let waiter = inbox.waiter, !inbox.frames.isEmpty || inbox.isEnded else {
        return (nil, [])
      }
      defer {
        inbox.waiter = nil
        inbox.frames = []
      }
      return (waiter, inbox.frames)
    }
    waiter?.resume(returning: frames)
  }
}
