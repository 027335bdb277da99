/// What arrived in one frame of a transport.
package enum Frame: Sendable {
  /// The bytes of one message, unparsed.
  case message([UInt8])
  /// A message that is answered in a place of its own.
  case exchange(any MessageExchange)
  /// A frame longer than the limit, which was dropped.
  case tooLong
}

extension Frame: Equatable {
  /// Messages are equal when their bytes are; an exchange only to itself.
  package static func == (left: Frame, right: Frame) -> Bool {
    switch (left, right) {
    case (.message(let left), .message(let right)): left == right
    case (.exchange(let left), .exchange(let right)): left === right
    case (.tooLong, .tooLong): true
    default: false
    }
  }
}

/// A connection that carries JSON-RPC messages both ways, one frame each.
///
/// One session owns a transport. The session calls `receive` again and again from one task until it
/// returns nothing; anybody may call `send` at any time. The transport bounds what it holds: it reads
/// only while somebody receives, and ends the connection of a peer that does not read.
package protocol Transport: Sendable {
  /// The executor that the session's tasks should run on, so that a request needs no change of thread;
  /// `nil` for the default one.
  var executor: (any TaskExecutor)? { get }

  /// Waits for frames; returns all that are there, and nothing once the peer has ended the connection
  /// or `stopReceiving` was called.
  func receive() async -> [Frame]

  /// Queues a message. Never waits, and messages never interleave; does nothing once the connection is
  /// closed.
  func send(_ message: [UInt8])

  /// Whether nothing that is sent can arrive any more.
  var isPeerGone: Bool { get }

  /// Makes `receive` return nothing from now on. What was sent still goes out.
  func stopReceiving()

  /// Waits until what was sent has gone out, or cannot, and closes the connection.
  func close() async
}
