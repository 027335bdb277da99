import Glibc
import SQLiteStores
import Sealing
import Testing

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/gateway-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit {
    for name in ["", "-wal", "-shm"] { unlink("\(databasePath)\(name)") }
    unlink(KeyRing.path(besideDatabase: databasePath))
    rmdir(path)
  }

  private var databasePath: String { "\(path)/leads.sqlite" }

  /// Opens the folder's database, whose ring of keys stands beside it.
  func openDatabase() throws -> SQLiteDatabase {
    try SQLiteDatabase.open(
      path: databasePath, keysAt: KeyRing.path(besideDatabase: databasePath))
  }
}
