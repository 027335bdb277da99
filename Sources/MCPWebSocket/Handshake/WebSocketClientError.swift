/// Why there is no connection.
package enum WebSocketClientError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The URL is not one of a WebSocket server.
  case invalidURL(String)
  /// A header that cannot be sent, by its name.
  case invalidHeader(String)
  /// A file of trusted certificates cannot be used.
  case trustRoots(String)
  /// No connection to the server, or none that can be trusted.
  case unreachable(String)
  /// The server answered with something else than an upgrade.
  case refused(status: Int, body: String, challenge: String?)
  /// The server's answer breaks the handshake.
  case badHandshake(String)
  /// The time for connecting and the handshake has passed.
  case timedOut

  package var description: String {
    switch self {
    case .invalidURL(let reason): return "not the URL of a WebSocket server: \(reason)"
    case .invalidHeader(let name): return "the header '\(name)' cannot be sent"
    case .trustRoots(let reason): return "the file of trusted certificates: \(reason)"
    case .unreachable(let reason): return "no connection to the server: \(reason)"
    case .refused(let status, let body, let challenge):
      let parts = [challenge.map { "(\($0))" }, body.isEmpty ? nil : body].compactMap { $0 }
      return (["the server refused with status \(status)"] + parts).joined(separator: " ")
    case .badHandshake(let reason): return "the server's handshake is wrong: \(reason)"
    case .timedOut: return "the server did not answer in time"
    }
  }
}
