import Glibc

/// A host with an optional port, as in a `Host` header or behind the `//` of a URI (RFC 3986, section
/// 3.2), without user information. There is one spelling for each host, so that two can be compared.
package struct Authority: Sendable, Hashable {
  /// The host in lower case: a name, an IPv4 address, or an IPv6 address in brackets.
  package let host: String
  /// The port; `nil` where none is written.
  package let port: Int?

  /// Reads a host with an optional port.
  /// - Returns: `nil` for anything that programs read in different ways: user information, a dot at the
  ///   end, an empty port, an IPv4 address that is not four decimal numbers, a zone, escapes.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    let end: Int
    if bytes.first == UInt8(ascii: "[") {
      guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")),
        let address = Self.canonicalIPv6(bytes[1..<bracket])
      else { return nil }
      host = "[\(address)]"
      end = bracket + 1
    } else {
      end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
      guard let name = Self.canonicalName(bytes[..<end]) else { return nil }
      host = name
    }
    let rest = bytes[end...]
    if rest.isEmpty {
      port = nil
    } else {
      guard rest.first == UInt8(ascii: ":"), (2...6).contains(rest.count),
        let number = ASCII.number(rest.dropFirst()), (1...65_535).contains(number)
      else { return nil }
      port = number
    }
  }

  private init(host: String, port: Int?) {
    self.host = host
    self.port = port
  }

  /// The same host without the port, if it is this one.
  func dropping(port: Int) -> Authority {
    self.port == port ? Authority(host: host, port: nil) : self
  }

  /// Whether it names this machine for everybody: `localhost`, 127.0.0.1 or ::1.
  package var isLoopback: Bool { ["localhost", "127.0.0.1", "[::1]"].contains(host) }

  private static func canonicalName(_ bytes: ArraySlice<UInt8>) -> String? {
    guard (1...253).contains(bytes.count) else { return nil }
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
      (1...63).contains(label.count)
        && label.allSatisfy {
          ASCII.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }
    guard isName, let last = labels.last else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    // What ends in a number is an address to browsers, 0x7f.1 and 2130706433 too.
    if last.allSatisfy(ASCII.isDigit) || last.starts(with: "0x".utf8)
      || last.starts(with: "0X".utf8)
    {
      return isIPv4(labels) ? text : nil
    }
    return text
  }

  private static func isIPv4(_ parts: [ArraySlice<UInt8>]) -> Bool {
    parts.count == 4
      && parts.allSatisfy { part in
        guard part.count <= 3, let number = ASCII.number(part), number <= 255 else { return false }
        return part.count == 1 || part.first != UInt8(ascii: "0")
      }
  }

  private static func canonicalIPv6(_ bytes: ArraySlice<UInt8>) -> String? {
    guard (2...45).contains(bytes.count), !bytes.contains(0) else { return nil }
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(decoding: bytes, as: UTF8.self), &address) == 1 else {
      return nil
    }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension Authority: CustomStringConvertible {
  package var description: String { port.map { "\(host):\($0)" } ?? host }
}
