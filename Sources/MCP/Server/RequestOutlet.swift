import JSONRPC

/// Where a request's own notifications go: progress, log messages, changes. Closed when the request is
/// answered or cancelled; what a handler says after that is not sent.
final class RequestOutlet: Sendable {
  private let lane: ReplyLane
  private let isOpen = Locked(true)

  init(_ lane: ReplyLane) { self.lane = lane }

  func send(_ message: [UInt8]) {
    // Sent under the lock, so that nothing can slip out behind the response.
    isOpen.withLock { (isOpen: inout Bool) in if isOpen { lane.send(message) } }
  }

  func close() { isOpen.withLock { $0 = false } }
}
