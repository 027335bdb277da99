import Glibc
import Marketing
import SQLiteStores
import Sealing
import Testing

@Suite("SQLite: opening a file")
struct OpeningTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test("file and folders are made for their owner alone")
  func created() async throws {
    let path = "\(folder.path)/a/b/leads.sqlite"
    let database = try SQLiteDatabase.open(path: path, keyRing: KeyRing.inMemory())
    defer { database.close() }
    try await Stores(database).add(.bare("lead_1"))
    #expect(mode("\(folder.path)/a") == 0o700)
    #expect(mode("\(folder.path)/a/b") == 0o700)
    for file in [path, "\(path)-wal", "\(path)-shm"] { #expect(mode(file) == 0o600, "\(file)") }
  }

  @Test("what was stored is there after closing and opening")
  func reopened() async throws {
    let first = try folder.openDatabase()
    try await Stores(first).add(.sample("lead_1"), identity: LeadIdentity(email: "a@b.example"))
    first.close()
    #expect(try folder.contents().keys.sorted() == ["keys.json", "leads.sqlite"])
    let second = try folder.openDatabase()
    defer { second.close() }
    #expect(try second.leads.lead("lead_1", in: .default) == .sample("lead_1"))
    let history = try second.leads.history(
      of: nil, identity: LeadIdentity(email: "a@b.example"), in: .default)
    #expect(history.duplicates.map(\.leadID) == ["lead_1"])
  }

  @Test("a file of a newer version is refused and left as it is")
  func newer() throws {
    try folder.openDatabase().close()
    var bytes = try folder.read("leads.sqlite")
    // SQLite's file format, section 1.3: the user version stands at offset 60, big-endian.
    bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
    try folder.write(bytes, to: "leads.sqlite")
    let error = #expect(throws: StoreError.self) { try folder.openDatabase() }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("schema version 99") == true)
    #expect(try folder.read("leads.sqlite") == bytes)
  }

  @Test("a database of another program is refused and left as it is")
  func foreign() throws {
    try folder.openDatabase().close()
    var bytes = try folder.read("leads.sqlite")
    // The application's mark stands at offset 68.
    bytes.replaceSubrange(68..<72, with: [1, 2, 3, 4])
    try folder.write(bytes, to: "leads.sqlite")
    let error = #expect(throws: StoreError.self) { try folder.openDatabase() }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("another program") == true)
    #expect(try folder.read("leads.sqlite") == bytes)
  }

  @Test("what is no database is refused and left as it is")
  func noDatabase() throws {
    let text = Array(String(repeating: "lead_id,email\n", count: 200).utf8)
    try folder.write(text, to: "leads.sqlite")
    let error = #expect(throws: StoreError.self) { try folder.openDatabase() }
    #expect(error?.code == .corrupt)
    #expect(try folder.read("leads.sqlite") == text)
  }

  @Test("a folder in the place of the file, or no way to it, is unavailable")
  func unreachable() throws {
    try folder.write([], to: "file")
    for path in [folder.path, "\(folder.path)/file/leads.sqlite"] {
      let error = #expect(throws: StoreError.self) {
        try SQLiteDatabase.open(path: path, keyRing: KeyRing.inMemory())
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("a file is refused with another ring of keys than its own, and opens with a rotated one")
  func keys() throws {
    try folder.openDatabase().close()
    let error = #expect(throws: StoreError.self) {
      try SQLiteDatabase.open(path: folder.databasePath, keyRing: KeyRing.inMemory())
    }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("keys.json") == true)
    try KeyRing.open(path: KeyRing.path(besideDatabase: folder.databasePath)).rotate()
    try folder.openDatabase().close()
  }

  @Test("a database without its ring is not given another, and opens once it is back")
  func missingRing() throws {
    try folder.openDatabase().close()
    let keys = try folder.read("keys.json")
    unlink("\(folder.path)/keys.json")
    for _ in 0..<2 {
      let error = #expect(throws: StoreError.self) { try folder.openDatabase() }
      #expect(error?.code == .corrupt)
      #expect(
        error?.message.contains("keys.json is missing: put the keys.json that belongs") == true)
      #expect(try folder.contents().keys.sorted() == ["leads.sqlite"])
    }
    try folder.write(keys, to: "keys.json")
    chmod("\(folder.path)/keys.json", 0o600)
    try folder.openDatabase().close()
  }

  @Test("a ring is made for a file that nothing was stored in", arguments: [true, false])
  func newRing(isThere: Bool) throws {
    if isThere { try folder.write([], to: "leads.sqlite") }
    try folder.openDatabase().close()
    #expect(try folder.contents().keys.sorted() == ["keys.json", "leads.sqlite"])
  }

  @Test("no ring is made beside a file that cannot be opened")
  func noRing() throws {
    try folder.write(Array(String(repeating: "lead_id\n", count: 200).utf8), to: "leads.sqlite")
    #expect(throws: StoreError.self) { try folder.openDatabase() }
    #expect(try folder.contents().keys.sorted() == ["leads.sqlite"])
  }

  @Test("a new file is nobody else's while another process sets it up", .timeLimit(.minutes(2)))
  func beingSetUp() async throws {
    for round in 0..<40 {
      let path = "\(folder.path)/\(round).sqlite"
      let keys = "\(folder.path)/keys.json"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask { try SQLiteDatabase.open(path: path, keysAt: keys).close() }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("many that make the same file at once all get it")
  func together() async throws {
    let folder = folder
    let databases = try await withThrowingTaskGroup(of: SQLiteDatabase.self) { group in
      for _ in 0..<8 { group.addTask { try folder.openDatabase() } }
      var databases: [SQLiteDatabase] = []
      for try await database in group { databases.append(database) }
      return databases
    }
    defer { for database in databases { database.close() } }
    for (number, database) in databases.enumerated() {
      try await Stores(database).add(.bare("lead_\(number)"))
    }
    for database in databases {
      #expect(try await database.leads.search(LeadQuery(), in: .default).total == 8)
    }
  }

  @Test("a closed database refuses, and its streams have ended")
  func closed() async throws {
    let database = try folder.openDatabase()
    var changes = database.events.changes().makeAsyncIterator()
    let runner = Task { await database.run() }
    try await Stores(database).add(.bare("lead_1"))
    // Announced behind the answer, so it has to be waited for.
    #expect(await changes.next() == 1)
    database.close()
    #expect(await changes.next() == nil)
    await runner.value
    let error = await #expect(throws: StoreError.self) {
      try await Stores(database).add(.bare("lead_2"))
    }
    #expect(error?.code == .unavailable)
    #expect(throws: StoreError.self) { try database.leads.lead("lead_1", in: .default) }
  }
}
