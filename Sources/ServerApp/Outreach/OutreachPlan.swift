import Gateway
import MCP
package import Marketing
package import Outreach

/// On which ways messages leave, as the settings have it, with the secrets that they name. Nothing is connected yet.
package struct OutreachPlan: Sendable {
  /// How mails are handed over.
  package struct Mail: Sendable {
    /// The server.
    package let server: SMTPSettings
    /// What all mails say; without the link that ends them.
    package let settings: MailSettings
    /// How much goes by it.
    package let limits: ChannelSet.Limits
  }

  /// How messages of other kinds are posted.
  package struct Webhook: Sendable {
    /// Where to, and how they are signed.
    package let settings: WebhookSettings
    /// The channels that go there.
    package let channels: Set<OutreachChannel>
    /// How much of each goes there.
    package let limits: ChannelSet.Limits
  }

  /// How mails are handed over; `nil` when none is.
  package private(set) var mail: Mail?
  /// How messages of other kinds are posted; `nil` when none is.
  package private(set) var webhook: Webhook?
  /// What reports of deliveries are signed with; `nil` when none is taken.
  package private(set) var inboundSecrets: ReportSecrets?

  /// Where changes of campaigns are posted; `nil` for nowhere.
  package private(set) var platform: WebhookSettings?

  /// Whether nothing leaves because somebody has said so, and not for want of a way.
  package private(set) var isDryByChoice = false

  /// How long a message that is being sent is left to one process.
  package private(set) var lease = OutboxWorkerSettings().lease

  /// Nothing leaves, for want of a way.
  package static let dryRun = OutreachPlan()

  private init() {}

  /// The ways that are set up.
  /// - Throws: which setting keeps messages from leaving, or names a file without a secret.
  package init(_ configuration: ServerConfiguration) throws(ConfigurationError) {
    let settings = configuration.outreach
    let problems = settings.contradictions()
    guard problems.isEmpty else {
      throw ConfigurationError(message: problems.joined(separator: "\n"))
    }
    inboundSecrets = try settings.webhook.inboundSecretFile.map {
      path throws(ConfigurationError) in try Self.reportSecrets(in: path)
    }
    let platform = configuration.campaignWebhook
    if let url = platform.url, let path = platform.secretFile {
      self.platform = WebhookSettings(
        url: url, secret: try Self.secret(in: path, of: "campaigns.webhookSecretFile"))
    }
    isDryByChoice = settings.dryRun == true
    lease = .seconds(settings.leaseSeconds)
    guard !settings.isDryRun else { return }
    mail = try Self.mail(settings)
    webhook = try Self.webhook(settings.webhook)
    if mail != nil { try Self.checkLinks(configuration) }
  }

  /// The channels on which messages leave; `nil` for all, as where none does.
  package var channels: Set<OutreachChannel>? {
    guard isReal else { return nil }
    return (webhook?.channels ?? []).union(mail == nil ? [] : [.email, .calendar])
  }

  /// The channels on which messages leave; none where none does.
  package var realChannels: Set<OutreachChannel> { isReal ? channels ?? [] : [] }

  /// The channels on which messages may be taken here: by the ways of this plan, or by a dry run. Where somebody
  /// has asked for one it leaves alone what others send now, else also what others have ever sent.
  package func claimedChannels(besides mark: OutreachMark) -> Set<OutreachChannel> {
    let others = Set(OutreachChannel.allCases).subtracting(realChannels)
    if others.isEmpty { return realChannels }
    let sentElsewhere = isDryByChoice ? mark.liveChannels : mark.channels
    return realChannels.union(others.subtracting(sentElsewhere))
  }

  /// The channels that lead to everybody, whatever addresses are known.
  package var openChannels: Set<OutreachChannel> {
    (webhook?.channels ?? []).intersection([.chat, .webhook])
  }

  /// Whether any message leaves.
  package var isReal: Bool { mail != nil || webhook != nil }

  /// The channels whose messages only seem to be sent.
  package var dryChannels: [OutreachChannel] {
    OutreachChannel.allCases.filter { channel in
      switch channel {
      case .email, .calendar: mail == nil
      case .sms, .phone, .chat, .webhook: webhook?.channels.contains(channel) != true
      }
    }
  }

  /// What leaves and what does not, in a line.
  package var summary: String {
    var parts: [String] = []
    if let mail {
      parts.append("mails and invitations by \(mail.server.host):\(mail.server.port)")
    }
    if let webhook {
      let names = webhook.channels.map(\.rawValue).sorted().joined(separator: ", ")
      parts.append("\(names) by webhook")
    }
    guard !parts.isEmpty else { return "dry run: messages are planned and logged, none leaves" }
    let dry = dryChannels.map(\.rawValue).joined(separator: ", ")
    return parts.joined(separator: "; ") + (dry.isEmpty ? "" : "; dry run: \(dry)")
  }

  private static func mail(_ settings: OutreachSettings) throws(ConfigurationError) -> Mail? {
    let mail = settings.mail
    // Those that may be missing were looked at before.
    guard let url = mail.url, var server = SMTPSettings(url: url, tls: mail.tls),
      let from = mail.from, let organization = settings.organization,
      let address = settings.postalAddress
    else { return nil }
    server.user = mail.user
    if let path = mail.passwordFile {
      let file = SecretFile(key: "smtp.passwordFile", path: path)
      let password = try file.text()
      guard !password.isEmpty, !password.contains(where: \.isNewline) else {
        throw file.refusal(expected: "one line with a password")
      }
      server.password = password
    }
    if let path = mail.certificateFile {
      // The library would tell only when it connects.
      _ = try SecretFile(key: "smtp.certificateFile", path: path).text()
      server.certificateFile = path
    }
    server.heloName = mail.heloName
    server.connections = mail.connections
    let said = MailSettings(
      from: from, name: settings.senderName, replyTo: mail.replyTo, postalAddress: address,
      organization: organization)
    if let flaw = said.flaw { throw ConfigurationError(message: "smtp.from: \(flaw)") }
    return Mail(
      server: server, settings: said,
      limits: ChannelSet.Limits(concurrency: mail.connections, perSecond: mail.perSecond))
  }

  private static func webhook(
    _ settings: OutreachSettings.Webhook
  ) throws(ConfigurationError) -> Webhook? {
    guard let url = settings.url, let path = settings.secretFile else { return nil }
    return Webhook(
      settings: WebhookSettings(url: url, secret: try secret(in: path, of: "webhook.secretFile")),
      channels: Set(settings.channels.compactMap(OutreachChannel.init)),
      limits: ChannelSet.Limits(
        concurrency: settings.concurrency, perSecond: settings.perSecond))
  }

  private static func secret(
    in path: String, of key: String
  ) throws(ConfigurationError) -> WebhookSecret {
    let file = SecretFile(key: key, path: path)
    guard let secret = WebhookSecret(try file.text()) else {
      throw file.refusal(expected: "whsec_ and 24 to 64 bytes in base 64")
    }
    return secret
  }

  private static func reportSecrets(
    in path: String
  ) throws(ConfigurationError) -> ReportSecrets {
    let file = SecretFile(key: "webhook.inboundSecretFile", path: path)
    guard let secrets = ReportSecrets(try file.text()) else {
      throw file.refusal(
        expected:
          "whsec_ and 24 to 64 bytes in base 64, on each line one, behind the name of a workspace where it is for that alone"
      )
    }
    return secrets
  }

  /// Checks that the link that ends marketing mails leads somewhere.
  private static func checkLinks(_ configuration: ServerConfiguration) throws(ConfigurationError) {
    if let text = configuration.publicURL, let url = WebURI(text), !url.isTrustworthy {
      throw ConfigurationError(
        message:
          "http.publicURL: found \(url), expected an https:// URL, since smtp.url is set: mail programs follow "
          + "the link that ends marketing mails by HTTPS alone (RFC 8058). http:// serves for trials on this "
          + "machine, and outreach.dryRun=true keeps mails from leaving"
      )
    }
    let isHere = configuration.listen.map { ListenPolicy.isLoopback($0.host) } ?? false
    guard configuration.publicURL != nil || isHere else {
      throw ConfigurationError(
        message:
          "http.publicURL: found nothing, expected the URL that people reach the gateway by, since "
          + "smtp.url is set: every marketing mail has a link that ends them. Without it http.listen on "
          + "an address of this machine serves for trials, and outreach.dryRun=true keeps mails from leaving"
      )
    }
  }
}
