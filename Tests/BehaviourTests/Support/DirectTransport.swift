import JSONRPC
import MCP

/// One end of a connection whose server end gets every message as an exchange of its own: no stream that
/// all share, and no bytes on any wire.
final class DirectTransport: Transport {
  private let inbox: FrameQueue
  private let outbox: FrameQueue
  /// Makes the frame that the other end receives.
  private let frame: @Sendable ([UInt8]) -> Frame?

  private init(
    _ inbox: FrameQueue, _ outbox: FrameQueue, frame: @escaping @Sendable ([UInt8]) -> Frame?
  ) {
    self.inbox = inbox
    self.outbox = outbox
    self.frame = frame
  }

  /// Both ends of a new connection.
  /// - Parameter faults: told what the server's session does with an exchange that it must not.
  static func pair(
    faults: Faults
  ) -> (client: DirectTransport, server: DirectTransport) {
    let toClient = FrameQueue()
    let toServer = FrameQueue()
    let client = DirectTransport(toClient, toServer) { bytes in
      let incoming: Incoming
      do {
        incoming = try Incoming(parsing: bytes, with: JSONParser())
      } catch {
        faults.note("the client has sent what cannot be read: \(error)")
        return nil
      }
      return .exchange(DirectExchange(incoming, answers: toClient, faults: faults))
    }
    return (client, DirectTransport(toServer, toClient) { .message($0) })
  }

  var executor: (any TaskExecutor)? { nil }
  var isPeerGone: Bool { outbox.isEnded }

  func receive() async -> [Frame] { await inbox.take() }
  func send(_ message: [UInt8]) { if let frame = frame(message) { outbox.put(frame) } }
  func stopReceiving() { inbox.end() }

  func close() async {
    outbox.end()
    inbox.end()
  }
}

/// A message and what is answered to it.
final class DirectExchange: MessageExchange {
  private let answers: FrameQueue
  private let faults: Faults
  private let isSettled = Locked(false)
  let incoming: Incoming
  let headers: RequestHeaders? = nil

  init(_ incoming: Incoming, answers: FrameQueue, faults: Faults) {
    self.incoming = incoming
    self.answers = answers
    self.faults = faults
  }

  func send(_ message: [UInt8]) {
    if isSettled.withLock({ $0 }) { faults.note("sent after the answer: \(text(message))") }
    answers.put(.message(message))
  }

  func answer(_ message: [UInt8], error: RPCError?) {
    settle("answered \(text(message))")
    let said = (try? JSONParser().parse(message))?["error"].flatMap(RPCError.init(json:))
    if said != error { faults.note("\(text(message)) is not what it is told to be") }
    answers.put(.message(message))
  }

  func end(cancelled: RequestID?) {
    settle("ended")
    if incoming.id != nil, incoming.method != nil, cancelled == nil {
      faults.note("a request ended without an answer")
    }
  }

  func pause(for time: Duration) {}

  private func settle(_ how: String) {
    let isFirst = isSettled.withLock { (isSettled: inout Bool) -> Bool in
      defer { isSettled = true }
      return !isSettled
    }
    if !isFirst { faults.note("\(how), though it was settled") }
  }

  private func text(_ message: [UInt8]) -> String { String(decoding: message, as: UTF8.self) }
}

/// What went wrong on a connection.
final class Faults: Sendable {
  private let notes = Locked([String]())

  var all: [String] { notes.withLock { $0 } }

  func note(_ fault: String) { notes.withLock { $0.append(fault) } }
}

/// Frames on their way to the one who receives them.
final class FrameQueue: Sendable {
  private struct State {
    var frames: [Frame] = []
    var isEnded = false
    var receiver: CheckedContinuation<[Frame], Never>?
  }

  private let state = Locked(State())

  var isEnded: Bool { state.withLock { $0.isEnded } }

  func take() async -> [Frame] {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { (state: inout State) -> [Frame]? in
        if state.frames.isEmpty, !state.isEnded {
          state.receiver = continuation
          return nil
        }
        defer { state.frames = [] }
        return state.frames
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  func put(_ frame: Frame) {
    wake { if !$0.isEnded { $0.frames.append(frame) } }
  }

  func end() { wake { $0.isEnded = true } }

  private func wake(_ change: (inout State) -> Void) {
    let (receiver, frames) = state.withLock {
      (state: inout State) -> (CheckedContinuation<[Frame], Never>?, [Frame]) in
      change(&state)
      guard let receiver = state.receiver, !state.frames.isEmpty || state.isEnded else {
        return (nil, [])
      }
      defer {
        state.receiver = nil
        state.frames = []
      }
      return (receiver, state.frames)
    }
    receiver?.resume(returning: frames)
  }
}
