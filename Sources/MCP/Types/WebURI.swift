/// An `http` or `https` URI without user information and fragment, compared as RFC 8707 audiences are:
/// upper and lower case of scheme and host, the scheme's own port, and slashes at the end say nothing.
package struct WebURI: Sendable, Hashable {
  /// Whether it is an `https` URI.
  package let isSecure: Bool
  /// Host and port; without the port when it is the scheme's own.
  package let authority: Authority
  /// The path, without slashes at its end: empty for the root.
  package let path: String
  /// What follows the question mark; `nil` without one.
  package let query: String?

  /// Reads a URI.
  /// - Returns: `nil` when it is none, or has another scheme, user information or a fragment.
  package init?(_ text: String) {
    guard text.utf8.count <= 2048, text.utf8.allSatisfy(Self.isAllowed) else { return nil }
    let lowered = text.prefix(8).lowercased()
    isSecure = lowered == "https://"
    guard isSecure || lowered.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    guard let authority = Authority(rest[..<end]) else { return nil }
    self.authority = authority.dropping(port: isSecure ? 443 : 80)
    let parts = rest[end...].split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first ?? ""
    // All of them, so that the one spelling reads back as itself.
    let kept = path.lastIndex { $0 != "/" }.map { path[...$0] } ?? ""
    self.path = String(kept)
    query = parts.count == 2 ? String(parts[1]) : nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    ASCII.isLetterOrDigit(byte) || "-._~:/?[]@!$&'()*+,;=%".utf8.contains(byte)
  }

  /// Scheme, host and port: what stands before the path.
  package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

  /// The URI in its one spelling.
  package var text: String { origin + path + (query.map { "?\($0)" } ?? "") }

  /// Whether secrets and keys may travel to it: nobody can listen in on the way.
  package var isTrustworthy: Bool { isSecure || authority.isLoopback }
}

extension WebURI: CustomStringConvertible {
  package var description: String { text }
}
