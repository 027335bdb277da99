import Glibc
import JSONRPC

/// One secret of a ring, with the name that everything it sealed carries.
struct RingKey: Sendable, Hashable {
  /// The lengths of a name and of a secret, in bytes.
  static let idByteCount = 8
  static let secretByteCount = 32

  /// The name, random.
  let id: [UInt8]
  /// Seconds since 1970-01-01T00:00:00Z.
  let createdAt: Int64
  /// The secret that every purpose's key is derived from.
  let secret: [UInt8]

  /// A new key from the generator.
  static func random(createdAt: Int64) throws(SealingError) -> RingKey {
    RingKey(
      id: try SecureRandom.bytes(idByteCount), createdAt: createdAt,
      secret: try SecureRandom.bytes(secretByteCount))
  }
}

/// The file that keeps a ring: JSON, readable by its owner alone, replaced whole and atomically.
struct KeyFile: Sendable {
  /// What tells one content of the file from the next without reading it.
  struct Stamp: Sendable, Hashable {
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  private static let maximumBytes = 1 << 20

  let path: String

  private var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The keys in the file, the newest last; it is made with one new key when there is
  /// none. Two processes that do this at once end up with the same keys.
  func loadOrCreate(now: Int64) throws(SealingError) -> (keys: [RingKey], stamp: Stamp) {
    if let found = try load() { return found }
    return try whileLocked { () throws(SealingError) in
      if let found = try load() { return found }
      try replace(with: [try .random(createdAt: now)])
      return try reload()
    }
  }

  /// Adds a new key behind those in the file.
  func addKey(now: Int64) throws(SealingError) -> (keys: [RingKey], stamp: Stamp) {
    try whileLocked { () throws(SealingError) in
      var keys = try reload().keys
      // The newest seals, whatever the clock did since the last one was made.
      let createdAt = max(now, (keys.map(\.createdAt).max() ?? now) + 1)
      keys.append(try .random(createdAt: createdAt))
      try replace(with: keys)
      return try reload()
    }
  }

  /// The keys in the file, the newest last.
  /// - Throws: `.keyFile` when it is missing, open to others or malformed.
  func reload() throws(SealingError) -> (keys: [RingKey], stamp: Stamp) {
    guard let found = try load() else {
      throw SealingError(
        .keyFile,
        "\(path) is missing: put the keys.json that belongs to the database back, from a backup; "
          + "personal values that its keys sealed cannot be read with others")
    }
    return found
  }

  /// The stamp of the file as it is now; `nil` when it cannot be seen.
  var stamp: Stamp? {
    var status = stat()
    return stat(path, &status) == 0 ? Stamp(status) : nil
  }

  private func load() throws(SealingError) -> (keys: [RingKey], stamp: Stamp)? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("cannot be read")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SealingError(.keyFile, "\(path): not a regular file")
    }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw SealingError(
        .keyFile,
        "\(path): others may read or write the keys (mode \(mode)); run: chmod 600 \(path)")
    }
    guard status.st_size <= Self.maximumBytes else { throw malformed("longer than 1 MiB") }
    return (try keys(from: try contents(of: descriptor)), Stamp(status))
  }

  private func contents(of descriptor: Int32) throws(SealingError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= Self.maximumBytes {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += chunk.prefix(count) } else if errno != EINTR { break }
    }
    throw failure("cannot be read")
  }

  private func keys(from bytes: [UInt8]) throws(SealingError) -> [RingKey] {
    guard let json = try? JSONParser().parse(bytes) else { throw malformed("not JSON") }
    guard json["version"]?.integerValue == 1 else { throw malformed("its version is not 1") }
    guard let entries = json["keys"]?.arrayValue, !entries.isEmpty else {
      throw malformed("it holds no keys")
    }
    var keys: [RingKey] = []
    for (index, entry) in entries.enumerated() {
      guard let id = entry["id"]?.stringValue.flatMap({ Base64URL.bytes(of: $0.utf8) }),
        id.count == RingKey.idByteCount, !keys.contains(where: { $0.id == id }),
        let secret = entry["secret"]?.stringValue.flatMap({ Base64URL.bytes(of: $0.utf8) }),
        secret.count == RingKey.secretByteCount,
        let createdAt = entry["createdAt"]?.integerValue
      else { throw malformed("its key number \(index + 1) is not one") }
      keys.append(RingKey(id: id, createdAt: createdAt, secret: secret))
    }
    return keys.sorted { $0.createdAt < $1.createdAt }
  }

  private func replace(with keys: [RingKey]) throws(SealingError) {
    let json: JSONValue = [
      "version": 1,
      "keys": .array(
        keys.map { key in
          [
            "id": .string(Base64URL.text(of: key.id)), "createdAt": .integer(key.createdAt),
            "secret": .string(Base64URL.text(of: key.secret)),
          ]
        }),
    ]
    let suffix = Base64URL.text(of: try SecureRandom.bytes(6))
    let temporary = "\(folder)/.keys-\(suffix)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("cannot be written") }
    let isWritten = write(JSONWriter.bytes(of: json) + [0x0A], to: descriptor)
    let isClosed = close(descriptor) == 0
    guard isWritten, isClosed, rename(temporary, path) == 0 else {
      let error = failure("cannot be written")
      unlink(temporary)
      throw error
    }
    synchronizeFolder()
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
    }
    return fsync(descriptor) == 0
  }

  private func synchronizeFolder() {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Runs `body` while no other process changes the file: the lock is on the folder, for the file itself
  /// is replaced.
  private func whileLocked<Result>(
    _ body: () throws(SealingError) -> Result
  ) throws(SealingError) -> Result {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be written: its folder cannot be opened") }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw failure("cannot be locked") }
    }
    return try body()
  }

  private func failure(_ what: String) -> SealingError {
    SealingError(.keyFile, "\(path): \(what): \(String(cString: strerror(errno)))")
  }

  private func malformed(_ what: String) -> SealingError {
    SealingError(.keyFile, "\(path): not a file of keys: \(what); restore it from a backup")
  }
}

extension KeyFile.Stamp {
  fileprivate init(_ status: stat) {
    self.init(
      inode: UInt64(status.st_ino), size: Int64(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}
