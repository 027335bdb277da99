import Glibc
import Marketing
import SQLiteStores
import Sealing
import Testing

/// Where the stores of a contract's test keep things.
enum Backend: CaseIterable, CustomTestStringConvertible {
  case memory, sqlite

  var testDescription: String { self == .memory ? "in memory" : "SQLite" }

  /// Runs a test on empty stores.
  func withStores(_ body: (Stores) async throws -> Void) async throws {
    switch self {
    case .memory:
      let stores = InMemoryStores()
      defer { stores.close() }
      try await body(Stores(stores))
    case .sqlite:
      let folder = try TemporaryFolder()
      let database = try folder.openDatabase()
      defer { database.close() }
      try await body(Stores(database))
    }
  }
}

/// The ports of one backend.
struct Stores: Sendable {
  let leads: any LeadStore
  let events: any EventLog
  let datasets: any DatasetStore
  let tasks: any TaskRecordStore
  let idempotency: any IdempotencyStore
  let accessKeys: any AccessKeyStore
  let models: any ScoringModelStore
  let customers: any CustomerStore
  let memories: any MemoryStore & MemoryConsolidationStore
  let vectors: any MemoryVectorStore
  let erasures: any LeadErasureStore
  let consents: any ConsentStore
  let knowledge: any KnowledgeGraphStore
  let work: any WorkQueueStore
  let journeys: any JourneyStore
  let handoffs: any HandoffStore & EscalationStore
  let outbox: any OutboxStore
  let engagements: any EngagementStore
  let campaigns: any CampaignStore
  let optimizations: any OptimizationStore
  let experiments: any ExperimentStore
}

extension Stores {
  init(_ stores: InMemoryStores) {
    self.init(
      leads: stores, events: stores, datasets: stores, tasks: stores, idempotency: stores,
      accessKeys: stores, models: stores, customers: stores, memories: stores, vectors: stores,
      erasures: stores, consents: stores, knowledge: stores, work: stores, journeys: stores,
      handoffs: stores, outbox: stores, engagements: stores, campaigns: stores,
      optimizations: stores, experiments: stores)
  }

  init(_ database: SQLiteDatabase) {
    self.init(
      leads: database.leads, events: database.events, datasets: database.datasets,
      tasks: database.tasks, idempotency: database.idempotency,
      accessKeys: database.accessKeys, models: database.models, customers: database.customers,
      memories: database.memories, vectors: database.memories, erasures: database.erasures,
      consents: database.consents, knowledge: database.knowledge, work: database.work,
      journeys: database.journeys, handoffs: database.handoffs, outbox: database.outbox,
      engagements: database.engagements, campaigns: database.campaigns,
      optimizations: database.optimizations, experiments: database.experiments)
  }
}

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  var databasePath: String { "\(path)/leads.sqlite" }

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/stores-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = String(cString: made)
  }

  deinit { Self.remove(path) }

  /// Opens the folder's database, whose ring of keys stands beside it.
  func openDatabase() throws -> SQLiteDatabase {
    try SQLiteDatabase.open(
      path: databasePath, keysAt: KeyRing.path(besideDatabase: databasePath))
  }

  /// The folder's files and the bytes in them.
  func contents() throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for name in Self.names(in: path) { contents[name] = try read(name) }
    return contents
  }

  func read(_ name: String) throws -> [UInt8] {
    let descriptor = open("\(path)/\(name)", O_RDONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return bytes }
      bytes += chunk.prefix(count)
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// Copies everything as it is on the disk at this moment.
  func copy() throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for (name, bytes) in try contents() { try copy.write(bytes, to: name) }
    return copy
  }

  private static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    // An entry is as long as its name and not as the type says, so it must not be copied.
    guard let place = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    while let entry = readdir(folder) {
      let start = UnsafeRawPointer(entry).advanced(by: place)
      let name = String(cString: start.assumingMemoryBound(to: CChar.self))
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    for name in names(in: path) {
      let entry = "\(path)/\(name)"
      if unlink(entry) != 0 { remove(entry) }
    }
    rmdir(path)
  }
}
