import GRDB
import Glibc
import Marketing

/// The file of a database: how it comes to be, and how connections to it are set up.
struct DatabaseFile: Sendable {
  /// How long a connection waits for another process that writes, in seconds.
  static let busyTimeout = 5.0
  /// How long the emptying of the log waits for other connections that read, in milliseconds. Writers wait
  /// behind it.
  static let emptyingTimeout = 50

  let path: String

  /// Makes the file and its folders when they are missing, for their owner alone: leads are people.
  /// SQLite gives the files beside it the same mode.
  func create() throws(StoreError) {
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try createFolder(String(path[..<slash]))
    }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    close(descriptor)
  }

  private func createFolder(_ folder: String) throws(StoreError) {
    if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else {
      throw failure(folder)
    }
    try createFolder(String(folder[..<slash]))
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(folder) }
  }

  /// The connection that writes.
  func openWriter() throws -> DatabaseQueue {
    var configuration = configuration(label: "leads.writer", cacheKiB: 8192)
    configuration.prepareDatabase { database in
      // What is deleted or overwritten is not there any more, also not between what is left.
      try database.execute(sql: "PRAGMA secure_delete = ON")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// A connection that only reads.
  func openReader() throws -> DatabaseQueue {
    var configuration = configuration(label: "leads.reader", cacheKiB: 4096)
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private func configuration(label: String, cacheKiB: Int) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.busyMode = .timeout(Self.busyTimeout)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(cacheKiB)")
    }
    return configuration
  }

  private func failure(_ path: String) -> StoreError {
    StoreError(
      .unavailable, "\(path) cannot be opened or made: \(String(cString: strerror(errno)))")
  }
}
