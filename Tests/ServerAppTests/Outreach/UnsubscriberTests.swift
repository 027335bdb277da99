import JSONRPC
import Marketing
import Sealing
import ServerApp
import Testing

@Suite struct UnsubscriberTests {
  private static func token(
    _ message: String = "msg_1", lead: String = "lead_1", channel: OutreachChannel = .email
  ) -> UnsubscribeToken {
    UnsubscribeToken(
      workspace: .default, leadID: LeadID(rawValue: lead), messageID: MessageID(rawValue: message),
      channel: channel)
  }

  @Test func aTokenIsShortSafeInURLsAndReadByNobody() throws {
    let ring = try KeyRing.inMemory()
    let text = try Self.token().text(sealedBy: ring)
    #expect(text.utf8.count < 150)
    #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
    let bytes = Base64URL.bytes(of: text.dropFirst("v1.".count).utf8) ?? []
    #expect(!bytes.isEmpty && !String(decoding: bytes, as: UTF8.self).contains("lead_1"))
    #expect(UnsubscribeToken(text, ring: ring) == Self.token())
    // Keys are added, and mails are kept for years.
    try ring.rotate(now: 1)
    #expect(UnsubscribeToken(text, ring: ring) == Self.token())
    #expect(UnsubscribeToken(text, ring: try .inMemory()) == nil)
  }

  @Test func aTokenThatDiffersInAnyByteIsNone() throws {
    let ring = try KeyRing.inMemory()
    let bytes = Array(try Self.token().text(sealedBy: ring).utf8)
    for place in bytes.indices {
      for byte in Array("AB_.".utf8) where bytes[place] != byte {
        var mangled = bytes
        mangled[place] = byte
        #expect(UnsubscribeToken(String(decoding: mangled, as: UTF8.self), ring: ring) == nil)
      }
    }
    for text in ["", "v1.", String(decoding: bytes.dropLast(), as: UTF8.self)] {
      #expect(UnsubscribeToken(text, ring: ring) == nil)
    }
    // Sealed by us for something else.
    let other = try ring.seal(Array("default\nlead_1\nmsg_1\nemail".utf8), purpose: "cursor")
    #expect(UnsubscribeToken(other, ring: ring) == nil)
  }

  @Test(arguments: [OutreachChannel.email, .calendar])
  func whoFollowsALinkGetsNoMoreMails(_ channel: OutreachChannel) async throws {
    let samples = try await OutreachSamples()
    let ring = try KeyRing.inMemory()
    try await samples.enqueue([
      OutreachSamples.message("msg_1"), OutreachSamples.message("msg_2", channel: .sms),
      OutreachSamples.message("msg_3", purpose: .reply),
    ])
    let unsubscriber = samples.unsubscriber(ring)
    let text = try Self.token(channel: channel).text(sealedBy: ring)
    #expect(unsubscriber.isKnown(text))
    for _ in 1...2 {
      #expect(try await unsubscriber.unsubscribe(text))
      let held = try samples.consents.suppressions(
        of: [.email("zoe@acme.example")], in: .default)
      #expect(held.map(\.reason) == [.unsubscribed] && held.map(\.channel) == [.email])
      #expect(try await samples.outbox.counts(in: .default) == [.cancelled: 2, .queued: 1])
    }
    let suppressed = try samples.events(.contactSuppressed)
    #expect(suppressed.map(\.leadID) == [samples.lead])
    #expect(
      suppressed.first?.facts == [
        "messageID": "msg_1", "channel": "email", "reason": "unsubscribed", "addresses": 1,
      ])
    #expect(
      try samples.events(.messageStopped).map { $0.facts["messageID"]?.stringValue }
        == ["msg_1", "msg_2"])
  }

  /// What was agreed to; what of it holds when the person has left.
  @Test(
    arguments: [
      ([], []), ([(.email, .marketing)], ["email marketing withdrawn"]),
      (
        [(.email, .marketing), (.calendar, .marketing), (.email, .service), (.sms, .marketing)],
        [
          "email marketing withdrawn", "email service granted", "sms marketing granted",
          "calendar marketing withdrawn",
        ]
      ),
    ] as [([(OutreachChannel, OutreachPurpose)], [String])])
  func whatWasAgreedToIsTakenBack(
    _ agreed: [(OutreachChannel, OutreachPurpose)], _ held: [String]
  ) async throws {
    let samples = try await OutreachSamples()
    let ring = try KeyRing.inMemory()
    try await samples.enqueue([OutreachSamples.message("msg_1")])
    for (number, (channel, purpose)) in agreed.enumerated() {
      _ = try await samples.consents.record(
        Consent(
          id: ConsentID(rawValue: "con_\(number)"), leadID: samples.lead, channel: channel,
          purpose: purpose, state: .granted, source: "form", at: OutreachSamples.start),
        address: nil,
        event: Event(
          id: EventID(rawValue: "evt_\(number)"), kind: .consentRecorded,
          occurredAt: OutreachSamples.start, actor: "test"), in: .default)
    }
    let token = try Self.token().text(sealedBy: ring)
    for _ in 1...2 { #expect(try await samples.unsubscriber(ring).unsubscribe(token)) }
    let said = try samples.consents.consents(of: samples.lead, addresses: [], in: .default)
    #expect(
      Consent.current(in: said).map { "\($0.channel) \($0.purpose) \($0.state)" } == held)
    let withdrawn = said.filter { $0.state == .withdrawn }
    #expect(withdrawn.allSatisfy { $0.source == "one_click" })
    #expect(withdrawn.count == held.count { $0.hasSuffix("withdrawn") })
    #expect(
      try samples.events(.consentRecorded).count { $0.facts["state"] == "withdrawn" }
        == withdrawn.count)
  }

  @Test func theAddressThatTheMailWentToIsMeantToo() async throws {
    let samples = try await OutreachSamples()
    let ring = try KeyRing.inMemory()
    try await samples.enqueue([OutreachSamples.message("msg_1", to: "Zoe+x@old.example")])
    let token = try Self.token().text(sealedBy: ring)
    #expect(try await samples.unsubscriber(ring).unsubscribe(token))
    for address in ["zoe@acme.example", "zoe@old.example"] {
      #expect(
        try samples.consents.isSuppressed([.email(address)], on: .email, in: .default), "\(address)"
      )
    }
    #expect(
      try !samples.consents.isSuppressed([.email("zoe@acme.example")], on: .phone, in: .default))
  }

  @Test func aMessageThatIsGoneIsNotNeeded() async throws {
    let samples = try await OutreachSamples()
    let ring = try KeyRing.inMemory()
    let token = try Self.token("msg_pruned").text(sealedBy: ring)
    #expect(try await samples.unsubscriber(ring).unsubscribe(token))
    #expect(
      try samples.consents.isSuppressed([.email("zoe@acme.example")], on: .email, in: .default))
  }

  @Test func ofSomebodyWhoWasErasedNothingIsLeftToDo() async throws {
    let samples = try await OutreachSamples()
    let ring = try KeyRing.inMemory()
    let token = try Self.token(lead: "lead_gone").text(sealedBy: ring)
    #expect(try await samples.unsubscriber(ring).unsubscribe(token))
    #expect(try samples.events(.contactSuppressed).isEmpty)
  }

  @Test func anUnknownTokenChangesNothing() async throws {
    let samples = try await OutreachSamples()
    let token = try Self.token().text(sealedBy: .inMemory())
    let unsubscriber = samples.unsubscriber(try .inMemory())
    #expect(try await !unsubscriber.unsubscribe(token) && !unsubscriber.isKnown(token))
    #expect(try samples.events(.contactSuppressed).isEmpty)
  }
}
