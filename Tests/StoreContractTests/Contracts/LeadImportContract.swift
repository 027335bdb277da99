import JSONRPC
import Marketing
import Testing

/// What importing files does to leads, and what it must not undo.
@Suite("DatasetStore: leads of files")
struct LeadImportContract {
  /// Reads a row of a file once more.
  private static func read(
    _ rows: [ImportedLead], _ file: String = "/a.csv", reading: Int64, _ stores: Stores
  ) async throws -> ImportResult {
    var step = ImportStep(
      source: ImportSource(file: file, reading: reading),
      rows: .leads(rows) { LeadIdentity(of: $0, keepsPlusTags: false) })
    step.lines = Array(2..<2 + rows.count)
    return try await stores.datasets.importRows(step, event: .imported("e"), in: .default)
  }

  private static func row(
    _ id: String, at time: Timestamp = noon, _ change: (inout Lead) -> Void
  ) -> ImportedLead {
    var lead = Lead.bare(id, at: time)
    change(&lead)
    var row = ImportedLead(lead)
    row.saysTime = false
    row.saysStatus = lead.status != .new
    return row
  }

  private static func ann(at time: Timestamp = noon) -> ImportedLead {
    var row = row("ann", at: time) {
      $0.contact.email = "ann@acme-co.example"
      $0.contact.phone = "+4791234567"
      $0.account.company = "Acme"
      $0.hasConsent = true
      $0.status = .converted
    }
    row.conversion = .init(
      outcome: Outcome(leadID: "ann", disposition: .converted, occurredAt: time), isDated: false,
      column: "converted")
    return row
  }

  private static func ann(_ stores: Stores) throws -> Lead {
    try #require(try stores.leads.lead("ann", in: .default))
  }

  private static func conversions(_ id: LeadID, _ stores: Stores) throws -> Int {
    try stores.leads.history(of: id, identity: LeadIdentity(), in: .default).conversions
  }

  @Test(
    "reading a file again later changes nothing and counts nothing twice",
    arguments: Backend.allCases)
  func again(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = try await Self.read([Self.ann()], reading: 1, stores)
      #expect(first.rows == ImportCount(added: 1))
      #expect(first.conversions == ImportCount(added: 1))
      for reading in 2...3 {
        let again = try await Self.read(
          [Self.ann(at: noon + .days(reading))], reading: Int64(reading), stores)
        #expect(again.rows == ImportCount(unchanged: 1))
        #expect(again.conversions == ImportCount(unchanged: 1))
      }
      #expect(try Self.ann(stores).createdAt == noon)
      #expect(try Self.conversions("ann", stores) == 1)
      #expect(try stores.events.latestSequence() == 1)
    }
  }

  @Test("what was recorded here stays, also when the row has changed", arguments: Backend.allCases)
  func recorded(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var row = Self.ann()
      row.lead.score = 70
      row.lead.category = .campaignQualified
      _ = try await Self.read([row], reading: 1, stores)
      var lead = try Self.ann(stores)
      lead.hasConsent = false
      lead.score = 34
      lead.category = .coldLead
      lead.contact.phone = "+4799999999"
      lead.lastActiveAt = noon + .days(9)
      try await stores.update(lead)
      row.lead.contact.name = "Ann Berg"
      row.lead.score = 71
      row.lead.category = .generalInquiry
      row.lead.lastActiveAt = noon + .days(2)
      let changed = try await Self.read([row], reading: 2, stores)
      #expect(changed.rows == ImportCount(changed: 1))
      lead.contact.name = "Ann Berg"
      #expect(try Self.ann(stores) == lead)
      // Consent that another file claims does not overturn the refusal either.
      let claim = Self.row("ann") { $0.hasConsent = true }
      _ = try await Self.read([claim], "/b.csv", reading: 3, stores)
      #expect(try Self.ann(stores).hasConsent == false)
    }
  }

  @Test("a row sets what it has and blanks nothing", arguments: Backend.allCases)
  func merges(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let other = Self.row("ann") {
        $0.contact.email = "ann@acme-co.example"
        $0.source = "Webinar"
        $0.account.company = "Acme Ltd"
        $0.attributes = ["seat": 7]
      }
      var first = Self.ann()
      first.lead.attributes = ["hall": 2]
      _ = try await Self.read([first], "/a.csv", reading: 1, stores)
      let changed = try await Self.read([other], "/b.csv", reading: 2, stores)
      #expect(changed.rows == ImportCount(changed: 1))
      var expected = first.lead
      expected.source = "Webinar"
      expected.account.company = "Acme Ltd"
      expected.attributes = ["hall": 2, "seat": 7]
      #expect(try Self.ann(stores) == expected)
      // Neither says anything new, in whatever order they are read.
      for (file, row) in [("/a.csv", first), ("/b.csv", other), ("/a.csv", first)] {
        let again = try await Self.read([row], file, reading: 3, stores)
        #expect(again.rows == ImportCount(unchanged: 1))
      }
      // A value that was changed and changed back is news each time.
      for company in ["Acme Inc", "Acme"] {
        var row = first
        row.lead.account.company = company
        let result = try await Self.read([row], reading: company == "Acme" ? 5 : 4, stores)
        #expect(result.rows == ImportCount(changed: 1))
        #expect(try Self.ann(stores).account.company == company)
      }
      let found = try stores.leads.history(
        of: nil, identity: LeadIdentity(phone: "+4791234567"), in: .default)
      #expect(found.duplicates.map(\.leadID) == ["ann"])
    }
  }

  @Test("rows of one lead in a file are put together, the later wins", arguments: Backend.allCases)
  func repeatedRows(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = Self.row("ann") {
        $0.account.company = "A"
        $0.contact.name = "Ann"
      }
      var second = Self.row("ann") {
        $0.account.company = "B"
        $0.source = "Fair"
      }
      second.repeatsRow = true
      var swapped = (second, first)
      swapped.0.repeatsRow = false
      swapped.1.repeatsRow = true
      let added = try await Self.read([first, second], reading: 1, stores)
      #expect(added.rows == ImportCount(added: 1, merged: 1))
      let lead = try Self.ann(stores)
      #expect([lead.account.company, lead.contact.name, lead.source] == ["B", "Ann", "Fair"])
      for (reading, rows) in [(2, [first, second]), (3, [swapped.0, swapped.1])] {
        let again = try await Self.read(rows, reading: Int64(reading), stores)
        #expect(again.rows == ImportCount(unchanged: 1, merged: 1))
      }
      #expect(try Self.ann(stores) == lead)
      second.lead.source = "Web"
      let changed = try await Self.read([first, second], reading: 4, stores)
      #expect(changed.rows == ImportCount(changed: 1, unchanged: 1))
      #expect(try Self.ann(stores).source == "Web")
    }
  }

  @Test(
    "rows of one lead say nothing new when they are read again", arguments: Backend.allCases)
  func repeatedRowsAgain(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var first = Self.ann()
      first.lead.contact.name = "Ann"
      first.conversion?.isDated = true
      var second = Self.ann(at: noon + .days(1))
      second.lead.contact.name = "Ann B"
      second.repeatsRow = true
      _ = try await Self.read([first], reading: 1, stores)
      // A row is appended; the first is as it was.
      let appended = try await Self.read([first, second], reading: 2, stores)
      #expect(appended.rows == ImportCount(changed: 1, unchanged: 1))
      #expect(try Self.ann(stores).contact.name == "Ann B")
      var lead = try Self.ann(stores)
      lead.contact.name = "Anna Berg"
      lead.account.company = "Acme Ltd"
      try await stores.update(lead, identity: LeadIdentity(of: lead, keepsPlusTags: false))
      for reading in 3...4 {
        let again = try await Self.read([first, second], reading: Int64(reading), stores)
        #expect(again.rows == ImportCount(unchanged: 1, merged: 1))
        #expect(!again.hasChanges)
        #expect(try Self.ann(stores) == lead)
        #expect(try Self.conversions("ann", stores) == 1)
      }
      // Each change of either row is news, also back to what it was, and takes no other field along.
      for (reading, name) in [(5, "Ann C"), (6, "Ann B"), (7, "Ann C")] {
        second.lead.contact.name = name
        let changed = try await Self.read([first, second], reading: Int64(reading), stores)
        #expect(changed.rows == ImportCount(changed: 1, unchanged: 1))
        lead.contact.name = name
        #expect(try Self.ann(stores) == lead)
      }
      first.lead.source = "Fair"
      let changed = try await Self.read([first, second], reading: 8, stores)
      #expect(changed.rows == ImportCount(changed: 1, merged: 1))
      lead.source = "Fair"
      #expect(try Self.ann(stores) == lead)
      // Where the rows contradict each other, the later wins when the earlier is what changed.
      first.lead.contact.name = "Annie"
      _ = try await Self.read([first, second], reading: 9, stores)
      #expect(try Self.ann(stores).contact.name == "Ann C")
    }
  }

  static let others: [(change: String, isRefused: Bool)] = [
    ("another address", true), ("another address, the same name", false),
    ("another address, the same phone", false), ("another address, another name", true),
    ("no address", false), ("the same address in capitals", false),
    ("another address, named by it", false),
  ]

  @Test(
    "a name that another file gives to somebody else is refused", arguments: Backend.allCases,
    others)
  func otherPerson(backend: Backend, other: (change: String, isRefused: Bool)) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var ann = Self.ann()
      ann.lead.contact.name = "Ann Berg"
      _ = try await Self.read([ann], reading: 1, stores)
      let before = try Self.ann(stores)
      var row = Self.row("ann") { lead in
        lead.source = "Web"
        if other.change != "no address" { lead.contact.email = "bob@y-co.example" }
        if other.change.hasSuffix("capitals") { lead.contact.email = "ANN@acme-co.example" }
        if other.change.hasSuffix("the same name") { lead.contact.name = "ann  berg" }
        if other.change.hasSuffix("another name") { lead.contact.name = "Bob" }
        if other.change.hasSuffix("phone") { lead.contact.phone = "+47 912 34 567" }
      }
      row.hasOwnName = !other.change.hasSuffix("by it")
      let result = try await Self.read([row], "/crm2.csv", reading: 2, stores)
      #expect(result.refusedLeads == (other.isRefused ? ["ann"] : []))
      #expect(result.refused.map(\.line) == (other.isRefused ? [2] : []))
      if other.isRefused {
        #expect(try Self.ann(stores) == before)
        #expect(result.refused.allSatisfy { $0.reason.contains("--id-prefix") })
        #expect(result.refused.allSatisfy { !$0.reason.contains("y-co") })
      } else {
        #expect(try Self.ann(stores).source == "Web")
      }
      // A name made from an address does not give up a newer address.
      if !row.hasOwnName { #expect(try Self.ann(stores).contact.email == "ann@acme-co.example") }
    }
  }

  @Test("a lead that was corrected here stays its file's", arguments: Backend.allCases)
  func correctedPerson(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var row = Self.row("ann") {
        $0.contact.email = "ann@acme-co.example"
        $0.contact.name = "Ann"
      }
      _ = try await Self.read([row], reading: 1, stores)
      var lead = try Self.ann(stores)
      lead.contact.email = "berg@acme-co.example"
      lead.contact.name = "Anna Berg"
      try await stores.update(lead, identity: LeadIdentity(of: lead, keepsPlusTags: false))
      // Wherever the file is read from.
      for (reading, file) in [(2, "/a.csv"), (3, "/copy/a.csv")] {
        let again = try await Self.read([row], file, reading: Int64(reading), stores)
        #expect(again.refused.isEmpty)
        #expect(again.refusedLeads.isEmpty)
        if file == "/a.csv" {
          #expect(again.rows == ImportCount(unchanged: 1))
          #expect(try Self.ann(stores) == lead)
        }
      }
      try await stores.update(lead, identity: LeadIdentity(of: lead, keepsPlusTags: false))
      row.lead.contact.email = "bob@y-co.example"
      row.lead.contact.name = "Bob"
      let other = try await Self.read([row], reading: 4, stores)
      #expect(other.refusedLeads == ["ann"])
      #expect(try Self.ann(stores) == lead)
    }
  }

  @Test(
    "of a recorded loss and an imported conversion the later stands", arguments: Backend.allCases,
    [(days: 1, dated: true, wins: true), (-1, true, false), (0, true, false), (1, false, false)])
  func contradiction(
    backend: Backend, conversion: (days: Int, dated: Bool, wins: Bool)
  ) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var row = Self.row("ann") { $0.contact.email = "ann@acme-co.example" }
      _ = try await Self.read([row], reading: 1, stores)
      _ = try await stores.leads.record(
        .lost("ann"), replacing: false, event: .sample("e", of: "ann"), in: .default)
      row.lead.status = .converted
      row.saysStatus = true
      row.conversion = .init(
        outcome: Outcome(
          leadID: "ann", disposition: .converted, occurredAt: noon + .days(conversion.days)),
        isDated: conversion.dated, column: "converted")
      for reading in 2...3 {
        let result = try await Self.read([row], reading: Int64(reading), stores)
        // It is refused as long as it stands in the file and against what is recorded.
        #expect(result.refused.map(\.column) == (conversion.wins ? [] : ["converted"]))
        #expect(try Self.ann(stores).status == (conversion.wins ? .converted : .unqualified))
        #expect(try Self.conversions("ann", stores) == (conversion.wins ? 1 : 0))
        #expect(
          try stores.leads.latestOutcome(of: "ann", in: .default)?.disposition
            == (conversion.wins ? .converted : .lost))
      }
      guard conversion.dated else { return }
      // So it is with the table of conversions.
      let batch = ImportBatch.outcomes([.won("bob", at: noon + .days(conversion.days))])
      try await stores.add(.bare("bob"))
      _ = try await stores.leads.record(
        .lost("bob"), replacing: false, event: .sample("e2", of: "bob"), in: .default)
      let count = try await stores.datasets.importRows(
        batch, event: .imported("e3"), in: .default)
      #expect(count == ImportCount(added: conversion.wins ? 1 : 0))
      #expect(
        try stores.leads.lead("bob", in: .default)?.status
          == (conversion.wins ? .converted : .unqualified))
      #expect(try Self.conversions("bob", stores) == (conversion.wins ? 1 : 0))
      // Recording the other way round still works.
      _ = try await stores.leads.record(
        .lost("bob", at: noon + .days(5)), replacing: true, event: .sample("e4", of: "bob"),
        in: .default)
      #expect(try Self.conversions("bob", stores) == 0)
    }
  }

  @Test("a conversion that was taken back is not brought again", arguments: Backend.allCases)
  func takenBack(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await Self.read([Self.ann()], reading: 1, stores)
      _ = try await stores.leads.record(
        .lost("ann", at: noon + .days(1)), replacing: true, event: .sample("e", of: "ann"),
        in: .default)
      let again = try await Self.read([Self.ann()], reading: 2, stores)
      #expect(again.rows == ImportCount(unchanged: 1))
      #expect(again.refused.isEmpty)
      #expect(try Self.ann(stores).status == .unqualified)
      #expect(try Self.conversions("ann", stores) == 0)
    }
  }

  @Test("a time that was recorded here is no guess of an import", arguments: Backend.allCases)
  func recordedTime(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("ann"))
      let recorded = Outcome.won("ann", at: noon + .days(-5))
      _ = try await stores.leads.record(
        recorded, replacing: false, event: .sample("e", of: "ann"), in: .default)
      var row = Self.ann()
      let undated = try await Self.read([row], reading: 1, stores)
      #expect(undated.conversions == ImportCount(unchanged: 1))
      row.conversion?.isDated = true
      row.conversion?.outcome.occurredAt = noon + .days(-9)
      let dated = try await Self.read([row], reading: 2, stores)
      #expect(dated.conversions == ImportCount(added: 1))
      #expect(try stores.leads.latestOutcome(of: "ann", in: .default) == recorded)
      #expect(try Self.conversions("ann", stores) == 2)
    }
  }

  @Test("a conversion without a time is completed, and never stored beside another")
  func undated() async throws {
    for backend in Backend.allCases {
      try await backend.withStores { (stores: Stores) async throws -> Void in
        var row = Self.ann()
        _ = try await Self.read([row], reading: 1, stores)
        row.conversion?.outcome.value = Money(amount: 99, currency: "USD")
        row.conversion?.outcome.occurredAt = noon + .days(3)
        let completed = try await Self.read([row], reading: 2, stores)
        #expect(completed.conversions == ImportCount(changed: 1))
        let outcome = try stores.leads.latestOutcome(of: "ann", in: .default)
        #expect(outcome?.occurredAt == noon)
        #expect(outcome?.value == Money(amount: 99, currency: "USD"))
        let other = try await Self.read([row], "/b.csv", reading: 3, stores)
        #expect(other.conversions == ImportCount(unchanged: 1))
        #expect(try Self.conversions("ann", stores) == 1)
        // When a file says at last when it was, the guess gives way.
        row.conversion?.isDated = true
        let dated = try await Self.read([row], "/b.csv", reading: 4, stores)
        #expect(dated.conversions == ImportCount(changed: 1))
        let corrected = try stores.leads.latestOutcome(of: "ann", in: .default)
        #expect(corrected?.occurredAt == noon + .days(3))
        #expect(try Self.conversions("ann", stores) == 1)
      }
    }
  }
}
