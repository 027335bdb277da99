import Foundation
import Marketing
import Outreach
import ServerApp
import Testing

@Suite struct OutreachPlanTests {
  private static let secret = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()

  /// Settings by which mails are sent.
  private static var sending: ServerConfiguration {
    var configuration = ServerConfiguration(databasePath: "/tmp/none.sqlite")
    configuration.outreach.mail.url = "smtps://mail.example"
    configuration.outreach.mail.from = "sales@acme.example"
    configuration.outreach.organization = "Acme"
    configuration.outreach.postalAddress = "Storgata 1, Oslo"
    configuration.publicURL = "https://leads.acme.example"
    return configuration
  }

  private func refusal(_ configuration: ServerConfiguration) -> String {
    do throws(ConfigurationError) {
      _ = try OutreachPlan(configuration)
      return "none"
    } catch {
      return error.message
    }
  }

  private func write(_ text: String, in folder: String) throws -> String {
    let path = "\(folder)/\(UUID().uuidString)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func withoutSettingsNothingLeaves() throws {
    let plan = try OutreachPlan(ServerConfiguration(databasePath: "/tmp/none.sqlite"))
    #expect(!plan.isReal && !plan.isDryByChoice && plan.inboundSecrets == nil)
    #expect(plan.dryChannels == OutreachChannel.allCases)
    #expect(plan.summary == "dry run: messages are planned and logged, none leaves")
  }

  @Test func allSettingsArrive() async throws {
    try await ServerProcess.withFolder { folder in
      var configuration = Self.sending
      configuration.outreach.senderName = "Ann"
      configuration.outreach.mail.replyTo = "answers@acme.example"
      configuration.outreach.mail.user = "relay"
      configuration.outreach.mail.passwordFile = try write("pass wörd\n", in: folder)
      configuration.outreach.mail.certificateFile = try write("PEM", in: folder)
      configuration.outreach.mail.heloName = "relay.example"
      configuration.outreach.mail.connections = 7
      configuration.outreach.mail.perSecond = 2.5
      configuration.outreach.webhook.url = "https://calls.example/in"
      configuration.outreach.webhook.secretFile = try write(" \(Self.secret)\n", in: folder)
      configuration.outreach.webhook.channels = ["phone", "sms"]
      configuration.outreach.webhook.inboundSecretFile = try write(Self.secret, in: folder)
      configuration.outreach.webhook.concurrency = 3
      configuration.outreach.webhook.perSecond = 1.5
      let plan = try OutreachPlan(configuration)
      var server = SMTPSettings(host: "mail.example", port: 465, tls: .implicit)
      server.user = "relay"
      server.password = "pass wörd"
      server.certificateFile = configuration.outreach.mail.certificateFile
      server.heloName = "relay.example"
      server.connections = 7
      #expect(plan.mail?.server == server)
      #expect(plan.mail?.settings.name == "Ann" && plan.mail?.settings.organization == "Acme")
      #expect(plan.mail?.settings.replyTo == "answers@acme.example")
      #expect(plan.mail?.limits == ChannelSet.Limits(concurrency: 7, perSecond: 2.5))
      #expect(plan.webhook?.settings.url == "https://calls.example/in")
      #expect(plan.webhook?.settings.secret == WebhookSecret(Self.secret))
      #expect(plan.webhook?.channels == [.phone, .sms])
      #expect(plan.webhook?.limits == ChannelSet.Limits(concurrency: 3, perSecond: 1.5))
      #expect(plan.inboundSecrets == ReportSecrets(Self.secret))
      #expect(
        plan.summary == "mails and invitations by mail.example:465; phone, sms by webhook; "
          + "dry run: chat, webhook")
      // Whoever says so keeps everything from leaving.
      configuration.outreach.dryRun = true
      let dry = try OutreachPlan(configuration)
      #expect(!dry.isReal && dry.isDryByChoice && dry.dryChannels == OutreachChannel.allCases)
    }
  }

  @Test func mailsNeedALinkThatLeadsSomewhere() throws {
    var configuration = Self.sending
    configuration.publicURL = nil
    #expect(refusal(configuration).hasPrefix("http.publicURL: found nothing, expected the URL"))
    configuration.listen = ListenAddress(host: "0.0.0.0", port: 8080)
    #expect(refusal(configuration).hasPrefix("http.publicURL: "))
    configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
    #expect(refusal(configuration) == "none")
    configuration.listen = nil
    configuration.outreach.dryRun = true
    #expect(refusal(configuration) == "none")
  }

  @Test func theLinkThatEndsMailsIsFollowedByHTTPSAlone() throws {
    var configuration = Self.sending
    for url in ["http://leads.acme.example", "http://10.0.0.5:8080"] {
      configuration.publicURL = url
      configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
      #expect(refusal(configuration).hasPrefix("http.publicURL: found \(url), expected an https"))
      configuration.outreach.dryRun = true
      #expect(refusal(configuration) == "none")
      configuration.outreach.dryRun = nil
    }
    for url in ["https://leads.acme.example", "http://127.0.0.1:8080", "http://localhost"] {
      configuration.publicURL = url
      #expect(refusal(configuration) == "none")
    }
  }

  /// Files that are not as they have to be: what sets one, what it holds (`nil` for no file), and the refusal.
  static let files:
    [(
      key: any WritableKeyPath<ServerConfiguration, String?> & Sendable, text: String?,
      refusal: String
    )] = [
      (\.outreach.mail.passwordFile, nil, "smtp.passwordFile: PATH: there is no such file"),
      (
        \.outreach.mail.passwordFile, " \n",
        "smtp.passwordFile: PATH: expected one line with a password"
      ),
      (
        \.outreach.mail.passwordFile, "a\nb",
        "smtp.passwordFile: PATH: expected one line with a password"
      ),
      (\.outreach.mail.certificateFile, nil, "smtp.certificateFile: PATH: there is no such file"),
      (\.outreach.webhook.secretFile, nil, "webhook.secretFile: PATH: there is no such file"),
      (
        \.outreach.webhook.secretFile, "secret",
        "webhook.secretFile: PATH: expected whsec_ and 24 to 64 bytes in base 64"
      ),
      (
        \.outreach.webhook.inboundSecretFile, "whsec_AAAA",
        "webhook.inboundSecretFile: PATH: expected whsec_ and 24 to 64 bytes in base 64, on each line one, "
          + "behind the name of a workspace where it is for that alone"
      ),
    ]

  @Test(arguments: files.indices) func aFileWithoutASecretIsNamed(_ index: Int) async throws {
    let file = Self.files[index]
    try await ServerProcess.withFolder { folder in
      var configuration = Self.sending
      configuration.outreach.mail.user = "relay"
      configuration.outreach.mail.passwordFile = try write("good", in: folder)
      configuration.outreach.webhook.url = "https://calls.example"
      configuration.outreach.webhook.secretFile = try write(Self.secret, in: folder)
      let path = try file.text.map { try write($0, in: folder) } ?? "\(folder)/none"
      configuration[keyPath: file.key] = path
      #expect(refusal(configuration) == file.refusal.replacing("PATH", with: path))
    }
  }

  @Test func theSecretURLIsNotRepeated() throws {
    let text = "http://calls.example/token-123"
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationReader(
        flags: ["webhook.url": .init("--set", text)], environment: [:], file: nil
      ).load()
    }
    #expect(
      error?.message
        == "--set: webhook.url: found a value, expected an https:// URL, or an http:// one of this machine"
    )
  }

  @Test func theDoctorTellsOfTheWays() throws {
    func finding(_ configuration: ServerConfiguration) -> Doctor.Finding? {
      Doctor(configuration).examine().first { $0.check == .outreach }
    }
    let dry = try #require(finding(ServerConfiguration(databasePath: "/tmp/none.sqlite")))
    #expect(dry.status == .ok && dry.message.hasPrefix("dry run: "))
    var configuration = Self.sending
    #expect(
      finding(configuration)?.message
        == "mails and invitations by mail.example:465; dry run: sms, phone, chat, webhook")
    configuration.publicURL = nil
    let bad = try #require(finding(configuration))
    #expect(bad.status == .failed && bad.message.hasPrefix("http.publicURL: "))
  }
}
