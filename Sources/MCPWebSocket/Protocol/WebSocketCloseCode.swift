/// Why a connection ended (RFC 6455, section 7.4, and the IANA registry).
package struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable, ExpressibleByIntegerLiteral
{
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  package init(integerLiteral value: UInt16) { self.rawValue = value }

  /// Done.
  package static let normal: Self = 1000
  /// The server shuts down: connect again, elsewhere or later.
  package static let goingAway: Self = 1001
  /// The peer broke RFC 6455.
  package static let protocolError: Self = 1002
  /// A kind of message that is not taken here.
  package static let unsupportedData: Self = 1003
  /// The peer's close frame gave no code. Never on the wire.
  package static let noCode: Self = 1005
  /// The connection was lost without a close frame. Never on the wire.
  package static let lost: Self = 1006
  /// Text that is not UTF-8.
  package static let invalidData: Self = 1007
  /// A rule of the server was broken.
  package static let policyViolation: Self = 1008
  /// The message is longer than the limit.
  package static let messageTooLong: Self = 1009
  /// Our fault, or the connection does not work any more.
  package static let internalError: Self = 1011
  /// Too much to do: try again later.
  package static let tryAgainLater: Self = 1013

  /// Whether a close frame may hold it: the defined codes but for those that stand for its absence,
  /// those of libraries (3000 to 3999) and of applications (4000 to 4999).
  package var isAllowedOnWire: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

/// How a connection ended.
package struct WebSocketClosing: Sendable, Hashable {
  /// The code of the close frame that came first, the peer's or ours.
  package var code: WebSocketCloseCode
  /// Its reason; often empty.
  package var reason: String
  /// Whether it was the peer who closed, or the connection was lost.
  package var isByPeer: Bool

  init(_ code: WebSocketCloseCode, _ reason: String, isByPeer: Bool) {
    self.code = code
    self.reason = reason
    self.isByPeer = isByPeer
  }
}
