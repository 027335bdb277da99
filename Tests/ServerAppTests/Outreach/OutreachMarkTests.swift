import Marketing
import ServerApp
import Testing

@Suite struct OutreachMarkTests {
  private static let all = Set(OutreachChannel.allCases)

  private static func plan(mails: Bool, dryRun: Bool? = nil) throws -> OutreachPlan {
    var configuration = ServerConfiguration(databasePath: "/tmp/none.sqlite")
    if mails {
      configuration.outreach.mail.url = "smtp://127.0.0.1:1"
      configuration.outreach.mail.from = "sales@acme.example"
      configuration.outreach.organization = "Acme"
      configuration.outreach.postalAddress = "Storgata 1, Oslo"
      configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
    }
    configuration.outreach.dryRun = dryRun
    return try OutreachPlan(configuration)
  }

  @Test func aChannelStaysMarkedAndIsLiveForAsLongAsItIsHeld() async throws {
    try await ServerProcess.withFolder { folder in
      let mark = OutreachMark(besideDatabase: "\(folder)/l.sqlite")
      #expect(mark.channels == [] && mark.liveChannels == [])
      var first = mark.hold([.sms, .phone])
      #expect(first != nil)
      #expect(mark.channels == [.sms, .phone] && mark.liveChannels == [.sms, .phone])
      // Several may have a way for the same channel.
      let second = mark.hold([.sms, .email])
      first = nil
      #expect(mark.channels == [.sms, .phone, .email] && mark.liveChannels == [.sms, .email])
      withExtendedLifetime(second) {}
      #expect(OutreachMark(besideDatabase: "\(folder)/none/l.sqlite").hold([.sms]) == nil)
    }
  }

  @Test func whatOthersSendIsLeftToThem() async throws {
    try await ServerProcess.withFolder { folder in
      let mark = OutreachMark(besideDatabase: "\(folder)/l.sqlite")
      let mailing = try Self.plan(mails: true)
      let idle = try Self.plan(mails: false)
      let dry = try Self.plan(mails: true, dryRun: true)
      for plan in [mailing, idle, dry] { #expect(plan.claimedChannels(besides: mark) == Self.all) }
      // Another process posts texts.
      var texting = mark.hold([.sms])
      #expect(texting != nil)
      let others = Self.all.subtracting([.sms])
      for plan in [mailing, idle, dry] { #expect(plan.claimedChannels(besides: mark) == others) }
      // It ended, and will come back; only who has asked for a dry run has it.
      texting = nil
      #expect(mailing.claimedChannels(besides: mark) == others)
      #expect(idle.claimedChannels(besides: mark) == others)
      #expect(dry.claimedChannels(besides: mark) == Self.all)
      // What is one's own is taken whoever else sends it.
      let same = mark.hold([.email, .calendar])
      #expect(mailing.claimedChannels(besides: mark) == others)
      #expect(dry.claimedChannels(besides: mark) == Self.all.subtracting([.email, .calendar]))
      withExtendedLifetime(same) {}
    }
  }
}
