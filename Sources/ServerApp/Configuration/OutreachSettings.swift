package import Marketing
package import Outreach

/// Who sends messages, on which ways, and how much.
package struct OutreachSettings: Sendable, Hashable {
  /// Something to read that messages point to.
  package struct Resource: Sendable, Hashable {
    /// What it is called.
    package let title: String
    /// Where it is.
    package let url: String

    /// Something to read.
    package init(title: String, url: String) {
      self.title = title
      self.url = url
    }
  }

  /// The server that mails are handed to.
  package struct Mail: Sendable, Hashable {
    /// `smtp://HOST:PORT` or `smtps://HOST:PORT`; `nil` for no mails.
    package var url: String?
    /// How the connection is protected.
    package var tls = SMTPSettings.TLS.starttls
    /// Who we are for the server.
    package var user: String?
    /// The file that holds the password.
    package var passwordFile: String?
    /// The file with the certificates that are trusted; `nil` for those of the system.
    package var certificateFile: String?
    /// The sender's address.
    package var from: String?
    /// Where answers go, if not to the sender.
    package var replyTo: String?
    /// What we call ourselves.
    package var heloName = "localhost"
    /// How many connections there are at most, and so how many mails are sent at a time.
    package var connections = 4
    /// How many mails are sent a second; 0 for no limit.
    package var perSecond = 0.0
  }

  /// The service that messages of other kinds are posted to.
  package struct Webhook: Sendable, Hashable {
    /// Its URL; `nil` for none.
    package var url: String?
    /// The file that holds the secret that messages are signed with.
    package var secretFile: String?
    /// The channels whose messages go there.
    package var channels: Set<String> = Set(Self.possibleChannels)
    /// The file that holds the secret that reports of deliveries are signed with.
    package var inboundSecretFile: String?
    /// How many messages are posted at a time.
    package var concurrency = 4
    /// How many messages are posted a second; 0 for no limit.
    package var perSecond = 0.0

    /// The channels that can go there.
    package static let possibleChannels = ["phone", "sms", "chat", "webhook"]
  }

  /// Whose software writes.
  package var organization: String?
  /// The sender's name.
  package var senderName: String?
  /// The sender's postal address.
  package var postalAddress: String?
  /// What messages are about where nobody says.
  package var topic: String?
  /// Where people choose a time to meet.
  package var bookingURL: String?
  /// What there is to read.
  package var resources: [Resource] = []
  /// Whether nothing leaves; `nil` for as long as no way is set up.
  package var dryRun: Bool?
  /// For so long a message stays one process's that ends while it is being sent.
  package var leaseSeconds = 180
  /// For so many days messages are kept that came to their end.
  package var retentionDays = 180
  /// The server that mails are handed to.
  package var mail = Mail()
  /// The service that messages of other kinds are posted to.
  package var webhook = Webhook()

  /// The defaults: nothing leaves.
  package init() {}

  /// Whether nothing leaves.
  package var isDryRun: Bool { dryRun ?? (mail.url == nil && webhook.url == nil) }
}

extension OutreachSettings {
  /// In whose name messages are written. Where nothing leaves, what is not set is an example's.
  package var voice: OutreachVoice {
    let example = isDryRun ? OutreachVoice.example : OutreachVoice()
    let own = resources.map { OutreachVoice.Resource(title: $0.title, url: $0.url) }
    return OutreachVoice(
      organization: organization ?? example.organization,
      senderName: senderName ?? organization ?? example.senderName,
      topic: topic ?? example.topic, link: bookingURL ?? example.link,
      resources: own.isEmpty ? example.resources : own)
  }

  /// Settings that are good alone and make no sense together.
  func contradictions() -> [String] {
    var problems = mailProblems() + webhookProblems()
    if dryRun == false, mail.url == nil, webhook.url == nil {
      problems.append(
        "outreach.dryRun: found false, expected true, or a way for messages: smtp.url or webhook.url"
      )
    }
    return problems
  }

  private func mailProblems() -> [String] {
    guard let url = mail.url else {
      let set = [
        ("user", mail.user), ("passwordFile", mail.passwordFile),
        ("certificateFile", mail.certificateFile), ("from", mail.from), ("replyTo", mail.replyTo),
      ].first { $0.1 != nil }
      return set.map {
        [Self.lack("smtp.url", "the server's URL", since: "smtp.\($0.0)")]
      } ?? []
    }
    var problems: [String] = []
    for (key, value, expected) in [
      ("smtp.from", mail.from, "the sender's address"),
      ("outreach.organization", organization, "the sender's organization"),
      ("outreach.postalAddress", postalAddress, "the sender's postal address"),
    ] where value == nil {
      problems.append(Self.lack(key, expected, since: "smtp.url"))
    }
    if mail.user == nil, mail.passwordFile != nil {
      problems.append(Self.lack("smtp.user", "a name", since: "smtp.passwordFile"))
    } else if mail.user != nil, mail.passwordFile == nil {
      problems.append(Self.lack("smtp.passwordFile", "a file", since: "smtp.user"))
    }
    var server = SMTPSettings(url: url, tls: mail.tls)
    server?.user = mail.user
    if let flaw = server?.flaw {
      problems.append("smtp.tls: found off, expected starttls or implicit: \(flaw)")
    }
    return problems
  }

  private func webhookProblems() -> [String] {
    if webhook.url == nil {
      return webhook.secretFile == nil
        ? [] : [Self.lack("webhook.url", "the service's URL", since: "webhook.secretFile")]
    }
    var problems: [String] = []
    if webhook.secretFile == nil {
      problems.append(
        Self.lack("webhook.secretFile", "the file of a secret", since: "webhook.url"))
    }
    if webhook.channels.isEmpty {
      problems.append(Self.lack("webhook.channels", "a channel", since: "webhook.url"))
    }
    return problems
  }

  private static func lack(_ key: String, _ expected: String, since other: String) -> String {
    "\(key): found nothing, expected \(expected), since \(other) is set"
  }
}
