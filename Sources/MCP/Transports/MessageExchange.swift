package import JSONRPC

/// One message, or batch, that came with a place of its own for what belongs to it: an HTTP request and
/// its response, where stdio and WebSocket have one stream for all.
///
/// The session calls `send` any number of times, then exactly one of `answer` and `end`, once; from any
/// task.
package protocol MessageExchange: AnyObject, Sendable {
  /// What was asked.
  var incoming: Incoming { get }

  /// What the HTTP headers say of the message, when they have to agree with it: in the modern era. Such
  /// an exchange is served in the modern era alone, whatever its message says.
  var headers: RequestHeaders? { get }

  /// Sends a notification or a request of our own that belongs to this exchange.
  func send(_ message: [UInt8])

  /// Sends the answer.
  /// - Parameter error: what the answer says when it is an error.
  func answer(_ message: [UInt8], error: RPCError?)

  /// There is no answer.
  /// - Parameter cancelled: the request that was cancelled before it was answered; `nil` when nothing was
  ///   asked.
  func end(cancelled: RequestID?)

  /// Ends the stream that belongs to the exchange, if there is one, though not the exchange: the client
  /// comes back after a while for the rest.
  func pause(for time: Duration)
}

/// Where what belongs to a message goes: its own exchange, or the connection that all share.
struct ReplyLane: Sendable {
  private let transport: any Transport
  private let exchange: (any MessageExchange)?

  init(_ transport: any Transport, _ exchange: (any MessageExchange)? = nil) {
    self.transport = transport
    self.exchange = exchange
  }

  /// Whether and how the message's headers bind it to the modern era.
  var headers: RequestHeaders? { exchange?.headers }

  func send(_ message: [UInt8]) {
    if let exchange { exchange.send(message) } else { transport.send(message) }
  }

  func answer(_ message: [UInt8], error: RPCError?) {
    if let exchange { exchange.answer(message, error: error) } else { transport.send(message) }
  }

  func end(cancelled: RequestID?) { exchange?.end(cancelled: cancelled) }

  /// - Returns: whether there is a stream that can be left for a while.
  func pause(for time: Duration) -> Bool {
    exchange?.pause(for: time)
    return exchange != nil
  }
}
