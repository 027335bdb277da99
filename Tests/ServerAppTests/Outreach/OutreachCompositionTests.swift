import JSONRPC
import Logging
import Marketing
import Outreach
import Sealing
import ServerApp
import Testing

@Suite(.timeLimit(.minutes(1))) struct OutreachCompositionTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func plan() throws -> OutreachPlan {
    var configuration = ServerConfiguration(databasePath: "/tmp/none.sqlite")
    configuration.outreach.mail.url = "smtp://127.0.0.1:1"
    configuration.outreach.mail.from = "sales@acme.example"
    configuration.outreach.organization = "Acme"
    configuration.outreach.postalAddress = "Storgata 1, Oslo"
    configuration.outreach.mail.connections = 2
    configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
    return try OutreachPlan(configuration)
  }

  private static func composition(
    _ plan: OutreachPlan, _ links: UnsubscribeLinks, in folder: String = "/tmp/none"
  ) -> OutreachComposition {
    OutreachComposition(
      plan, links: links, mark: OutreachMark(besideDatabase: "\(folder)/l.sqlite"), logger: logger,
      now: { OutreachSamples.start })
  }

  @Test func everyChannelHasItsWay() throws {
    let links = UnsubscribeLinks(ring: try .inMemory(), publicURL: nil)
    let channels = Self.composition(try Self.plan(), links).channels()
    let ways = OutreachChannel.allCases.map { kind in
      channels.channel(for: kind).destination(of: OutreachSamples.message("m", channel: kind))
    }
    let mail = "smtp 127.0.0.1:1"
    #expect(ways == [mail, "dry run", "dry run", "dry run", "dry run", mail])
    #expect(channels.limits(for: .email).concurrency == 2)
    let dry = Self.composition(.dryRun, links).channels()
    for kind in OutreachChannel.allCases { #expect(dry.channel(for: kind) is DryRunChannel) }
  }

  @Test func aMarketingMailWaitsUntilItCanSayHowToEndIt() async throws {
    let ring = try KeyRing.inMemory()
    let links = UnsubscribeLinks(ring: ring, publicURL: nil)
    let gate = Self.composition(try Self.plan(), links).gate(behind: { _, _ in .go })
    let now = OutreachSamples.start
    let mail = OutreachSamples.attempt(OutreachSamples.message("msg_1"))
    for message in [
      OutreachSamples.message("msg_2", purpose: .reply),
      OutreachSamples.message("msg_3", channel: .sms),
    ] {
      let attempt = OutreachSamples.attempt(message)
      #expect(await gate(attempt, now) == .go)
      #expect(links.link(for: attempt) == nil)
    }
    #expect(
      await gate(mail, now) == .postpone(until: now + .seconds(2), gate: "unsubscribe_link"))
    links.listening(at: "http://127.0.0.1:8080")
    links.listening(at: "http://127.0.0.1:9999")
    #expect(await gate(mail, now) == .go)
    let link = try #require(links.link(for: mail))
    let start = "http://127.0.0.1:8080/u/"
    #expect(link.hasPrefix(start))
    let token = UnsubscribeToken(String(link.dropFirst(start.count)), ring: ring)
    #expect(token?.messageID == mail.message.id && token?.leadID == mail.message.leadID)
  }

  @Test func linksLeadToThePublicURL() throws {
    let links = UnsubscribeLinks(ring: try .inMemory(), publicURL: "https://Leads.acme.example:443")
    links.listening(at: "http://127.0.0.1:8080")
    let link = links.link(for: OutreachSamples.attempt(OutreachSamples.message("msg_1")))
    #expect(link?.hasPrefix("https://leads.acme.example/u/v1.") == true)
  }

  @Test func theFirstThatSendsLeavesItsMark() async throws {
    let samples = try await OutreachSamples()
    try await ServerProcess.withFolder { folder in
      let links = UnsubscribeLinks(ring: try .inMemory(), publicURL: nil)
      let mark = OutreachMark(besideDatabase: "\(folder)/l.sqlite")
      _ = Self.composition(.dryRun, links, in: folder)
        .worker(samples.stores, log: samples.stores, gate: { _, _ in .go })
      #expect(mark.channels.isEmpty && mark.liveChannels.isEmpty)
      let worker = Self.composition(try Self.plan(), links, in: folder)
        .worker(samples.stores, log: samples.stores, gate: { _, _ in .go })
      #expect(mark.channels == [.email, .calendar])
      #expect(withExtendedLifetime(worker) { mark.liveChannels } == [.email, .calendar])
    }
  }
}
