import JSONRPC
import MCP

/// The transport of a session that lives for one exchange: the modern era knows no others over HTTP.
final class StatelessTransport: Transport {
  private struct State {
    var hasDelivered = false
    var isPeerGone = false
  }

  let executor: (any TaskExecutor)?
  private let exchange: HTTPExchange
  private let state = Locked(State())

  init(_ exchange: HTTPExchange, on executor: (any TaskExecutor)?) {
    self.exchange = exchange
    self.executor = executor
  }

  func receive() async -> [Frame] {
    let isFirst = state.withLock { (state: inout State) -> Bool in
      defer { state.hasDelivered = true }
      return !state.hasDelivered
    }
    if isFirst { return [.exchange(exchange)] }
    await exchange.end()
    return []
  }

  /// There is nothing to say outside the exchange.
  func send(_ message: [UInt8]) {}

  var isPeerGone: Bool { state.withLock { $0.isPeerGone } }

  /// The client has closed the connection: the modern era's way of cancelling.
  func disconnect() {
    state.withLock { $0.isPeerGone = true }
    exchange.abandon()
  }

  func stopReceiving() { exchange.abandon() }

  func close() async { exchange.end(cancelled: nil) }
}
