import JSONRPC
import MCP

/// The messages of one server-sent event stream, from whoever makes them to the one response that
/// carries them. A stream that keeps its history can be left and taken up again where it was left.
///
/// It never makes a writer wait: when more is waiting than it holds, the oldest goes first, or the
/// stream overflows.
final class EventStream: Sendable {
  /// One event.
  struct Event: Sendable, Hashable {
    /// Its place in the stream, from 1 up; 0 for the event that only says where the stream begins.
    let number: Int
    let message: [UInt8]
  }

  /// What there is for a reader.
  enum Part: Sendable, Hashable {
    case events([Event])
    /// Nothing for a while: the connection is kept alive.
    case nothing
    /// The reader is to end its response, and the client to come back after this long.
    case pause(Duration)
    /// There will be no more.
    case end
  }

  /// How much a stream holds.
  struct Limits: Sendable {
    var events = 1024
    var bytes = 8 << 20
  }

  private struct State {
    var events: [Event] = []
    var bytes = 0
    var last = 0
    /// The last event that a reader has taken.
    var taken = 0
    var isFinished = false
    var pause: Duration?
    /// Which reader is the stream's; an older one finds that it has ended.
    var reader = 0
    var isRead = false
    var waiter: OneShot<Void>?
  }

  /// Tells the streams of a session apart.
  let number: Int
  /// Whether what has been read is kept, for a client that lost its connection.
  let keepsHistory: Bool
  private let limits: Limits
  private let state = Locked(State())

  init(number: Int, keepsHistory: Bool, limits: Limits = Limits()) {
    self.number = number
    self.keepsHistory = keepsHistory
    self.limits = limits
  }

  /// How many bytes it holds.
  var size: Int { state.withLock { $0.bytes } }

  /// Whether a response carries it now.
  var isRead: Bool { state.withLock { $0.isRead } }

  /// The last event that has been read.
  var taken: Int { state.withLock { $0.taken } }

  /// Whether no more come.
  var isFinished: Bool { state.withLock { $0.isFinished } }

  /// Adds an event.
  /// - Returns: whether there was room for it; when history is kept there always is, at the cost of the
  ///   oldest.
  @discardableResult
  func append(_ message: [UInt8]) -> Bool {
    let (waiter, fits) = state.withLock { (state: inout State) -> (OneShot<Void>?, Bool) in
      guard !state.isFinished else { return (nil, true) }
      if !keepsHistory, isFull(state, with: message.count) { return (nil, false) }
      state.last += 1
      state.events.append(Event(number: state.last, message: message))
      state.bytes += message.count
      while state.events.count > 1, isFull(state, with: 0) {
        state.bytes -= state.events.removeFirst().message.count
      }
      defer { state.waiter = nil }
      return (state.waiter, true)
    }
    waiter?.fulfil(())
    return fits
  }

  private func isFull(_ state: State, with more: Int) -> Bool {
    state.events.count > limits.events || state.bytes + more > limits.bytes
  }

  /// No more events come.
  func finish() { wake { $0.isFinished = true } }

  /// Sends the reader away for a while: the one there is, or else the first, who may still be on its way.
  func pause(for time: Duration) { wake { if $0.isRead || $0.reader == 0 { $0.pause = time } } }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { (state: inout State) -> OneShot<Void>? in
      change(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.fulfil(())
  }

  /// Becomes the stream's reader; who was it before finds that the stream has ended.
  /// - Parameter last: the last event that the client has seen; `nil` to go on where reading stopped.
  func attach(after last: Int?) -> Reader {
    let (waiter, reader) = state.withLock { (state: inout State) -> (OneShot<Void>?, Reader) in
      state.reader += 1
      state.isRead = true
      if let last { state.taken = min(last, state.last) }
      defer { state.waiter = nil }
      return (state.waiter, Reader(stream: self, serial: state.reader))
    }
    waiter?.fulfil(())
    return reader
  }

  /// Carries a stream to one response.
  struct Reader: Sendable {
    let stream: EventStream
    fileprivate let serial: Int

    /// What there is next; waits for it, though no longer than this.
    func next(atMost patience: Duration) async -> Part {
      if let part = stream.part(serial) { return part }
      let waiter = OneShot<Void>()
      // Something may have come between the look and the wait.
      guard stream.wait(with: waiter, serial) else { return stream.part(serial) ?? .nothing }
      await withTaskCancellationHandler {
        await withDiscardingTaskGroup { group in
          group.addTask {
            try? await Task.sleep(for: patience)
            waiter.fulfil(())
          }
          await waiter.value()
          group.cancelAll()
        }
      } onCancel: {
        waiter.fulfil(())
      }
      return Task.isCancelled ? .end : stream.part(serial) ?? .nothing
    }

    /// Ends the reading; another may begin.
    func detach() { stream.detach(serial) }
  }

  private func part(_ serial: Int) -> Part? {
    state.withLock { (state: inout State) -> Part? in
      guard state.reader == serial else { return .end }
      let fresh = state.events.filter { $0.number > state.taken }
      if let newest = fresh.last {
        state.taken = newest.number
        if !keepsHistory {
          state.events = []
          state.bytes = 0
        }
        return .events(fresh)
      }
      if let pause = state.pause {
        state.pause = nil
        return .pause(pause)
      }
      return state.isFinished ? .end : nil
    }
  }

  private func wait(with waiter: OneShot<Void>, _ serial: Int) -> Bool {
    state.withLock { (state: inout State) -> Bool in
      guard state.reader == serial, state.last == state.taken, state.pause == nil,
        !state.isFinished
      else { return false }
      state.waiter = waiter
      return true
    }
  }

  private func detach(_ serial: Int) {
    let waiter = state.withLock { (state: inout State) -> OneShot<Void>? in
      guard state.reader == serial else { return nil }
      state.reader += 1
      state.isRead = false
      state.pause = nil
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.fulfil(())
  }
}
