import GRDB
import JSONRPC
import Marketing
import Testing

@testable import SQLiteStores

/// After an erasure no file of the database holds anything of the lead.
@Suite("SQLite: traces of an erased lead")
struct ErasureTraceTests {
  private static let words = [
    "zyxplanted", "planted.person", "secret.example", "note_L1",
  ]

  @Test func noFileHoldsAWordOfTheLead() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    try await stores.plant("L1", .planted, word: "zyxplanted")
    for index in 0..<40 {
      try await stores.plant(
        "N\(index)", LeadIdentity(email: "n\(index)@acme.example"), word: "zyxneighbour\(index)")
    }
    // What is changed leaves nothing behind either.
    var lead = try #require(try stores.leads.lead("L1", in: .default))
    lead.message = "zyxplanted again, and longer than it was before so that the row has to move"
    try await stores.update(lead, identity: .planted)
    try await database.finishIndexes()
    let found = try traces(in: folder)
    #expect(Set(found.keys) == Set(Self.words), "planted everywhere")
    let erasure = try await stores.erase("L1", .planted)
    #expect(erasure.isComplete, "\(erasure)")
    let left = try traces(in: folder)
    #expect(left.isEmpty, "\(left)")
    let terms = try Self.terms(in: folder, "lead_words") + Self.terms(in: folder, "memory_words")
    #expect(terms.contains("zyxneighbour7"))
    #expect(terms.filter { $0.contains("zyxplanted") || $0.contains("secret") } == [])
    #expect(try stores.leads.lead("N7", in: .default) != nil)
  }

  /// A process that reads while somebody is erased keeps the log from being emptied until it has ended. One
  /// without addresses leaves nothing that the next process could know it by.
  @Test(arguments: [false, true], [LeadIdentity.planted, LeadIdentity()])
  func theLogIsEmptiedWhenItsReaderHasEnded(
    isRestarted: Bool, identity: LeadIdentity
  ) async throws {
    let folder = try TemporaryFolder()
    var database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    try await stores.plant("L1", identity, word: "zyxplanted")
    try await stores.plant("N1", LeadIdentity(email: "n1@acme.example"), word: "zyxneighbour")
    let other = try Self.reader(of: folder)
    let start = ContinuousClock.now
    let erasure = try await stores.erase("L1", identity)
    #expect(!erasure.isLogClean && !erasure.isComplete)
    try await stores.add(.bare("L2"))
    #expect(ContinuousClock.now - start < .seconds(4), "a write waits for no reader")
    if isRestarted {
      database.close()
      database = try folder.openDatabase()
    }
    #expect(try await !database.erasures.finishErasures())
    #expect(try await !database.erasures.finishErasures())
    #expect(try traces(in: folder)["zyxplanted"] != nil)
    try await other.unsafeRead { try $0.execute(sql: "ROLLBACK") }
    #expect(try await database.erasures.finishErasures())
    #expect(try traces(in: folder).isEmpty)
    // A writer still waits for other writers as long as it did.
    let timeout = try await database.writer.perform {
      try $0.integer("PRAGMA busy_timeout")
    }
    #expect(timeout == 5000)
  }

  @Test func whatAnotherProcessErasedIsWipedByTheOneThatGoesOn() async throws {
    let folder = try TemporaryFolder()
    let server = try folder.openDatabase()
    defer { server.close() }
    try await Stores(server).plant("L1", .planted, word: "zyxplanted")
    #expect(try await server.erasures.finishErasures())
    let reader = try Self.reader(of: folder)
    let short = try folder.openDatabase()
    #expect(try await !Stores(short).erase("L1", .planted).isLogClean)
    short.close()
    #expect(try await !server.erasures.finishErasures())
    #expect(try traces(in: folder)["zyxplanted"] != nil)
    try await reader.unsafeRead { try $0.execute(sql: "ROLLBACK") }
    #expect(try await server.erasures.finishErasures())
    #expect(try traces(in: folder).isEmpty)
    // Done once: from now on there is nothing to do.
    try await Stores(server).add(.bare("L2"))
    #expect(try await server.erasures.finishErasures())
    #expect(try folder.contents()["leads.sqlite-wal"]?.isEmpty == false)
  }

  /// Somebody who reads from the log and keeps it open.
  private static func reader(of folder: TemporaryFolder) throws -> DatabaseQueue {
    var configuration = Configuration()
    (configuration.readonly, configuration.allowsUnsafeTransactions) = (true, true)
    let other = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
    try other.unsafeRead { try $0.execute(sql: "BEGIN; SELECT count(*) FROM leads") }
    return other
  }

  @Test func theLogIsEmptiedOnceWhereNobodyIsErased() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    try await Stores(database).add(.bare("L1"))
    #expect(try folder.contents()["leads.sqlite-wal"]?.isEmpty == false)
    #expect(try await database.erasures.finishErasures())
    #expect(try folder.contents()["leads.sqlite-wal"] == [])
    try await Stores(database).add(.bare("L2"))
    #expect(try await database.erasures.finishErasures())
    #expect(try folder.contents()["leads.sqlite-wal"]?.isEmpty == false)
  }

  /// The planted words with the files that hold them.
  private func traces(in folder: TemporaryFolder) throws -> [String: [String]] {
    var traces: [String: [String]] = [:]
    for (name, bytes) in try folder.contents() {
      let text = String(decoding: bytes, as: UTF8.self)
      for word in Self.words where text.contains(word) { traces[word, default: []].append(name) }
    }
    return traces
  }

  /// The vocabulary of a full-text index, which compresses what a look at the bytes would find.
  private static func terms(in folder: TemporaryFolder, _ index: String) throws -> [String] {
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
    return try queue.read { database in
      try database.execute(
        sql: "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, '\(index)', 'row')")
      return try String.fetchAll(database, sql: "SELECT term FROM temp.vocabulary")
    }
  }
}
