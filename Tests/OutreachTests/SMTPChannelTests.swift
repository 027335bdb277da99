import JSONRPC
import Marketing
import Outreach
import Testing

@Suite("SMTP", .timeLimit(.minutes(1)))
struct SMTPChannelTests {
  private func channel(
    _ server: SMTPServer, _ change: (inout SMTPSettings) -> Void = { _ in }
  ) -> SMTPChannel {
    var settings = SMTPSettings(host: "localhost", port: server.port, tls: .off)
    settings.timeLimit = .seconds(5)
    change(&settings)
    return SMTPChannel(settings, mail: .sample) { noon }
  }

  @Test("mails arrive as they are, over one connection")
  func delivers() async throws {
    try await SMTPServer.run { server in
      let channel = channel(server) { $0.connections = 1 }
      let content = MessageContent(subject: "Dots", text: ".\n..one\n.\n\nFrom here\n", html: nil)
      for number in 0..<3 {
        let message = OutboundMessage.sample("msg_\(number)", content)
        let outcome = await channel.send(.sample(message))
        #expect(
          outcome == .delivered(DeliveryAnswer("250 2.0.0", "250 2.0.0 queued")), "\(outcome)")
      }
      #expect(server.connections == 1)
      #expect(server.mails.map(\.to) == Array(repeating: "zoe@acme.example", count: 3))
      #expect(server.mails.map(\.from) == Array(repeating: "sales@relay.example", count: 3))
      let written = try MailMessage(
        .sample(.sample("msg_0", content)), settings: .sample, at: noon)
      #expect(server.mails.first.map { $0.text + "\r\n" } == written.text)
      #expect(channel.destination(of: .sample()) == "smtp localhost:\(server.port)")
    }
  }

  @Test("many at once share a few connections")
  func concurrency() async throws {
    try await SMTPServer.run { server in
      let channel = channel(server) { $0.connections = 3 }
      await withTaskGroup(of: DeliveryOutcome.self) { group in
        for number in 0..<30 {
          group.addTask { await channel.send(.sample(.sample("msg_\(number)"))) }
        }
        for await outcome in group { #expect(outcome.answer.code == "250 2.0.0") }
      }
      #expect(server.mails.count == 30 && server.connections <= 3)
      #expect(Set(server.mails.map { $0.header("Message-ID") }).count == 30)
    }
  }

  @Test("protected and with a name, or not at all", arguments: [false, true])
  func protected(isImplicit: Bool) async throws {
    let options = SMTPServer.Options(
      certificate: .localhost, isImplicit: isImplicit, credentials: ("relay", "p\"ä 1"))
    try await TestCertificate.localhost.withFile { file in
      try await SMTPServer.run(options) { server in
        func settings(_ settings: inout SMTPSettings) {
          settings.tls = isImplicit ? .implicit : .starttls
          settings.certificateFile = file
          settings.user = "relay"
          settings.password = "p\"ä 1"
        }
        let outcome = await channel(server, settings).send(.sample())
        #expect(outcome.answer.code == "250 2.0.0", "\(outcome)")
        #expect(server.mails.map(\.isProtected) == [true])
        #expect(server.mails.map(\.user) == ["relay"])
        let wrong = await channel(server) {
          settings(&$0)
          $0.password = "other"
        }.send(.sample())
        #expect(Self.isUnavailable(wrong), "\(wrong)")
        #expect(!wrong.answer.text.contains("other"))
        // Who is not known by the system is not trusted.
        let untrusted = await channel(server) {
          settings(&$0)
          $0.certificateFile = nil
        }.send(.sample())
        #expect(Self.isUnavailable(untrusted), "\(untrusted)")
        #expect(server.mails.count == 1)
      }
    }
  }

  @Test("without STARTTLS nothing is sent where it is asked for")
  func noStartTLS() async throws {
    let options = SMTPServer.Options(credentials: ("relay", "secret"))
    try await SMTPServer.run(options) { server in
      let outcome = await channel(server) {
        $0.tls = .starttls
        $0.user = "relay"
        $0.password = "secret"
      }.send(.sample())
      #expect(Self.isUnavailable(outcome), "\(outcome)")
      #expect(server.mails.isEmpty && server.record.withLock { $0.stages["AUTH"] } == nil)
    }
  }

  private static func isUnavailable(_ outcome: DeliveryOutcome) -> Bool {
    guard case .deferred(_, let deferral) = outcome else { return false }
    return deferral.isUnavailable && !deferral.mayHaveArrived
  }

  static let replies: [(stage: String, answer: String, outcome: DeliveryOutcome)] = [
    (
      "RCPT", "550 5.1.1 no such user",
      .bounced(DeliveryAnswer("550 5.1.1", "550 5.1.1 no such user"))
    ),
    ("RCPT", "451 4.7.1 later", .deferred(DeliveryAnswer("451 4.7.1", "451 4.7.1 later"), .init())),
    ("MAIL", "552 too large", .refused(DeliveryAnswer("552", "552 too large"))),
    ("END", "554 5.7.1 spam", .refused(DeliveryAnswer("554 5.7.1", "554 5.7.1 spam"))),
    ("END", "452 4.3.1 full", .deferred(DeliveryAnswer("452 4.3.1", "452 4.3.1 full"), .init())),
    (
      "RCPT", "421 4.3.0 closing",
      .deferred(DeliveryAnswer("421 4.3.0", "421 4.3.0 closing"), .init(isUnavailable: true))
    ),
    (
      "MAIL", "530 5.7.0 who are you",
      .deferred(DeliveryAnswer("530 5.7.0", "530 5.7.0 who are you"), .aboutUs)
    ),
    (
      "RCPT", "550-5.1.1 no\r\n550 5.1.1 such user",
      .bounced(DeliveryAnswer("550 5.1.1", "550-5.1.1 no  550 5.1.1 such user"))
    ),
  ]

  enum Kind { case bounced, refused, aboutUs }

  static let permanent: [(stage: String, answer: String, kind: Kind)] = [
    ("MAIL", "550 sender rejected", .aboutUs),
    ("MAIL", "553 5.7.1 envelope sender is denied", .aboutUs),
    ("MAIL", "553 envelope sender is denied", .aboutUs),
    ("MAIL", "550 5.1.8 no such domain", .aboutUs),
    ("MAIL", "550 5.1.1 you do not exist", .aboutUs),
    ("MAIL", "501 5.5.4 syntax", .aboutUs),
    ("MAIL", "552 5.3.4 too long", .refused),
    ("RCPT", "550 no such user here", .bounced),
    ("RCPT", "550 <relay.policy@acme.example>: unknown user", .bounced),
    ("RCPT", "551 user not local", .bounced),
    ("RCPT", "553 mailbox name unknown", .bounced),
    ("RCPT", "550 5.1.2 no such domain", .bounced),
    ("RCPT", "501 5.1.3 bad address", .bounced),
    ("RCPT", "550 5.1.6 it has moved", .bounced),
    ("RCPT", "556 5.1.10 takes no mail", .bounced),
    ("RCPT", "550 5.2.1 disabled", .bounced),
    ("RCPT", "552 5.2.2 full", .refused),
    ("RCPT", "552 full", .refused),
    ("RCPT", "550 5.6.7 needs SMTPUTF8", .refused),
    ("RCPT", "550 relay access denied", .aboutUs),
    ("RCPT", "550 Relaying not permitted", .aboutUs),
    ("RCPT", "550 5.7.1 your IP is blocked", .aboutUs),
    ("RCPT", "550 your IP is blocked", .aboutUs),
    ("RCPT", "550 rejected as spam", .aboutUs),
    ("RCPT", "550 administrative policy", .aboutUs),
    ("RCPT", "550-no\r\n550 authentication required", .aboutUs),
    ("RCPT", "554 5.7.1 relay access denied", .aboutUs),
    ("RCPT", "554 transaction failed", .aboutUs),
    ("DATA", "550 no", .refused),
    ("END", "550 message content rejected", .refused),
    ("END", "550 5.1.1 no such user", .refused),
    ("END", "554 5.7.1 your IP is blocked", .refused),
  ]

  @Test("only what is said of a mailbox is a bounce", arguments: permanent)
  func refusals(stage: String, answer: String, kind: Kind) async throws {
    let options = SMTPServer.Options(script: { at, _ in at == stage ? .say(answer) : .usual })
    try await SMTPServer.run(options) { server in
      let found: Kind? =
        switch await channel(server).send(.sample()) {
        case .bounced: .bounced
        case .refused: .refused
        case .deferred(_, .aboutUs): .aboutUs
        default: nil
        }
      #expect(found == kind)
    }
  }

  @Test("what a server says decides", arguments: replies)
  func answers(stage: String, answer: String, outcome: DeliveryOutcome) async throws {
    let options = SMTPServer.Options(script: { $0 == stage && $1 == 0 ? .say(answer) : .usual })
    try await SMTPServer.run(options) { server in
      let channel = channel(server) { $0.connections = 1 }
      #expect(await channel.send(.sample()) == outcome)
      #expect(server.mails.isEmpty)
      // The next goes through: what was left of the first is in no one's way.
      let next = await channel.send(.sample(.sample("msg_2")))
      #expect(next.answer.code == "250 2.0.0", "\(next)")
    }
  }

  @Test(
    "a connection that breaks before the end of the mail",
    arguments: ["CONNECT", "MAIL", "RCPT", "DATA"])
  func breaksBefore(stage: String) async throws {
    let options = SMTPServer.Options(script: { at, _ in at == stage ? .close : .usual })
    try await SMTPServer.run(options) { server in
      let outcome = await channel(server).send(.sample())
      #expect(Self.isUnavailable(outcome), "\(outcome)")
    }
  }

  @Test("one that breaks behind it: the same mail again, marked", arguments: [true, false])
  func breaksBehind(isClosed: Bool) async throws {
    let options = SMTPServer.Options(
      script: { $0 == "END" && $1 == 0 ? (isClosed ? .close : .nothing) : .usual })
    try await SMTPServer.run(options) { server in
      let channel = channel(server) { $0.timeLimit = .seconds(2) }
      let first = await channel.send(.sample())
      #expect(
        first
          == .deferred(
            DeliveryAnswer(first.answer.code, first.answer.text),
            .init(isUnavailable: true, mayHaveArrived: true)))
      #expect(server.record.withLock { $0.stages["END"] } == 1)
      _ = await channel.send(.sample(isPossibleDuplicate: true))
      let mail = try #require(server.mails.first)
      #expect(mail.header("Message-ID") == "<msg_1@relay.example>")
      #expect(mail.header("X-Possible-Duplicate") == "yes")
    }
  }

  @Test("a kept connection that the server closed is no failure")
  func closedMeanwhile() async throws {
    // Answers the first mail and hangs up at the next command.
    let options = SMTPServer.Options(script: { $0 == "MAIL" && $1 == 1 ? .close : .usual })
    try await SMTPServer.run(options) { server in
      let channel = channel(server) { $0.connections = 1 }
      for number in 0..<2 {
        let outcome = await channel.send(.sample(.sample("msg_\(number)")))
        #expect(outcome.answer.code == "250 2.0.0", "\(outcome)")
      }
      #expect(server.connections == 2 && server.mails.count == 2)
    }
  }

  @Test(
    "what is stopped before its end has left was not tried",
    arguments: ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
  func stopsBefore(stage: String) async throws {
    let options = SMTPServer.Options(script: { at, _ in at == stage ? .nothing : .usual })
    try await SMTPServer.run(options) { server in
      let channel = channel(server) {
        $0.connections = 1
        $0.timeLimit = .seconds(50)
      }
      async let first = channel.send(.sample())
      async let waiting = channel.send(.sample(.sample("msg_2")))
      while server.record.withLock({ $0.stages[stage] }) == nil { await Task.yield() }
      channel.stop()
      #expect(await [first, waiting] == [.withdrawn, .withdrawn])
      #expect(await channel.send(.sample()) == .withdrawn)
      #expect(server.connections == 1 && server.mails.isEmpty)
    }
  }

  @Test("what is stopped behind it is brought to its end")
  func stopsBehind() async throws {
    let door = Door()
    let options = SMTPServer.Options(script: { at, _ in at == "END" ? .after(door) : .usual })
    try await SMTPServer.run(options) { server in
      let channel = channel(server)
      async let outcome = channel.send(.sample())
      while server.record.withLock({ $0.stages["END"] }) == nil { await Task.yield() }
      channel.stop()
      door.open()
      #expect(await outcome.answer.code == "250 2.0.0")
    }
  }

  @Test("nobody listens, or somebody says nothing")
  func silence() async throws {
    let options = SMTPServer.Options(script: { at, _ in at == "CONNECT" ? .nothing : .usual })
    let port = Locked(0)
    try await SMTPServer.run(options) { server in
      port.withLock { $0 = server.port }
      let outcome = await channel(server) { $0.timeLimit = .seconds(1) }.send(.sample())
      #expect(Self.isUnavailable(outcome), "\(outcome)")
    }
    let settings = SMTPSettings(host: "127.0.0.1", port: port.withLock { $0 }, tls: .off)
    let outcome = await SMTPChannel(settings, mail: .sample) { noon }.send(.sample())
    #expect(Self.isUnavailable(outcome), "\(outcome)")
  }

  @Test("a message that makes no mail is refused without a connection")
  func invalid() async throws {
    try await SMTPServer.run { server in
      let outcome = await channel(server).send(.sample(.sample(to: "nobody")))
      #expect(outcome.answer.code == "invalid message")
      guard case .refused = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(server.connections == 0)
    }
  }

  @Test("a password does not go to another machine in the open")
  func openPassword() async {
    var settings = SMTPSettings(host: "mail.example", port: 25, tls: .off)
    #expect(settings.flaw == nil)
    settings.user = "relay"
    let outcome = await SMTPChannel(settings, mail: .sample) { noon }.send(.sample())
    #expect(outcome.answer.code == "bad settings" && Self.isUnavailable(outcome))
  }

  @Test("an invitation goes as a part of a mail")
  func calendar() async throws {
    try await SMTPServer.run { server in
      let calendar = CalendarChannel(over: channel(server), settings: .sample)
      var content = MessageContent.sample
      #expect(
        await calendar.send(.sample(.sample("m", content, channel: .calendar))).answer.code
          == "invalid message")
      content.invitation = Invitation(
        start: noon + .days(1), duration: .seconds(1800), summary: "Demo")
      let outcome = await calendar.send(.sample(.sample("m", content, channel: .calendar)))
      #expect(outcome.answer.code == "250 2.0.0", "\(outcome)")
      let mail = try #require(server.mails.first)
      #expect(mail.text.contains("Content-Type: text/calendar; charset=utf-8; method=REQUEST"))
      #expect(mail.text.contains("UID:m@relay.example") && mail.text.contains("METHOD:REQUEST"))
    }
  }

  static let urls: [(url: String, port: Int?, tls: SMTPSettings.TLS)] = [
    ("smtp://mail.example", 587, .starttls), ("smtp://mail.example:25/", 25, .starttls),
    ("smtps://mail.example", 465, .implicit), ("http://mail.example", nil, .off),
    ("smtp://user:pw@mail.example", nil, .off), ("smtp://", nil, .off),
    ("mail.example", nil, .off), ("smtp://mail.example/x", nil, .off),
    ("smtp://mail.example:99999", nil, .off),
  ]

  @Test("URLs of servers", arguments: urls)
  func readsURLs(url: String, port: Int?, tls: SMTPSettings.TLS) {
    let settings = SMTPSettings(url: url)
    #expect(settings?.port == port)
    if let settings { #expect(settings.tls == tls && settings.host == "mail.example") }
  }
}
