import JSONRPC

/// Tells a client how far its request has come, when the client asked for it: never backwards, never
/// faster than the interval.
package final class ProgressReporter: Sendable {
  private struct State {
    var last = -Double.infinity
    var lastSentAt: ContinuousClock.Instant?
  }

  /// What receives a report: progress, total, message.
  typealias Sink = @Sendable (Double, Double?, String?) -> Void

  private static let interval = Duration.milliseconds(20)

  private let sink: Sink
  private let state = Locked(State())

  init(sink: @escaping Sink) { self.sink = sink }

  /// Reports as `notifications/progress` with the request's token.
  convenience init(
    token: JSONValue, version: ProtocolVersion, send: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.init { progress, total, message in
      var params: JSONObject = ["progressToken": token, "progress": Self.number(progress)]
      params["total"] = total.map(Self.number)
      if version >= .v2025March { params["message"] = message.map(JSONValue.string) }
      send(
        Message.notification(Notification(method: "notifications/progress", params: params)).bytes)
    }
  }

  /// Reports progress in any unit.
  /// - Parameters:
  ///   - progress: how much is done; a value that does not grow is not sent.
  ///   - total: how much there is to do, when that is known; reaching it is always sent.
  ///   - message: what is being done, for people.
  package func report(_ progress: Double, of total: Double? = nil, message: String? = nil) {
    // What is no number cannot be written in JSON.
    guard progress.isFinite else { return }
    let total = total.flatMap { $0.isFinite ? $0 : nil }
    let isFinal = total.map { progress >= $0 } ?? false
    let now = ContinuousClock.now
    // Sent under the lock, so that nothing goes backwards.
    state.withLock { (state: inout State) in
      guard progress > state.last else { return }
      if !isFinal, let last = state.lastSentAt, now - last < Self.interval { return }
      state.last = progress
      state.lastSentAt = now
      sink(progress, total, message)
    }
  }

  private static func number(_ value: Double) -> JSONValue {
    Int64(exactly: value).map(JSONValue.integer) ?? JSONValue(value)
  }
}
