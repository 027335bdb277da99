import JSONRPC
import Marketing
import SQLiteStores
import Sealing
import Testing

/// What the stores in SQLite promise beyond their ports.
@Suite("SQLite stores")
enum SQLiteSuite {}

extension SQLiteSuite {
  @Suite("The file", .timeLimit(.minutes(1)))
  struct File {
    private let folder: TemporaryFolder
    private let keyRing: KeyRing

    init() throws {
      folder = try TemporaryFolder()
      keyRing = try KeyRing.inMemory()
    }

    private func open(_ name: String = "leads.db") throws -> SQLiteDatabase {
      try SQLiteDatabase.open(path: folder.file(name), keyRing: keyRing)
    }

    /// Makes a closed database and overwrites a big-endian number in its header.
    private func makeDatabase(_ patches: [(offset: Int, value: UInt32)]) throws -> [UInt8] {
      try open().close()
      var bytes = try folder.bytes(of: "leads.db")
      for (offset, value) in patches {
        withUnsafeBytes(of: value.bigEndian) {
          bytes.replaceSubrange(offset..<offset + 4, with: $0)
        }
      }
      try folder.write(bytes, to: "leads.db")
      return bytes
    }

    private static let userVersion = 60
    private static let applicationID = 68

    @Test(
      arguments: [
        [(File.userVersion, 99)], [(File.applicationID, 0xDEAD_BEEF)],
        // Neither is set by most programs.
        [(File.applicationID, 0), (File.userVersion, 0)], [(File.applicationID, 0)],
      ] as [[(Int, UInt32)]])
    func `a newer version's and another program's database are refused untouched`(
      _ patches: [(offset: Int, value: UInt32)]
    ) throws {
      let bytes = try makeDatabase(patches)
      let error = #expect(throws: StoreError.self) { try open() }
      #expect(error?.code == .corrupt)
      #expect(try folder.bytes(of: "leads.db") == bytes)
      #expect(folder.names == ["leads.db"])
    }

    @Test(arguments: [11, 99, 512, 8192])
    func `a file that is no database is refused untouched`(_ count: Int) throws {
      let bytes = Array(repeatElement(Array("not a database".utf8), count: 1000).joined())
      try folder.write(Array(bytes.prefix(count)), to: "leads.db")
      let error = #expect(throws: StoreError.self) { try open() }
      #expect(error?.code == .corrupt)
      #expect(try folder.bytes(of: "leads.db") == Array(bytes.prefix(count)))
      #expect(folder.names == ["leads.db"])
    }

    @Test func `a folder, and a place below a file, are unavailable`() throws {
      try folder.write([], to: "file")
      for path in [folder.path, folder.file("file/leads.db")] {
        let error = #expect(throws: StoreError.self) {
          try SQLiteDatabase.open(path: path, keyRing: keyRing)
        }
        #expect(error?.code == .unavailable)
      }
    }

    @Test func `another ring of keys is refused, the right one still opens`() async throws {
      let database = try open()
      try await Stores(database).save(.sample("lead-1"))
      database.close()
      let other = try KeyRing.inMemory()
      let error = #expect(throws: StoreError.self) {
        try SQLiteDatabase.open(path: folder.file("leads.db"), keyRing: other)
      }
      #expect(error?.code == .corrupt)
      let reopened = try open()
      defer { reopened.close() }
      #expect(try reopened.leads.lead(.named("lead-1"), in: .home) != nil)
    }

    @Test func `all files are their owner's alone`() async throws {
      let database = try open()
      defer { database.close() }
      try await Stores(database).save(.sample("lead-1"))
      let names = folder.names
      #expect(names == ["leads.db", "leads.db-shm", "leads.db-wal"])
      for name in names { #expect(try folder.mode(of: name) == 0o600, "\(name)") }
    }

    @Test func `personal values of events are unreadable in the files`() async throws {
      let planted = "planted.person@secret.example"
      let database = try open()
      let stores = Stores(database)
      let lead = Lead.sample("lead-1") { $0.contact.email = "stored@open.example" }
      try await stores.save(
        lead,
        events: [
          .sample(
            .leadCreated, of: lead.id, facts: ["seen": "fact"],
            personal: ["email": .string(planted)])
        ])
      try await stores.record(
        .sample("i-1", of: "lead-1"),
        event: .sample(.interactionRecorded, of: lead.id, personal: ["email": .string(planted)]))
      let events = try stores.events.events(of: lead.id, limit: 9, in: .home)
      #expect(
        events.map(\.event.personal) == [["email": .string(planted)], ["email": .string(planted)]])
      let open = try contents()
      database.close()
      for bytes in [open, try contents()] {
        // The search itself works: what is stored in the open is found.
        #expect(bytes.contains("stored@open.example"))
        #expect(bytes.contains("fact"))
        #expect(!bytes.contains(planted))
        #expect(!bytes.contains("planted.person"))
      }
    }

    /// All bytes of all files, as characters of Latin 1.
    private func contents() throws -> String {
      var text = String.UnicodeScalarView()
      for name in folder.names {
        text.append(contentsOf: try folder.bytes(of: name).map { Unicode.Scalar($0) })
      }
      return String(text)
    }

    @Test func `a sound database has no findings`() async throws {
      let database = try open()
      defer { database.close() }
      try await Stores(database).save(.complete)
      #expect(try database.checkIntegrity().isEmpty)
    }

    @Test func `what was stored is there after opening again`() async throws {
      let database = try open()
      try await Stores(database).save(
        .complete, events: [.sample(.leadCreated, of: Lead.complete.id, personal: ["a": 1])])
      let events = try database.events.events(of: Lead.complete.id, limit: 9, in: .home)
      database.close()
      let reopened = try open()
      defer { reopened.close() }
      let stores = Stores(reopened)
      #expect(try stores.leads.lead(Lead.complete.id, in: .home) == .complete)
      #expect(try await stores.found { $0.text = "fjord" } == [Lead.complete.id.rawValue])
      #expect(
        try stores.leads.cohorts(for: CohortKey(.complete), in: .home).map(\.leads) == [
          1, 1, 1, 1, 1,
        ])
      #expect(try stores.events.events(of: Lead.complete.id, limit: 9, in: .home) == events)
    }

    @Test func `several that open a new file at once find one database`() async throws {
      let path = folder.file("leads.db")
      try await withThrowingTaskGroup { group in
        for number in 0..<6 {
          group.addTask { [keyRing] in
            let database = try SQLiteDatabase.open(path: path, keyRing: keyRing)
            defer { database.close() }
            try await Stores(database).save(.sample("lead-\(number)"))
          }
        }
        try await group.waitForAll()
      }
      let database = try open()
      defer { database.close() }
      #expect(try await Stores(database).found().count == 6)
    }
  }
}
