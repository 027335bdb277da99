/// Where a WebSocket server is: `ws://` or `wss://`, host, port, path and query.
package struct WebSocketURL: Sendable, Hashable {
  /// Whether the connection is encrypted.
  package let isSecure: Bool
  /// A name or an address, the latter without brackets.
  package let host: String
  /// The port, 80 or 443 when the text named none.
  package let port: Int
  /// Path and query, as the request line has them.
  package let target: String
  /// Host and port as the `Host` header has them.
  package let authority: String

  /// Reads a URL.
  /// - Throws: `WebSocketClientError.invalidURL` for anything else, a user name, or a fragment.
  package init(_ text: String) throws(WebSocketClientError) {
    let lowered = text.lowercased()
    isSecure = lowered.hasPrefix("wss://")
    guard isSecure || lowered.hasPrefix("ws://") else {
      throw .invalidURL("expected ws:// or wss://")
    }
    let rest = text.dropFirst(isSecure ? 6 : 5)
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains("#") else {
      throw .invalidURL("spaces, control characters, fragments and what is not ASCII do not belong")
    }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let place = rest[..<end]
    // The text may hold a password: it is not repeated.
    guard !place.contains("@") else { throw .invalidURL("a user name does not belong") }
    let (host, port) = try Self.split(place)
    guard !host.isEmpty else { throw .invalidURL("the host is missing") }
    self.host = host
    let standard = isSecure ? 443 : 80
    self.port = port ?? standard
    let shown = host.contains(":") ? "[\(host)]" : host
    authority = self.port == standard ? shown : "\(shown):\(self.port)"
    let target = String(rest[end...])
    self.target = target.hasPrefix("/") ? target : "/" + target
  }

  private static func split(
    _ place: Substring
  ) throws(WebSocketClientError) -> (host: String, port: Int?) {
    var host = place
    var port = place[place.endIndex...]
    if place.hasPrefix("[") {
      guard let end = place.firstIndex(of: "]") else { throw .invalidURL("']' is missing") }
      host = place[place.index(after: place.startIndex)..<end]
      port = place[place.index(after: end)...]
    } else if let colon = place.firstIndex(of: ":") {
      host = place[..<colon]
      port = place[colon...]
    }
    if port.isEmpty { return (String(host), nil) }
    guard port.hasPrefix(":"), let number = UInt16(port.dropFirst()), number > 0 else {
      throw .invalidURL("the port is no number from 1 to 65535")
    }
    return (String(host), Int(number))
  }
}
