/// The bounds of a connection.
package struct WebSocketLimits: Sendable, Hashable {
  /// The longest message taken, in bytes; a longer one closes with 1009.
  package var message = 4 << 20
  /// With more than this waiting to be received, in bytes, no more is read from the peer.
  package var inboxPause = 4 << 20
  /// With more than this waiting to be written, in bytes, nothing more is read from the peer and no more
  /// work of its session is done.
  package var outboundPause = 4 << 20
  /// With more than this waiting to be written, in bytes, the connection is closed with 1013. One
  /// message more may be longer.
  package var outbound = 16 << 20
  /// How long a peer may take no byte of what waits to be written before it is closed with 1008.
  package var writePatience = Duration.seconds(10)
  /// How long after one ping the next is sent; a peer that leaves two unanswered is closed with 1011.
  package var pingInterval = Duration.seconds(25)
  /// How long the peer's part of the close handshake is waited for.
  package var closePatience = Duration.seconds(2)
  /// How long connecting and the handshake may take; a client's only.
  package var handshake = Duration.seconds(10)
  /// Whether binary messages are taken; they are closed with 1003 otherwise.
  package var takesBinary = false

  /// The bounds that hold unless configured otherwise.
  package init() {}
}
