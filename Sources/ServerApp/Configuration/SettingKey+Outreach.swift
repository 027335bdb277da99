import Foundation
import Marketing
import Outreach

// The settings of who sends messages, and on which ways.
extension SettingKey {
  /// Who sends, what is said of the sender, and how long it is kept.
  static let outreachKeys: [SettingKey] = [
    line(
      "outreach.organization",
      "whose software writes the messages, which stands under every mail", \.outreach.organization),
    line("outreach.senderName", "the name that mails come from", \.outreach.senderName),
    line(
      "outreach.postalAddress", "the sender's postal address, which stands under every mail",
      \.outreach.postalAddress),
    line("outreach.topic", "what messages are about where nobody says", \.outreach.topic),
    optional(
      "outreach.bookingURL", "where people choose a time to meet",
      accepts: "an https:// or http:// URL", \.outreach.bookingURL, check: isLink),
    SettingKey(
      name: "outreach.resources",
      meaning: "what messages give people to read: TITLE=URL, separated by commas", isSecret: false,
      show: { configuration in
        configuration.outreach.resources.map { "\($0.title)=\($0.url)" }.joined(separator: ",")
      },
      set: { text, _, configuration in
        var resources: [OutreachSettings.Resource] = []
        for entry in SettingText.list(text) {
          guard let resource = resource(entry) else {
            return "TITLE=URL, separated by commas; '\(entry)' is none"
          }
          resources.append(resource)
        }
        configuration.outreach.resources = resources
        return nil
      }),
    text(
      "outreach.dryRun",
      "whether messages are planned and logged, and none leaves; true until smtp.url or webhook.url is set",
      accepts: "true or false", show: { "\($0.outreach.isDryRun)" },
      set: { text, configuration in
        guard let value = Bool(text.lowercased()) else { return false }
        configuration.outreach.dryRun = value
        return true
      }),
    integer(
      "outreach.leaseSeconds",
      "so many seconds a message that was being sent is left to a process that ended; renewed while it is sent",
      5...3600, \.outreach.leaseSeconds),
    integer(
      "outreach.retentionDays",
      "messages that were sent, refused or cancelled are kept for so many days", 1...3650,
      \.outreach.retentionDays),
  ]

  /// The server that mails are handed to.
  static let mailKeys: [SettingKey] = [
    optional(
      "smtp.url", "the server that mails are handed to",
      accepts: "smtp://HOST:PORT or smtps://HOST:PORT, without a name and a password",
      \.outreach.mail.url, check: { SMTPSettings(url: $0) != nil }),
    text(
      "smtp.tls", "how a connection by smtp:// is protected; off is for a server on this machine",
      accepts: "starttls, implicit or off", show: { $0.outreach.mail.tls.rawValue },
      set: { text, configuration in
        guard let tls = SMTPSettings.TLS(rawValue: text.lowercased()) else { return false }
        configuration.outreach.mail.tls = tls
        return true
      }),
    line("smtp.user", "who we are for the mail server", \.outreach.mail.user),
    optional(
      "smtp.passwordFile", "the file that holds the password for the mail server, and nothing else",
      accepts: "a path", \.outreach.mail.passwordFile, check: { _ in true }),
    optional(
      "smtp.certificateFile",
      "the file of the certificates that the mail server's is checked by, PEM; the system's when not set",
      accepts: "a path", \.outreach.mail.certificateFile, check: { _ in true }),
    optional(
      "smtp.from", "the address that mails come from", accepts: "an e-mail address",
      \.outreach.mail.from, check: { EmailAddress.flaw(in: $0) == nil }),
    optional(
      "smtp.replyTo", "where answers to mails go; to smtp.from when not set",
      accepts: "an e-mail address", \.outreach.mail.replyTo,
      check: { EmailAddress.flaw(in: $0) == nil }),
    text(
      "smtp.heloName", "what we call ourselves to the mail server",
      accepts: "a host's name of letters, digits, '-' and '.'",
      show: { $0.outreach.mail.heloName },
      set: { text, configuration in
        guard isHostName(text) else { return false }
        configuration.outreach.mail.heloName = text
        return true
      }),
    integer(
      "smtp.connections", "how many mails are sent at a time, each over a connection of its own",
      1...64, \.outreach.mail.connections),
    decimal(
      "smtp.perSecond", "how many mails are sent a second; 0 for no limit", 0...10_000,
      \.outreach.mail.perSecond),
  ]

  /// The service that messages of other kinds are posted to, and who reports what became of them.
  static let webhookKeys: [SettingKey] = [
    text(
      "webhook.url", "where messages by telephone, SMS and chat are posted, as Standard Webhooks",
      accepts: "an https:// URL, or an http:// one of this machine", isSecret: true,
      show: { $0.outreach.webhook.url ?? "" },
      set: { text, configuration in
        guard text.isEmpty || WebhookSettings.flaw(in: text) == nil else { return false }
        configuration.outreach.webhook.url = text.isEmpty ? nil : text
        return true
      }),
    optional(
      "webhook.secretFile",
      "the file that holds the secret that posted messages are signed with: whsec_ and 24 to 64 bytes in base 64",
      accepts: "a path", \.outreach.webhook.secretFile, check: { _ in true }),
    names(
      "webhook.channels", "the channels whose messages are posted, separated by commas",
      known: OutreachSettings.Webhook.possibleChannels, \.outreach.webhook.channels),
    optional(
      "webhook.inboundSecretFile",
      "the file that holds the secrets that reports to /webhooks/deliveries are signed with, a line each: whsec_…, or WORKSPACE whsec_… for the messages of one workspace; no report is taken when not set",
      accepts: "a path", \.outreach.webhook.inboundSecretFile, check: { _ in true }),
    integer(
      "webhook.concurrency", "how many messages of a channel are posted at a time", 1...64,
      \.outreach.webhook.concurrency),
    decimal(
      "webhook.perSecond", "how many messages of a channel are posted a second; 0 for no limit",
      0...10_000, \.outreach.webhook.perSecond),
  ]

  /// One line of text that people read.
  private static func line(
    _ name: String, _ meaning: String,
    _ path: any WritableKeyPath<ServerConfiguration, String?> & Sendable
  ) -> SettingKey {
    optional(name, meaning, accepts: "one line of up to 500 bytes", path) { text in
      text.utf8.count <= 500 && text.contains { !$0.isWhitespace }
        && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
  }

  private static func resource(_ text: String) -> OutreachSettings.Resource? {
    guard let mark = text.firstIndex(of: "=") else { return nil }
    let title = String(text[..<mark])
    let url = String(text[text.index(after: mark)...])
    guard title.contains(where: { !$0.isWhitespace }), title.utf8.count <= 200, isLink(url) else {
      return nil
    }
    return OutreachSettings.Resource(title: title, url: url)
  }

  @Sendable private static func isLink(_ text: String) -> Bool {
    guard text.utf8.count <= 1000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let url = URLComponents(string: text), url.host?.isEmpty == false
    else { return false }
    return ["https", "http"].contains(url.scheme?.lowercased())
  }

  private static func isHostName(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      }
  }
}
