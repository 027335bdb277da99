import Marketing
import SQLiteStores
import Testing

@Suite("SQLite: the outbox")
struct OutboxTests {
  @Test("two processes that claim at once get different messages", .timeLimit(.minutes(1)))
  func twoProcesses() async throws {
    let folder = try TemporaryFolder()
    let first = try folder.openDatabase()
    let second = try folder.openDatabase()
    defer {
      first.close()
      second.close()
    }
    try await Stores(first).fill(
      (0..<120).map { .sample("m\($0)", to: LeadID(rawValue: "lead_\($0)")) })
    let claimed = try await withThrowingTaskGroup(of: [DeliveryAttempt].self) { group in
      for database in [first, second] {
        for _ in 0..<30 { group.addTask { try await Stores(database).claimMessages(2) } }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claimed.count == 120)
    #expect(Set(claimed.map(\.message.id)).count == 120)
    // What one claimed the other cannot settle under another claim, but the claim is good everywhere.
    let attempt = try #require(claimed.first)
    var older = attempt
    older.claim -= 1
    await #expect(throws: StoreError.self) {
      try await Stores(second).settle(older, as: .cancelled(reason: "test"))
    }
    try await Stores(second).settle(attempt, as: .cancelled(reason: "test"))
    #expect(try first.outbox.entry(attempt.message.id, in: .default)?.state == .cancelled)
  }

  @Test(
    "two processes that claim at once get one message to a person", .timeLimit(.minutes(1)),
    arguments: [false, true])
  func onePerson(isFiveLeads: Bool) async throws {
    let folder = try TemporaryFolder()
    let first = try folder.openDatabase()
    let second = try folder.openDatabase()
    defer {
      first.close()
      second.close()
    }
    try await Stores(first).fill(
      (0..<40).map { number in
        let lead = isFiveLeads ? "lead_\(number % 5)" : "lead_1"
        var message = OutboundMessage.sample("m\(number)", to: LeadID(rawValue: lead))
        message.destination = "+81312345678"
        return message
      })
    for round in 0..<40 {
      let claimed = try await withThrowingTaskGroup(of: [DeliveryAttempt].self) { group in
        for database in [first, second, first, second] {
          group.addTask { try await Stores(database).claimMessages(2) }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      try #require(claimed.count == 1, "round \(round)")
      try await Stores(second).settle(claimed[0], as: .cancelled(reason: "test"))
    }
    #expect(try await Stores(first).claimMessages().isEmpty)
  }

  @Test("a process that is killed leaves its messages to the next")
  func killed() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    try await Stores(database).fill([.sample("m1"), .sample("m2", to: "lead_2")])
    let begun = try #require(try await Stores(database).begun(lease: .seconds(30)))
    let claimed = try #require(
      try await Stores(database).claimMessages(1, lease: .seconds(30)).first)
    // As the disk is at this moment.
    let copy = try folder.copy()
    database.close()
    let next = try copy.openDatabase()
    defer { next.close() }
    #expect(try await Stores(next).claimMessages(at: .seconds(29)).isEmpty)
    let again = try await Stores(next).claimMessages(at: .seconds(30))
    #expect(Set(again.map(\.message.id)) == ["m1", "m2"])
    for attempt in again {
      #expect(attempt.isPossibleDuplicate == (attempt.message.id == begun.message.id))
      #expect(attempt.claim > claimed.claim)
    }
  }

  @Test("nothing that a message says, nor where it goes, nor what was answered, stands in the file")
  func sealed() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    try await stores.add(.bare("lead_1"))
    var message = OutboundMessage.sample("m1")
    message.destination = "zyxplanted@acme.example"
    message.content = MessageContent(
      subject: "zyxplanted", text: "zyxplanted", html: "zyxplanted",
      headers: [.init("X-Note", "zyxplanted")])
    _ = try await stores.outbox.enqueue([message], events: [], in: .default)
    let attempt = try #require(try await stores.begun())
    let answer = DeliveryAnswer("250", "250 zyxplanted@acme.example")
    try await stores.settle(attempt, as: .delivered(answer))
    #expect(try stores.outbox.entry("m1", in: .default)?.answer == answer)
    let planted = Array("zyxplanted".utf8)
    for (name, bytes) in try folder.contents() {
      #expect(bytes.firstRange(of: planted) == nil, "\(name)")
    }
    #expect(Array("a zyxplanted b".utf8).firstRange(of: planted) != nil)
  }
}
