import Foundation

/// How the server is reached that mails are handed to.
package struct SMTPSettings: Sendable, Hashable {
  /// How the connection is protected.
  package enum TLS: String, Sendable, Hashable, CaseIterable {
    /// `STARTTLS` in the first plain connection; without it nothing is sent.
    case starttls
    /// From the first byte, as with `smtps`.
    case implicit
    /// Not at all: for a server on this machine.
    case off
  }

  /// The server's name or address.
  package var host: String
  /// Its port.
  package var port: Int
  /// How the connection is protected.
  package var tls: TLS
  /// Who we are for the server; `nil` where it asks nobody.
  package var user: String?
  /// With which password.
  package var password: String?
  /// A file with the certificates that are trusted, in PEM; `nil` for those of the system.
  package var certificateFile: String?
  /// What we call ourselves at `EHLO`.
  package var heloName: String
  /// How long it may take to connect.
  package var connectTimeout: Duration
  /// How long sending one mail may take with all that belongs to it.
  package var timeLimit: Duration
  /// So many connections at most.
  package var connections: Int

  /// Settings.
  package init(
    host: String, port: Int, tls: TLS = .starttls, user: String? = nil, password: String? = nil,
    certificateFile: String? = nil, heloName: String = "localhost",
    connectTimeout: Duration = .seconds(10), timeLimit: Duration = .seconds(60),
    connections: Int = 4
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.user = user
    self.password = password
    self.certificateFile = certificateFile
    self.heloName = heloName
    self.connectTimeout = connectTimeout
    self.timeLimit = timeLimit
    self.connections = connections
  }

  /// Settings from `smtp://host:port` or `smtps://host:port`.
  /// - Parameter tls: for `smtp`; `smtps` is protected from the first byte.
  /// - Returns: `nil` for anything else, and for URLs with more in them: names and passwords are settings of
  ///   their own.
  package init?(url text: String, tls: TLS = .starttls) {
    guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
      url.user == nil, url.password == nil, url.query == nil, url.fragment == nil,
      ["", "/"].contains(url.path), (1...65_535).contains(url.port ?? 1)
    else { return nil }
    switch url.scheme?.lowercased() {
    case "smtp": self.init(host: host, port: url.port ?? 587, tls: tls)
    case "smtps": self.init(host: host, port: url.port ?? 465, tls: .implicit)
    default: return nil
    }
  }

  /// What keeps mails from being sent with these settings; `nil` when nothing does.
  package var flaw: String? {
    let isHere = ["localhost", "127.0.0.1", "::1"].contains(host.lowercased())
    if tls == .off, user != nil, !isHere {
      return "a password would go over the network in the open"
    }
    return nil
  }

  var url: String {
    let scheme = tls == .implicit ? "smtps" : "smtp"
    let name = heloName.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return "\(scheme)://\(host):\(port)/\(name)"
  }
}
