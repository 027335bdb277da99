import JSONRPC
import Marketing

/// A channel that answers as it is told and says what it was given.
final class ScriptedChannel: MessageChannel {
  let sent = Locked<[DeliveryAttempt]>([])
  private let inFlight = Locked((now: 0, most: 0))
  private let answer: @Sendable (DeliveryAttempt, Int) async -> DeliveryOutcome

  var mostInFlight: Int { inFlight.withLock { $0.most } }
  var ids: [String] { sent.withLock { $0.map(\.message.id.rawValue) } }

  init(
    _ answer: @escaping @Sendable (DeliveryAttempt, Int) async -> DeliveryOutcome = { _, _ in
      .delivered(DeliveryAnswer("ok"))
    }
  ) { self.answer = answer }

  func destination(of message: OutboundMessage) -> String { "scripted" }

  func send(_ attempt: DeliveryAttempt) async -> DeliveryOutcome {
    let number = sent.withLock { sent in
      sent.append(attempt)
      return sent.count - 1
    }
    inFlight.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
    defer { inFlight.withLock { $0.now -= 1 } }
    return await answer(attempt, number)
  }
}

/// Lets everybody through once it is opened.
final class Door: Sendable {
  private let state = Locked((isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}
