import AsyncHTTPClient
import Foundation
import JSONRPC
import Logging
import MCP
import Marketing
import NIOCore
import NIOHTTP1
import Outreach
import ServerApp
import ServiceLifecycle
import Testing

/// The whole server, from its settings to a mail server and back by the link in a mail.
@Suite("The server's outreach", .timeLimit(.minutes(2)))
struct ServerOutreachTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static let zoe = "zoe@acme.example"

  private static func configuration(_ folder: String, port: Int) -> ServerConfiguration {
    var configuration = ServerConfiguration(databasePath: "\(folder)/l.sqlite")
    configuration.auditFile = "off"
    configuration.outreach.mail.url = "smtp://127.0.0.1:\(port)"
    configuration.outreach.mail.tls = .off
    configuration.outreach.mail.from = "sales@relay.example"
    configuration.outreach.organization = "Relay AS"
    configuration.outreach.postalAddress = "Storgata 1, Oslo"
    configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
    return configuration
  }

  /// A file with the secret that a webhook is signed with.
  private static func secret(in folder: String) throws -> String {
    let path = "\(folder)/webhook.secret"
    try "whsec_\(Data(repeating: 7, count: 32).base64EncodedString())"
      .write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private static func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("outreach-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  /// Runs a body while a server with these settings serves, then ends that in order.
  private static func serving(
    _ configuration: ServerConfiguration,
    _ body: @escaping @Sendable (Application) async throws -> Void
  ) async throws {
    let application = try Application(
      configuration, outreach: try OutreachPlan(configuration), logger: logger)
    let listening = OneShot<Void>()
    var services = application.backgroundServices
    if let address = configuration.listen {
      services += try application.gatewayServices(on: address) { _ in listening.fulfil(()) }
    } else {
      listening.fulfil(())
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { listening.fulfil(()) }
        try await group.run()
      }
      await listening.value()
      let result: Result<Void, any Error>
      do {
        result = .success(try await body(application))
      } catch {
        result = .failure(error)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }

  private static func call(
    _ application: Application, _ tool: String, _ arguments: JSONObject
  ) async throws -> JSONValue {
    try await application.withLocalClient { client in
      let result = try await client.request(
        "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
      try #require(result["isError"] != true, "\(result["content"] ?? .null)")
      return try #require(result["structuredContent"])
    }
  }

  private static func lead(
    _ application: Application, email: String = zoe
  ) async throws -> LeadID {
    let result = try await call(
      application, "triage_lead", ["email": .string(email), "consent": true])
    return LeadID(rawValue: try #require(result["leadID"]?.stringValue))
  }

  private static func enqueue(
    _ application: Application, _ messages: [OutboundMessage]
  ) async throws {
    let name = messages.map(\.id.rawValue).joined(separator: "-").prefix(40)
    _ = try await application.outbox.enqueue(
      messages,
      events: [
        Event(
          id: EventID(rawValue: "evt_\(name)"), kind: "message.planned", occurredAt: noon,
          actor: "tests")
      ], in: .default)
  }

  /// Waits until messages came to their end.
  private static func settled(
    _ ids: [MessageID], _ application: Application
  ) async throws -> [OutboxEntry] {
    let changes = application.events.changes()
    func entries() throws -> [OutboxEntry] {
      try ids.compactMap { try application.outbox.entry($0, in: .default) }
        .filter(\.state.isFinal)
    }
    if try entries().count == ids.count { return try entries() }
    for await _ in changes {
      if try entries().count == ids.count { return try entries() }
    }
    return try entries()
  }

  private static func post(_ link: String) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: link)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(ByteBuffer(string: "List-Unsubscribe=One-Click"))
    return try await HTTPClient.shared.execute(request, timeout: .seconds(20))
  }

  @Test func `a mail arrives, and its link ends all that come after it`() async throws {
    try await Self.withFolder { folder in
      try await SMTPServer.run { server in
        try await Self.serving(Self.configuration(folder, port: server.port)) { application in
          let lead = try await Self.lead(application)
          try await Self.enqueue(application, [.sample("msg_1", to: Self.zoe, lead: lead)])
          let first = try await Self.settled(["msg_1"], application)
          #expect(first.map(\.state) == [.delivered])
          let mail = try #require(server.mails.first)
          #expect(mail.to == Self.zoe && mail.from == "sales@relay.example")
          #expect(mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
          let header = try #require(mail.header("List-Unsubscribe"))
          let link = String(header.dropFirst().dropLast())
          #expect(link.hasPrefix("http://127.0.0.1:") && link.contains("/u/v1."))

          var waiting = OutboundMessage.sample("msg_2", to: Self.zoe, lead: lead)
          waiting.notBefore = SystemClock.now() + .days(1)
          try await Self.enqueue(application, [waiting])
          // A program that looks at mails follows the link.
          let page = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: link), timeout: .seconds(20))
          #expect(page.status == .ok)
          #expect(try application.outbox.entry("msg_2", in: .default)?.state == .queued)

          #expect(try await Self.post(link).status == .ok)
          let second = try application.outbox.entry("msg_2", in: .default)
          #expect(second?.state == .cancelled && second?.cancelReason == "unsubscribed")
          var answer = OutboundMessage.sample("msg_4", to: Self.zoe, lead: lead)
          answer.purpose = .reply
          try await Self.enqueue(application, [.sample("msg_3", to: Self.zoe, lead: lead), answer])
          let later = try await Self.settled(["msg_3", "msg_4"], application)
          #expect(later.map(\.cancelReason) == ["suppression", "suppression"])
          #expect(server.mails.count == 1)

          let pruned = try await application.outbox.pruneSettled(
            before: SystemClock.now() + .days(1), limit: 100)
          #expect(pruned == 4)
          #expect(try await Self.post(link).status == .ok)
          _ = try await Self.call(application, "erase_lead", ["leadID": .string(lead.rawValue)])
          #expect(try await Self.post(link).status == .ok)
          #expect(try await Self.post(link + "A").status == .notFound)
        }
      }
    }
  }

  @Test func `only an address that is not there is left alone for good`() async throws {
    let answers = Locked(["MAIL": "550 sender rejected"])
    let options = SMTPServer.Options(script: { stage, _ in
      answers.withLock { $0[stage] }.map { .say($0) } ?? .usual
    })
    try await Self.withFolder { folder in
      try await SMTPServer.run(options) { server in
        try await Self.serving(Self.configuration(folder, port: server.port)) { application in
          let lead = try await Self.lead(application)
          func reply(_ id: String) async throws {
            var message = OutboundMessage.sample(id, to: Self.zoe, lead: lead)
            message.purpose = .reply
            try await Self.enqueue(application, [message])
          }
          try await reply("wrong_sender")
          let changes = application.events.changes()
          func isDeferred() throws -> Bool {
            let entry = try application.outbox.entry("wrong_sender", in: .default)
            return entry?.state == .queued && entry?.answer?.code == "550"
          }
          if try !isDeferred() {
            for await _ in changes where try isDeferred() { break }
          }
          // Behind the mail itself it is the mail that is not wanted, and not the person.
          answers.withLock { $0 = ["END": "550 message content rejected"] }
          try await reply("content")
          #expect(try await Self.settled(["content"], application).map(\.state) == [.refused])
          answers.withLock { $0 = ["RCPT": "550 no such user"] }
          try await reply("bounced")
          #expect(try await Self.settled(["bounced"], application).map(\.state) == [.refused])
          answers.withLock { $0 = [:] }
          try await reply("later")
          let later = try await Self.settled(["later"], application)
          #expect(later.map(\.cancelReason) == ["suppression"])
        }
      }
    }
  }

  @Test func `a cap holds for the number that several leads share`() async throws {
    try await Self.withFolder { folder in
      try await WebhookServer.run { hooks in
        var configuration = ServerConfiguration(databasePath: "\(folder)/l.sqlite")
        configuration.auditFile = "off"
        configuration.engagement.quietHours = QuietHours(opensAtMinute: 0, closesAtMinute: 1440)
        configuration.outreach.webhook.url = "http://127.0.0.1:\(hooks.port)/in"
        configuration.outreach.webhook.channels = ["sms"]
        configuration.outreach.webhook.secretFile = try Self.secret(in: folder)
        try await Self.serving(configuration) { application in
          let number = "+81312345678"
          var messages: [OutboundMessage] = []
          for place in 0..<5 {
            let result = try await Self.call(
              application, "triage_lead",
              [
                "email": .string("a\(place)@acme.example"), "phone": .string(number),
                "consent": true, "preferredChannel": "sms",
              ])
            let lead = try #require(result["leadID"]?.stringValue)
            _ = try await Self.call(
              application, "record_consent",
              [
                "leadID": .string(lead), "channel": "sms", "state": "granted", "source": "form",
              ])
            var message = OutboundMessage.sample(
              "msg_\(place)", to: number, channel: .sms, lead: LeadID(rawValue: lead))
            // What was written long ago is not put off any longer.
            message.createdAt = SystemClock.now()
            messages.append(message)
          }
          let ids = messages.map(\.id)
          let changes = application.events.changes()
          try await Self.enqueue(application, messages)
          // Each was sent, or put off or stopped by the cap.
          func isDone() throws -> Bool {
            try ids.allSatisfy { id in
              guard let entry = try application.outbox.entry(id, in: .default) else { return false }
              return entry.state.isFinal
                || entry.state == .queued && entry.message.notBefore > SystemClock.now()
            }
          }
          if try !isDone() { for await _ in changes where try isDone() { break } }
          let counts = try await application.outbox.counts(in: .default)
          #expect(counts == [.delivered: 1, .queued: 4], "\(counts)")
        }
        #expect(hooks.hooks.withLock { $0.count } == 1)
      }
    }
  }

  @Test func `two servers on one database send each mail once`() async throws {
    try await Self.withFolder { folder in
      try await SMTPServer.run { server in
        let configuration = Self.configuration(folder, port: server.port)
        try await Self.serving(configuration) { application in
          try await Self.serving(configuration) { other in
            let ids = (0..<40).map { MessageID(rawValue: "msg_\($0)") }
            for id in ids {
              // A person of its own, as nobody is sent so many.
              let email = "\(id.rawValue)@acme.example"
              let lead = try await Self.lead(application, email: email)
              try await Self.enqueue(application, [.sample(id.rawValue, to: email, lead: lead)])
            }
            let entries = try await Self.settled(ids, other)
            #expect(entries.allSatisfy { $0.state == .delivered && $0.attempts == 1 })
          }
        }
        #expect(Set(server.mails.compactMap { $0.header("Message-ID") }).count == 40)
        #expect(server.mails.count == 40)
      }
    }
  }

  @Test func `a server that knows of no way leaves messages to those that do`() async throws {
    try await Self.withFolder { folder in
      try await SMTPServer.run { server in
        let sending = Self.configuration(folder, port: server.port)
        try await Self.serving(sending) { _ in }
        var dry = ServerConfiguration(databasePath: sending.databasePath)
        try await Self.serving(dry) { application in
          let lead = try await Self.lead(application)
          try await Self.enqueue(application, [.sample("msg_1", to: Self.zoe, lead: lead)])
          try await Self.serving(sending) { _ in
            _ = try await Self.settled(["msg_1"], application)
          }
          #expect(server.mails.count == 1)
        }
        // Unless somebody says that nothing is to leave.
        dry.outreach.dryRun = true
        try await Self.serving(dry) { application in
          let lead = try await Self.lead(application)
          try await Self.enqueue(application, [.sample("msg_2", to: Self.zoe, lead: lead)])
          let entries = try await Self.settled(["msg_2"], application)
          #expect(entries.map(\.answer?.code) == ["dry run"])
        }
        #expect(server.mails.count == 1)
      }
    }
  }

  @Test func `each of two servers sends what it has a way for`() async throws {
    try await Self.withFolder { folder in
      try await SMTPServer.run { mails in
        try await WebhookServer.run { hooks in
          let mailing = Self.configuration(folder, port: mails.port)
          var posting = ServerConfiguration(databasePath: mailing.databasePath)
          posting.outreach.webhook.url = "http://127.0.0.1:\(hooks.port)/in"
          posting.outreach.webhook.channels = ["webhook"]
          posting.outreach.webhook.secretFile = try Self.secret(in: folder)
          let other = posting
          try await Self.serving(mailing) { first in
            try await Self.serving(other) { second in
              var (written, posted): ([MessageID], [MessageID]) = ([], [])
              for number in 0..<10 {
                let email = "a\(number)@acme.example"
                let lead = try await Self.lead(first, email: email)
                var mail = OutboundMessage.sample("mail_\(number)", to: email, lead: lead)
                var post = OutboundMessage.sample(
                  "post_\(number)", to: email, channel: .webhook, lead: lead)
                mail.purpose = .reply
                post.purpose = .reply
                // Each by the one that cannot send it.
                try await Self.enqueue(first, [post])
                try await Self.enqueue(second, [mail])
                written.append(mail.id)
                posted.append(post.id)
              }
              let sent = try await Self.settled(written, first)
              #expect(sent.map(\.answer?.code) == Array(repeating: "250 2.0.0", count: 10))
              let taken = try await Self.settled(posted, second)
              #expect(taken.map(\.answer?.code) == Array(repeating: "http 200", count: 10))
            }
          }
          #expect(mails.mails.count == 10 && hooks.hooks.withLock { $0.count } == 10)
        }
      }
    }
  }
}
