/// Where the gateway listens, as it is written in settings: `127.0.0.1:8080`, `[::1]:8080`, or a port
/// alone, which is on the loopback address.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address or name of the interface.
  package let host: String
  /// The port; 0 for any that is free.
  package let port: Int

  /// What is accepted, in words.
  package static let accepted = "HOST:PORT such as 127.0.0.1:8080, or a port alone"

  /// An address.
  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads an address; `nil` when the text is none.
  package init?(_ text: String) {
    let host: Substring
    let port: Substring
    if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    } else {
      host = "127.0.0.1"
      port = text[...]
    }
    guard let number = Int(port), (0...65_535).contains(number),
      port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
      self.init(host: String(host.dropFirst().dropLast()), port: number)
    } else if !host.isEmpty, !host.contains(where: { ":[]".contains($0) }) {
      self.init(host: String(host), port: number)
    } else {
      return nil
    }
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
