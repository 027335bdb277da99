import Foundation

/// Where webhooks go and how they are signed.
package struct WebhookSettings: Sendable {
  /// The URL that every message is posted to.
  package var url: String
  /// The secret that signatures are made with.
  package var secret: WebhookSecret
  /// Whether `http` is allowed to other machines too, where texts go over the network in the open.
  package var allowsPlainHTTP: Bool
  /// How long a request may take with its answer.
  package var timeLimit: Duration

  /// Settings.
  package init(
    url: String, secret: WebhookSecret, allowsPlainHTTP: Bool = false,
    timeLimit: Duration = .seconds(15)
  ) {
    self.url = url
    self.secret = secret
    self.allowsPlainHTTP = allowsPlainHTTP
    self.timeLimit = timeLimit
  }

  /// What keeps messages from being posted to the URL; `nil` when nothing does. Does not repeat the URL, which
  /// may hold a secret.
  package var flaw: String? { Self.flaw(in: url, allowsPlainHTTP: allowsPlainHTTP) }

  /// The same of a URL alone.
  package static func flaw(in url: String, allowsPlainHTTP: Bool = false) -> String? {
    guard let components = URLComponents(string: url), let host = components.host, !host.isEmpty,
      components.user == nil, components.password == nil, components.fragment == nil
    else { return "expected an absolute URL without a name, a password and a fragment" }
    switch components.scheme?.lowercased() {
    case "https": return nil
    case "http":
      let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased())
      return isLocal || allowsPlainHTTP ? nil : "expected https, or http to this machine"
    default: return "expected an https URL"
    }
  }

  var origin: String {
    let components = URLComponents(string: url)
    return "webhook \(components?.host ?? "-"):\(components?.port ?? 0)"
  }
}

/// What webhooks are signed with, by HMAC-SHA256, as Standard Webhooks 1.0 has it
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
package struct WebhookSecret: Sendable, Hashable {
  let key: [UInt8]

  private static let prefix = "whsec_"

  /// A secret as it is handed out: `whsec_`, then 24 to 64 bytes in base 64.
  /// - Returns: `nil` for anything else.
  package init?(_ text: String) {
    guard text.hasPrefix(Self.prefix),
      let key = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
      (24...64).contains(key.count)
    else { return nil }
    self.key = Array(key)
  }
}
