package import MCP
package import Marketing

/// Where the gateway may listen. What others can reach needs a way to tell who they are, and TLS, lest
/// credentials and leads travel readable.
package struct ListenPolicy: Sendable, Hashable {
  /// Why an address is not listened on, and what to do.
  package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
  }

  /// Whether there is a key that is good, or an issuer.
  package var hasAuthentication: Bool
  /// Whether the listener speaks TLS itself.
  package var hasTLS: Bool
  /// Whether the operator has declared that a proxy speaks TLS before it.
  package var isTLSTerminated: Bool
  /// The URL that others reach it by.
  package var publicURL: WebURI?

  /// A policy.
  package init(
    hasAuthentication: Bool, hasTLS: Bool, isTLSTerminated: Bool, publicURL: WebURI? = nil
  ) {
    self.hasAuthentication = hasAuthentication
    self.hasTLS = hasTLS
    self.isTLSTerminated = isTLSTerminated
    self.publicURL = publicURL
  }

  /// Whether one of the keys opens anything now.
  package static func hasGoodKey(
    in store: any AccessKeyStore, at now: Timestamp
  ) throws(StoreError) -> Bool {
    try store.accessKeys().contains { $0.state(at: now) == .good }
  }

  /// Whether only this machine's users can connect to an address.
  /// - Parameter host: a name or an address, an IPv6 address with or without brackets.
  package static func isLoopback(_ host: String) -> Bool {
    let isBare = host.contains(":") && !host.hasPrefix("[")
    guard let authority = Authority(isBare ? "[\(host)]" : host), authority.port == nil else {
      return false
    }
    return authority.isLoopback || isLoopbackIPv4(authority.host)
  }

  /// The whole of 127.0.0.0/8 (RFC 1122, section 3.2.1.3). A name such as 127.example.com is none.
  private static func isLoopbackIPv4(_ host: String) -> Bool {
    host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57) ~= $0 }
  }

  /// Checks an address before it is listened on.
  package func check(_ host: String) throws(Refusal) {
    let isLoopback = Self.isLoopback(host)
    // A proxy hands over what others send to it.
    let isBehindProxy = isTLSTerminated || publicURL.map { !$0.authority.isLoopback } == true
    var remedies: [String] = []
    if !hasAuthentication, !isLoopback || isBehindProxy {
      remedies.append(
        "make a key with `leadrelay token create --scopes leads:read,leads:write`, or set auth.issuer"
      )
    }
    if !isLoopback, !hasTLS, !isTLSTerminated {
      remedies.append(
        "set http.tlsCertificate and http.tlsKey, or http.tlsTerminated=true when a proxy before it "
          + "speaks TLS")
    }
    guard !remedies.isEmpty else { return }
    let way =
      isLoopback ? "" : "; or listen on 127.0.0.1, which only this machine's users can reach"
    throw Refusal(
      description: "\(host) is not listened on, for others can reach it"
        + (isLoopback ? " through a proxy" : "") + ": "
        + remedies.joined(separator: "; and ") + way)
  }
}
