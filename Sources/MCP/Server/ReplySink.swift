import JSONRPC

/// Where the answer to one request goes: straight to its lane, or into its batch. Exactly one of `send`,
/// `refuse` and `drop` is called.
struct ReplySink: Sendable {
  /// Where what belongs to the request goes meanwhile.
  let lane: ReplyLane
  private let batch: BatchReply?

  init(_ lane: ReplyLane, batch: BatchReply? = nil) {
    self.lane = lane
    self.batch = batch
  }

  var headers: RequestHeaders? { lane.headers }

  /// Answers the request with a result.
  func send(_ response: [UInt8], to id: RequestID) {
    if let batch { batch.settle(response, to: id) } else { lane.answer(response, error: nil) }
  }

  /// Answers the request with an error.
  /// - Parameter id: the request's own; `nil` when it had none that could be read.
  func refuse(_ error: RPCError, to id: RequestID?) {
    let response = ServerSession.response(error, to: id)
    if let batch { batch.settle(response, to: id) } else { lane.answer(response, error: error) }
  }

  /// There is no answer: nothing was asked, or the request was cancelled.
  func drop(cancelled: RequestID? = nil) {
    if let batch { batch.drop(cancelled: cancelled) } else { lane.end(cancelled: cancelled) }
  }
}

/// Gathers the answers to a batch and sends them as one array when the last is there; nothing at all
/// when there is none. Answers for which the budget has no room become errors: all of them go out as one
/// message, which no back-pressure can cut.
final class BatchReply: Sendable {
  private struct State {
    var open: Int
    var responses: [[UInt8]] = []
    var held = 0
    var cancelled: RequestID?
  }

  private let lane: ReplyLane
  private let budget: ByteBudget
  private let state: Locked<State>

  /// A batch of this many parts, each of which is to be settled or dropped.
  init(count: Int, budget: ByteBudget, lane: ReplyLane) {
    self.lane = lane
    self.budget = budget
    self.state = Locked(State(open: count))
  }

  func settle(_ response: [UInt8], to id: RequestID?) {
    if budget.take(response.count) {
      add(response, held: response.count)
    } else {
      let error = RPCError(
        .internalError,
        "The answers to this batch are more than \(budget.limit) bytes long together: send this "
          + "request alone")
      add(ServerSession.response(error, to: id), held: 0)
    }
  }

  func drop(cancelled: RequestID?) { add(nil, held: 0, cancelled: cancelled) }

  private func add(_ response: [UInt8]?, held: Int, cancelled: RequestID? = nil) {
    let complete = state.withLock { (state: inout State) -> State? in
      if let cancelled { state.cancelled = cancelled }
      if let response { state.responses.append(response) }
      state.held += held
      state.open -= 1
      return state.open == 0 ? state : nil
    }
    guard let complete else { return }
    budget.giveBack(complete.held)
    guard !complete.responses.isEmpty else { return lane.end(cancelled: complete.cancelled) }
    var writer = JSONWriter(capacity: complete.responses.reduce(2) { $0 + $1.count + 1 })
    writer.raw("[")
    for (index, response) in complete.responses.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.raw(response)
    }
    writer.raw("]")
    lane.answer(writer.bytes, error: nil)
  }
}

/// So many bytes that several share.
final class ByteBudget: Sendable {
  /// How many there are in all.
  let limit: Int
  private let left: Locked<Int>

  init(_ limit: Int) {
    self.limit = limit
    self.left = Locked(limit)
  }

  /// Takes some; none when there are not as many left.
  func take(_ count: Int) -> Bool {
    left.withLock { (left: inout Int) -> Bool in
      guard count <= left else { return false }
      left -= count
      return true
    }
  }

  func giveBack(_ count: Int) { left.withLock { $0 += count } }
}
