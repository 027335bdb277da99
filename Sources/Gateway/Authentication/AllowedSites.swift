package import MCP

/// Why a request is refused for the `Host` or `Origin` it names, before anybody asks who makes it.
package struct SiteRefusal: Error, Sendable, Hashable {
  /// The HTTP status: 400 for what cannot be read, 403 for what is not allowed.
  package let status: Int
  /// What is wrong, for people.
  package let description: String
}

/// The hosts that requests may be addressed to. A web page can make a browser send requests to this
/// machine under a name of its own (DNS rebinding); they name that host and are refused.
package struct AllowedHosts: Sendable, Hashable {
  private let authorities: Set<Authority>
  private let allowsLoopback: Bool

  /// Allowed hosts.
  /// - Parameters:
  ///   - configured: hosts, of which one without a port is allowed with every port.
  ///   - allowsLoopback: whether this machine's own names are allowed, with every port: where a loopback
  ///     address is listened on.
  package init(_ configured: [Authority], allowsLoopback: Bool) {
    authorities = Set(configured)
    self.allowsLoopback = allowsLoopback
  }

  /// Checks a request.
  /// - Parameter hosts: every value of its `Host` header.
  package func check(_ hosts: [String]) throws(SiteRefusal) {
    guard hosts.count == 1, let host = Authority(hosts[0]) else {
      throw SiteRefusal(
        status: 400, description: "a request needs one Host header, with a host and maybe a port")
    }
    if allowsLoopback, host.isLoopback { return }
    if authorities.contains(host) { return }
    if authorities.contains(where: { $0.port == nil && $0.host == host.host }) { return }
    throw SiteRefusal(
      status: 403, description: "this server is not reached by that host; see http.allowedHosts")
  }
}

/// The origins of web pages that may send requests. Programs that are no browsers send none.
package struct AllowedOrigins: Sendable, Hashable {
  private let origins: Set<String>

  /// Allowed origins, besides those of this machine.
  /// - Parameter configured: as browsers send them, for example `https://app.example.com`.
  package init(_ configured: [String]) { origins = Set(configured.map(Self.canonical)) }

  /// Checks a request.
  /// - Parameter values: every value of its `Origin` header.
  package func check(_ values: [String]) throws(SiteRefusal) {
    guard let origin = values.first else { return }
    guard values.count == 1 else {
      throw SiteRefusal(status: 400, description: "the Origin header is there more than once")
    }
    if origins.contains(Self.canonical(origin)), origin != "null" { return }
    if let uri = Self.webOrigin(origin), uri.authority.isLoopback { return }
    throw SiteRefusal(
      status: 403, description: "pages of that origin may not ask; see http.allowedOrigins")
  }

  /// The one spelling of an origin. Those of other schemes, such as a browser's extensions, have but one.
  private static func canonical(_ text: String) -> String {
    webOrigin(text)?.origin ?? text
  }

  /// An origin of the web: nothing follows the host and the port.
  private static func webOrigin(_ text: String) -> WebURI? {
    guard let uri = WebURI(text), uri.path.isEmpty, uri.query == nil, text.last != "/" else {
      return nil
    }
    return uri
  }
}
