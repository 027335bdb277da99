import Marketing
import Testing

@Suite("ConsentStore")
struct ConsentStoreContract {
  private static let email = ContactAddress.email("ann@acme.example")
  private static let phone = ContactAddress.phone("+4722334455")
  private static let identity = LeadIdentity(email: "ann@acme.example", phone: "+4722334455")

  private func store(_ id: String, _ identity: LeadIdentity, in stores: Stores) async throws {
    let lead = Lead.sample(id)
    try await stores.leads.saveTriage(
      .sample(lead.id), of: lead, identity: identity, basis: .unchecked, shadows: [],
      events: [.sample("evt_\(id)", .leadCreated, of: lead.id)], in: .default)
  }

  private func consent(
    _ id: String, of lead: LeadID? = nil, _ state: Consent.State = .granted,
    on channel: OutreachChannel = .email, after seconds: Int = 0
  ) -> Consent {
    Consent(
      id: ConsentID(rawValue: id), leadID: lead, channel: channel, purpose: .marketing,
      state: state, source: "form", wordingVersion: state == .granted ? "v1" : nil,
      at: noon + .seconds(seconds))
  }

  private func suppression(
    _ channel: OutreachChannel? = nil, _ reason: Suppression.Reason = .requested,
    after seconds: Int = 0
  ) -> Suppression {
    Suppression(
      channel: channel, reason: reason, actor: "tests", since: noon + .seconds(seconds))
  }

  private func suppress(
    _ entries: [SuppressionEntry], in stores: Stores, _ workspace: WorkspaceID = .default
  ) async throws -> SuppressionResult {
    try await stores.consents.suppress(
      entries, event: { Event.sample("evt_s\($0)", .contactSuppressed, of: nil) }, in: workspace)
  }

  @Test("statements are kept, of the lead and of its addresses", arguments: Backend.allCases)
  func statements(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await store("L1", Self.identity, in: stores)
      let event = Event.sample("evt_c", .consentRecorded, of: "L1")
      let (first, second) = (consent("c1", of: "L1"), consent("c2", of: "L1", .withdrawn, after: 9))
      let other = consent("c3", on: .sms)
      let consents = stores.consents
      #expect(try await consents.record(first, address: Self.email, event: event, in: .default))
      #expect(try await !consents.record(first, address: Self.email, event: event, in: .default))
      #expect(
        try await consents.record(
          second, address: Self.email, event: .sample("evt_d", .consentRecorded, of: "L1"),
          in: .default))
      #expect(
        try await consents.record(
          other, address: Self.phone, event: .sample("evt_e", .consentRecorded, of: nil),
          in: .default))
      let all = [Self.email, Self.phone]
      #expect(try consents.consents(of: "L1", addresses: [], in: .default) == [first, second])
      #expect(
        try consents.consents(of: "L1", addresses: all, in: .default) == [first, second, other])
      #expect(try consents.consents(of: nil, addresses: [Self.phone], in: .default) == [other])
      #expect(try consents.consents(of: nil, addresses: [], in: .default) == [])
      #expect(try consents.consents(of: "L1", addresses: all, in: .other) == [])
      #expect(
        try consents.currentConsents(of: "L1", addresses: all, in: .default) == [second, other])
      let logged = try stores.events.events(after: 0, limit: 99).map(\.event.kind)
      #expect(logged.count { $0 == .consentRecorded } == 3)
    }
  }

  @Test("a name stands for one statement, of a lead that is there", arguments: Backend.allCases)
  func refusals(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let event = Event.sample("evt_c", .consentRecorded, of: nil)
      _ = try await stores.consents.record(
        consent("c1"), address: Self.email, event: event, in: .default)
      let taken = await #expect(throws: StoreError.self) {
        try await stores.consents.record(
          consent("c1", .withdrawn), address: Self.email, event: event, in: .default)
      }
      #expect(taken?.code == .conflict)
      let unknown = await #expect(throws: StoreError.self) {
        try await stores.consents.record(
          consent("c2", of: "L9"), address: nil, event: event, in: .default)
      }
      #expect(unknown?.code == .notFound)
    }
  }

  @Test("a suppression holds for its address, channel and workspace", arguments: Backend.allCases)
  func suppressions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = try await suppress(
        [
          SuppressionEntry(.address(Self.email), suppression(.email, .unsubscribed)),
          SuppressionEntry(.address(Self.phone), suppression()),
        ], in: stores)
      #expect(first.added == 2 && first.known == 0 && first.foreign == [])
      let again = try await suppress(
        [SuppressionEntry(.address(Self.phone), suppression(nil, .complaint, after: 9))],
        in: stores)
      #expect(again.added == 0 && again.known == 1)
      let consents = stores.consents
      #expect(
        try consents.suppressions(of: [Self.email, Self.phone], in: .default)
          == [suppression(.email, .unsubscribed), suppression()])
      for (address, channel, holds) in [
        (Self.email, OutreachChannel.email, true), (Self.email, .calendar, true),
        (Self.email, .chat, false), (Self.phone, .sms, true), (Self.phone, .email, true),
      ] {
        #expect(try consents.isSuppressed([address], on: channel, in: .default) == holds)
        #expect(try !consents.isSuppressed([address], on: channel, in: .other))
      }
      #expect(
        try await consents.suppressionCounts(in: .default).map {
          "\($0.channel?.rawValue ?? "all") \($0.reason) \($0.count)"
        }
          == ["all requested 1", "email unsubscribed 1"])
      let logged = try stores.events.events(after: 0, limit: 99).map(\.event.kind)
      #expect(logged == [.contactSuppressed])
    }
  }

  /// As what somebody opted out, as what a lead has its address, whether a consent that was given holds for it.
  private static let spellings: [(ContactAddress, ContactAddress, isSame: Bool)] = [
    (.phone("+4722334455"), .phone("22334455"), true),
    (.phone("03012345678"), .phone("+493012345678"), true),
    (.phone("4722334455"), .phone("+4722334455"), false),
    (.phone("84951234567"), .phone("+74951234567"), false),
  ]

  @Test("who said no is found by another spelling", arguments: Backend.allCases, spellings)
  func spelledOtherwise(
    backend: Backend, entry: (ContactAddress, ContactAddress, isSame: Bool)
  ) async throws {
    let (said, known, isSame) = entry
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let consents = stores.consents
      for (number, state) in [Consent.State.granted, .withdrawn].enumerated() {
        _ = try await consents.record(
          consent("c\(number)", state, on: .sms, after: number), address: said,
          event: .sample("evt_\(number)", .consentRecorded, of: nil), in: .default)
      }
      let found = try consents.consents(of: nil, addresses: [known], in: .default)
      #expect(found.map(\.state) == (isSame ? [.granted, .withdrawn] : [.withdrawn]))
      _ = try await suppress([SuppressionEntry(.address(said), suppression(.sms))], in: stores)
      #expect(try consents.isSuppressed([known], on: .sms, in: .default))
      #expect(try !consents.isSuppressed([.phone("+4722334456")], on: .sms, in: .default))
      try await store("L1", LeadIdentity(phone: "+4722334455"), in: stores)
      let touch = ContactTouch(leadID: "L1", channel: .sms, at: noon)
      try await consents.note([touch], addresses: [said], in: .default)
      #expect(
        try consents.touches(of: "L2", addresses: [known], since: noon, in: .default)
          == (isSame ? [touch] : []))
      let removed = try await consents.unsuppress(
        [isSame ? known : said], channel: nil,
        event: { _ in .sample("evt_u", .contactUnsuppressed, of: nil) }, in: .default)
      #expect(removed == 1)
      #expect(try !consents.isSuppressed([known, said], on: .sms, in: .default))
    }
  }

  @Test("who was erased is found by another spelling", arguments: Backend.allCases)
  func erasedSpellings(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let identity = LeadIdentity(phone: "+4722334455")
      try await store("L1", identity, in: stores)
      _ = try await stores.consents.record(
        consent("c1", on: .sms), address: .phone("22334455"),
        event: .sample("evt_c", .consentRecorded, of: nil), in: .default)
      let erasure = try await stores.erase("L1", identity)
      #expect(erasure.places.first { $0.name == "consents" }?.erased == 1)
      for number in ["22334455", "+4722334455", "4722334455"] {
        #expect(
          try stores.consents.suppressions(of: [.phone(number)], in: .default)
            == [.erased(since: noon)])
        #expect(try stores.erasures.isSuppressed(LeadIdentity(phone: number), in: .default))
      }
    }
  }

  @Test("a hash is good in its workspace alone", arguments: Backend.allCases)
  func hashesOfAnotherWorkspace(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await suppress([SuppressionEntry(.address(Self.email), suppression())], in: stores)
      let listed = try await stores.consents.suppressedHashes(
        after: nil, limit: 9, in: .default)
      let result = try await suppress(
        listed.map { SuppressionEntry(.hash($0.hash), $0.suppression) }, in: stores, .other)
      #expect(result.added == 0 && result.foreign == [0])
    }
  }

  @Test("what is taken back is open again, but for erasures", arguments: Backend.allCases)
  func takingBack(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await store("L1", Self.identity, in: stores)
      _ = try await suppress(
        [SuppressionEntry(.address(Self.phone), suppression())]
          + [OutreachChannel.sms, .phone].map {
            SuppressionEntry(.address(Self.phone), suppression($0))
          }, in: stores)
      let event = Event.sample("evt_u", .contactUnsuppressed, of: nil)
      func unsuppress(_ channel: OutreachChannel?) async throws -> Int {
        try await stores.consents.unsuppress(
          [Self.phone], channel: channel, event: { _ in event }, in: .default)
      }
      #expect(try await unsuppress(.sms) == 1)
      #expect(
        try stores.consents.suppressions(of: [Self.phone], in: .default)
          == [suppression(), suppression(.phone)])
      #expect(try await unsuppress(nil) == 2)
      #expect(try await unsuppress(nil) == 0)
      #expect(try stores.consents.suppressions(of: [Self.phone], in: .default) == [])
      _ = try await stores.erase("L1", Self.identity)
      #expect(try await unsuppress(nil) == 0)
      #expect(
        try stores.consents.suppressions(of: [Self.phone], in: .default) == [.erased(since: noon)])
      #expect(try stores.consents.isSuppressed([Self.email], on: .chat, in: .default))
    }
  }

  @Test("a list that leaves the store comes back into it", arguments: Backend.allCases)
  func export(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await store("L1", Self.identity, in: stores)
      let entries = (0..<25).map { number in
        SuppressionEntry(
          .address(.email("a\(number)@acme.example")),
          suppression(number % 2 == 0 ? nil : .email, .bounced, after: number))
      }
      _ = try await suppress(entries, in: stores)
      _ = try await suppress(
        [SuppressionEntry(.address(.email("x@acme.example")), suppression())], in: stores, .other)
      _ = try await stores.erase("L1", Self.identity)
      var listed: [SuppressedHash] = []
      while true {
        let page = try await stores.consents.suppressedHashes(
          after: listed.last, limit: 4, in: .default)
        listed += page
        if page.count < 4 { break }
      }
      #expect(listed.count == 27 && Set(listed).count == 27)
      #expect(listed.count { $0.suppression.reason == .erased } == 2)
      #expect(listed.allSatisfy { !$0.hash.contains("acme") })
      let addresses = entries.compactMap { entry -> ContactAddress? in
        if case .address(let address) = entry.who { address } else { nil }
      }
      let gone = try await stores.consents.unsuppress(
        addresses, channel: nil,
        event: { _ in Event.sample("evt_u", .contactUnsuppressed, of: nil) }, in: .default)
      #expect(gone == 25)
      var back = listed.map { SuppressionEntry(.hash($0.hash), $0.suppression) }
      let foreign = "0000000000000000:0000000000000001"
      back.insert(SuppressionEntry(.hash(foreign), suppression()), at: 1)
      back.append(SuppressionEntry(.hash("ann@acme.example"), suppression()))
      let result = try await suppress(back, in: stores)
      #expect(result.added == 27 && result.foreign == [1, 28])
      for (entry, address) in zip(entries, addresses) {
        #expect(
          try stores.consents.suppressions(of: [address], in: .default) == [entry.suppression])
      }
    }
  }

  @Test("contacts are counted over all leads of an address", arguments: Backend.allCases)
  func contacts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await store("L1", Self.identity, in: stores)
      try await store("L2", Self.identity, in: stores)
      let touches = [
        ContactTouch(
          leadID: "L1", channel: .email, campaignID: "CMP1", at: noon + .seconds(20)),
        ContactTouch(leadID: "L1", channel: .chat, at: noon + .seconds(10)),
        ContactTouch(leadID: "L2", kind: .response, channel: .sms, at: noon + .seconds(30)),
      ]
      let (addresses, consents) = ([Self.email, Self.phone], stores.consents)
      try await consents.note(Array(touches.prefix(2)), addresses: addresses, in: .default)
      try await consents.note([touches[2]], addresses: addresses, in: .default)
      func found(_ lead: LeadID, _ addresses: [ContactAddress], _ since: Int = 0) throws
        -> [ContactTouch]
      {
        try consents.touches(
          of: lead, addresses: addresses, since: noon + .seconds(since), in: .default)
      }
      #expect(try found("L1", addresses) == [touches[1], touches[0], touches[2]])
      // What no address leads to is counted by the lead alone.
      #expect(try found("L2", addresses) == [touches[0], touches[2]])
      #expect(try found("L1", []) == [touches[1], touches[0]])
      #expect(try found("L1", addresses, 20) == [touches[0], touches[2]])
      #expect(try found("L3", []) == [])
      let unknown = await #expect(throws: StoreError.self) {
        try await consents.note(
          [ContactTouch(leadID: "L9", channel: .email, at: noon)], addresses: [], in: .default)
      }
      #expect(unknown?.code == .notFound)
    }
  }

  @Test(
    "what is said with a suppression is stored with it, or neither is", arguments: Backend.allCases)
  func suppressingAndSaying(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await store("L1", Self.identity, in: stores)
      let consents = stores.consents
      func suppress(_ said: Consent, _ id: String) async throws -> SuppressionResult {
        try await consents.suppress(
          [SuppressionEntry(.address(Self.email), suppression(.email))],
          saying: [
            ConsentStatement(
              said, address: Self.email, event: .sample(id, .consentRecorded, of: said.leadID))
          ], event: { _ in .sample("evt_s_\(id)", .contactSuppressed, of: nil) }, in: .default)
      }
      let unknown = await #expect(throws: StoreError.self) {
        try await suppress(consent("c1", of: "L9", .withdrawn), "evt_0")
      }
      #expect(unknown?.code == .notFound)
      #expect(try consents.suppressions(of: [Self.email], in: .default) == [])
      let said = consent("c1", of: "L1", .withdrawn)
      #expect(try await suppress(said, "evt_1").added == 1)
      #expect(try await suppress(said, "evt_2").added == 0)
      #expect(try consents.consents(of: nil, addresses: [Self.email], in: .default) == [said])
      let logged = try stores.events.events(after: 0, limit: 99).map(\.event.kind)
      #expect(
        logged.filter { [.consentRecorded, .contactSuppressed].contains($0) }
          == [.consentRecorded, .contactSuppressed])
    }
  }

  @Test("old contacts are forgotten, so many at a time", arguments: Backend.allCases)
  func pruning(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let consents = stores.consents
      try await store("L1", Self.identity, in: stores)
      let lead = Lead.sample("L1")
      try await stores.leads.saveTriage(
        .sample(lead.id), of: lead, identity: Self.identity, basis: .unchecked, shadows: [],
        events: [.sample("evt_other", .leadCreated, of: lead.id)], in: .other)
      let touches = [0, 10, 20, 30].map {
        ContactTouch(leadID: "L1", channel: .email, at: noon + .seconds($0))
      }
      for workspace in [WorkspaceID.default, .other] {
        try await consents.note(touches, addresses: [Self.email], in: workspace)
      }
      let end = noon + .seconds(20)
      #expect(try await consents.pruneTouches(before: end, limit: 0) == 0)
      #expect(try await consents.pruneTouches(before: end, limit: 3) == 3)
      #expect(try await consents.pruneTouches(before: end, limit: 3) == 1)
      #expect(try await consents.pruneTouches(before: end, limit: 3) == 0)
      for workspace in [WorkspaceID.default, .other] {
        #expect(
          try consents.touches(of: "L1", addresses: [], since: noon, in: workspace)
            == Array(touches.suffix(2)))
      }
    }
  }

  @Test("what a lead said is erased with it", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await store("L1", Self.identity, in: stores)
      try await store("L2", Self.identity, in: stores)
      let (addresses, consents) = ([Self.email, Self.phone], stores.consents)
      let kept = consent("c3", of: "L2", on: .phone)
      for (number, entry) in [
        (consent("c1", of: "L1"), Self.email), (consent("c2", on: .sms), Self.phone),
        (kept, Self.phone),
      ].enumerated() {
        _ = try await consents.record(
          entry.0, address: entry.1,
          event: .sample("evt_c\(number)", .consentRecorded, of: entry.0.leadID), in: .default)
      }
      let touch = ContactTouch(leadID: "L2", channel: .email, at: noon)
      try await consents.note(
        [ContactTouch(leadID: "L1", channel: .email, at: noon), touch], addresses: addresses,
        in: .default)
      _ = try await suppress(
        [SuppressionEntry(.address(Self.email), suppression(.email))], in: stores)
      let erasure = try await stores.erase("L1", Self.identity)
      let erased = Dictionary(uniqueKeysWithValues: erasure.places.map { ($0.name, $0.erased) })
      #expect(erased["consents"] == 2 && erased["contacts"] == 1)
      #expect(erasure.isComplete)
      #expect(try consents.consents(of: "L1", addresses: addresses, in: .default) == [kept])
      #expect(
        try consents.touches(of: "L1", addresses: addresses, since: noon, in: .default) == [touch])
      #expect(
        try consents.suppressions(of: [Self.email], in: .default)
          == [suppression(.email), .erased(since: noon)])
    }
  }
}
