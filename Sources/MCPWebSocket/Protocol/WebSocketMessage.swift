/// One message, complete.
package enum WebSocketMessage: Sendable, Hashable {
  /// Valid UTF-8.
  case text([UInt8])
  /// Anything.
  case binary([UInt8])

  /// What it holds.
  package var bytes: [UInt8] {
    switch self {
    case .text(let bytes), .binary(let bytes): bytes
    }
  }
}

/// Which end of the connection this is.
package enum WebSocketRole: Sendable, Hashable {
  /// Frames come masked and go out bare.
  case server
  /// Frames go out masked and come bare.
  case client
}
