import Glibc
import Sealing
import Testing

/// A folder that is gone after the test.
private final class TemporaryFolder {
  let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/sealing-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = String(cString: made)
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var names: [String] {
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

  func write(_ text: String, to name: String, mode: mode_t = 0o600) throws {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    fchmod(descriptor, mode)
    let bytes = Array(text.utf8)
    try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  }
}

@Suite("The file of keys")
struct KeyFileTests {
  private let folder: TemporaryFolder
  private let path: String
  private let bytes: [UInt8] = [1, 2, 3]

  init() throws {
    folder = try TemporaryFolder()
    path = "\(folder.path)/keys.json"
  }

  @Test("it is made at the first start, for its owner alone, and read at the next")
  func created() throws {
    let token = try KeyRing.openOrCreate(path: path).seal(bytes, purpose: "state")
    var status = stat()
    try #require(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(folder.names == ["keys.json"])
    let again = try KeyRing.open(path: path)
    #expect(again.count == 1)
    #expect(try again.open(token, purpose: "state") == bytes)
  }

  @Test("many that start at once have the same keys")
  func together() async throws {
    let path = path
    let rings = try await withThrowingTaskGroup(of: KeyRing.self) { group in
      for _ in 0..<32 { group.addTask { try KeyRing.openOrCreate(path: path) } }
      var rings: [KeyRing] = []
      for try await ring in group { rings.append(ring) }
      return rings
    }
    let token = try rings[0].seal(bytes, purpose: "state")
    for ring in rings {
      #expect(ring.count == 1)
      #expect(try ring.open(token, purpose: "state") == bytes)
    }
    #expect(folder.names == ["keys.json"])
  }

  @Test("a key that one process adds opens in the other; none is lost when both add")
  func rotation() async throws {
    let first = try KeyRing.openOrCreate(path: path)
    let second = try KeyRing.open(path: path)
    let old = try second.seal(bytes, purpose: "state")
    try first.rotate()
    let new = try first.seal(bytes, purpose: "state")
    #expect(second.count == 1)
    #expect(try second.open(new, purpose: "state") == bytes)
    #expect(second.count == 2)
    #expect(try first.open(old, purpose: "state") == bytes)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for ring in [first, second, first, second] { group.addTask { try ring.rotate() } }
      try await group.waitForAll()
    }
    #expect(try KeyRing.open(path: path).count == 6)
    #expect(try KeyRing.open(path: path).open(old, purpose: "state") == bytes)
  }

  @Test("the newest key seals, wherever it stands in the file and whatever the clock did")
  func newest() throws {
    let ring = try KeyRing.openOrCreate(path: path, now: 5000)
    let old = try ring.seal([], purpose: "state")
    try ring.rotate(now: 10)
    let new = try ring.seal([], purpose: "state")
    #expect(old.prefix(13) != new.prefix(13))
    let reopened = try KeyRing.open(path: path).seal([], purpose: "state")
    #expect(reopened.prefix(13) == new.prefix(13))
  }

  @Test(
    "a file that others can read is refused with the way out", arguments: [0o644, 0o640, 0o602])
  func open(mode: mode_t) throws {
    _ = try KeyRing.openOrCreate(path: path)
    chmod(path, mode)
    let error = try #require(throws: SealingError.self) { try KeyRing.open(path: path) }
    #expect(error.code == .keyFile)
    #expect(error.message.contains("chmod 600 \(path)"))
  }

  static let id = "AAAAAAAAAAA"
  static let secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

  @Test(
    "a malformed file is refused without showing what is in it, and left as it is",
    arguments: [
      "", "{", "[]", #"{"version":2,"keys":[]}"#, #"{"version":1,"keys":[]}"#,
      #"{"version":1,"keys":[{"id":"\#(id)","createdAt":1,"secret":"AAAA"}]}"#,
      #"{"version":1,"keys":[{"id":"AA","createdAt":1,"secret":"\#(secret)"}]}"#,
      #"{"version":1,"keys":[{"id":"\#(id)","secret":"\#(secret)"}]}"#,
      """
      {"version":1,"keys":[{"id":"\(id)","createdAt":1,"secret":"\(secret)"},\
      {"id":"\(id)","createdAt":2,"secret":"\(secret)"}]}
      """,
    ])
  func malformed(text: String) throws {
    try folder.write(text, to: "keys.json")
    let error = try #require(throws: SealingError.self) { try KeyRing.open(path: path) }
    #expect(error.code == .keyFile)
    #expect(error.message.hasPrefix(path))
    #expect(!error.message.contains("AAAA"))
    var status = stat()
    try #require(stat(path, &status) == 0)
    #expect(Int(status.st_size) == text.utf8.count)
  }

  @Test("a ring that must be there is not made when it is missing")
  func missing() throws {
    let error = try #require(throws: SealingError.self) { try KeyRing.open(path: path) }
    #expect(error.code == .keyFile)
    #expect(error.message.hasPrefix("\(path) is missing: put the keys.json that belongs"))
    #expect(folder.names.isEmpty)
  }

  @Test("a folder that is not there is an error")
  func missingFolder() {
    #expect(throws: SealingError.self) {
      try KeyRing.openOrCreate(path: "\(folder.path)/none/keys.json")
    }
  }

  @Test("the ring stands beside its database")
  func place() {
    #expect(KeyRing.path(besideDatabase: "/var/lib/leads/a.sqlite") == "/var/lib/leads/keys.json")
    #expect(KeyRing.path(besideDatabase: "a.sqlite") == "keys.json")
  }
}
