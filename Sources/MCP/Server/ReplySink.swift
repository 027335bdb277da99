import JSONRPC

/// Where the answer to one request goes: straight to the transport, or into its batch. Exactly one of
/// `send` and `drop` is called.
struct ReplySink: Sendable {
  private let transport: any Transport
  private let batch: BatchReply?

  init(transport: any Transport, batch: BatchReply? = nil) {
    self.transport = transport
    self.batch = batch
  }

  func send(_ response: [UInt8]) {
    if let batch { batch.settle(response) } else { transport.send(response) }
  }

  /// The request was cancelled: there is no answer.
  func drop() { batch?.settle(nil) }
}

/// Gathers the answers to a batch and sends them as one array when the last is there; nothing at all
/// when there is none.
final class BatchReply: Sendable {
  private struct State {
    var open: Int
    var responses: [[UInt8]] = []
  }

  private let transport: any Transport
  private let state: Locked<State>

  /// A batch of which this many parts want an answer.
  init(count: Int, transport: any Transport) {
    self.transport = transport
    self.state = Locked(State(open: count))
  }

  func settle(_ response: [UInt8]?) {
    let complete = state.withLock { (state: inout State) -> [[UInt8]]? in
      if let response { state.responses.append(response) }
      state.open -= 1
      return state.open == 0 && !state.responses.isEmpty ? state.responses : nil
    }
    guard let complete else { return }
    var writer = JSONWriter(capacity: complete.reduce(2) { $0 + $1.count + 1 })
    writer.raw("[")
    for (index, response) in complete.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.raw(response)
    }
    writer.raw("]")
    transport.send(writer.bytes)
  }
}
