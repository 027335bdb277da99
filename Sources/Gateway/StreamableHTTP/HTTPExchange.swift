import JSONRPC
import MCP

/// A POST and what is answered to it: one JSON body, or a stream of events when there is something to
/// say before the answer. Which of the two is decided as late as possible, so that errors keep their
/// status.
final class HTTPExchange: MessageExchange {
  /// What the response begins with.
  enum Opening: Sendable {
    /// All there is.
    case answer([UInt8], RPCError?)
    /// Nothing: a notification, or a request that was cancelled.
    case none(cancelled: RequestID?)
    /// More than one message.
    case stream(EventStream)
  }

  private enum Phase {
    case open
    case streaming(EventStream)
    case settled
  }

  let incoming: Incoming
  let headers: RequestHeaders?
  private let makeStream: @Sendable () -> EventStream
  private let phase = Locked(Phase.open)
  private let opening = OneShot<Opening>()
  private let settled = OneShot<Void>()

  /// An exchange.
  /// - Parameter makeStream: makes the stream when one is needed.
  init(
    _ incoming: Incoming, headers: RequestHeaders?,
    makeStream: @escaping @Sendable () -> EventStream
  ) {
    self.incoming = incoming
    self.headers = headers
    self.makeStream = makeStream
  }

  /// What the response begins with, as soon as that is decided. May be asked once.
  func start() async -> Opening { await opening.value() }

  /// Waits until the exchange has been answered, or will not be. May be asked once.
  func end() async { await settled.value() }

  /// Opens the stream though there is nothing to say yet, so that the connection is kept alive.
  func openStream() { _ = stream() }

  /// Gives up waiting for the exchange to be answered.
  func abandon() { settled.fulfil(()) }

  func send(_ message: [UInt8]) {
    guard let stream = stream(), !stream.append(message) else { return }
    // The client does not take what comes: the stream ends without an answer, and so does the work.
    stream.finish()
    abandon()
  }

  func answer(_ message: [UInt8], error: RPCError?) {
    settle(.answer(message, error)) { _ = $0.append(message) }
  }

  func end(cancelled: RequestID?) {
    settle(.none(cancelled: cancelled)) { stream in
      if let cancelled, stream.keepsHistory { stream.append(Self.cancelledAnswer(cancelled)) }
    }
  }

  func pause(for time: Duration) { stream()?.pause(for: time) }

  /// What a client of the legacy era is answered, whose stream ends with an answer in any case.
  static func cancelledAnswer(_ id: RequestID) -> [UInt8] {
    let error = RPCError(.requestCancelled, "Request cancelled")
    return Message.response(Response(id: id, outcome: .failure(error))).bytes
  }

  /// The stream, opened if it was not; `nil` once all has been said.
  private func stream() -> EventStream? {
    let (stream, isNew) = phase.withLock { (phase: inout Phase) -> (EventStream?, Bool) in
      switch phase {
      case .open:
        let stream = makeStream()
        phase = .streaming(stream)
        return (stream, true)
      case .streaming(let stream): return (stream, false)
      case .settled: return (nil, false)
      }
    }
    if isNew, let stream { opening.fulfil(.stream(stream)) }
    return stream
  }

  private func settle(_ whole: Opening, _ finish: (EventStream) -> Void) {
    let before = phase.withLock { (phase: inout Phase) -> Phase in
      defer { phase = .settled }
      return phase
    }
    switch before {
    case .open: opening.fulfil(whole)
    case .streaming(let stream):
      finish(stream)
      stream.finish()
    case .settled: break
    }
    settled.fulfil(())
  }
}
