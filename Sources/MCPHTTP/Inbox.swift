import JSONRPC
import MCP

/// What has arrived and waits to be received, from many streams for one receiver.
final class Inbox: Sendable {
  private struct State {
    var frames: [Frame] = []
    var bytes = 0
    var isEnded = false
    var receiver: CheckedContinuation<[Frame], Never>?
    var writers: [OneShot<Void>] = []

    mutating func empty() {
      frames = []
      bytes = 0
      writers = []
    }
  }

  private let state = Locked(State())
  private let limit: Int

  /// - Parameter limit: with more bytes than this waiting, streams are not read on.
  init(limit: Int) { self.limit = limit }

  var isEnded: Bool { state.withLock { $0.isEnded } }

  func put(_ message: [UInt8]) {
    let receiver = state.withLock { (state: inout State) -> CheckedContinuation<[Frame], Never>? in
      guard !state.isEnded else { return nil }
      if let receiver = state.receiver {
        state.receiver = nil
        return receiver
      }
      state.frames.append(.message(message))
      state.bytes += message.count
      return nil
    }
    receiver?.resume(returning: [.message(message)])
  }

  /// Waits until less than the limit waits to be received.
  func makeRoom() async {
    let turn = state.withLock { (state: inout State) -> OneShot<Void>? in
      guard state.bytes > limit, !state.isEnded else { return nil }
      let turn = OneShot<Void>()
      state.writers.append(turn)
      return turn
    }
    await turn?.value()
  }

  /// All that is there, as soon as something is; nothing once it has ended.
  func take() async -> [Frame] {
    await withCheckedContinuation { continuation in
      let (ready, writers) = state.withLock { (state: inout State) -> ([Frame]?, [OneShot<Void>]) in
        if state.frames.isEmpty, !state.isEnded {
          state.receiver = continuation
          return (nil, [])
        }
        defer { state.empty() }
        return (state.frames, state.writers)
      }
      for writer in writers { writer.fulfil(()) }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  /// Nothing more arrives. What is there can still be taken.
  func end() {
    let (receiver, writers) = state.withLock {
      (state: inout State) -> (CheckedContinuation<[Frame], Never>?, [OneShot<Void>]) in
      state.isEnded = true
      defer {
        state.receiver = nil
        state.writers = []
      }
      return (state.receiver, state.writers)
    }
    for writer in writers { writer.fulfil(()) }
    receiver?.resume(returning: [])
  }
}
