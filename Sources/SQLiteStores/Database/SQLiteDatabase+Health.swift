import GRDB
import GRDBSQLite
package import Marketing

extension SQLiteDatabase {
  /// The version of the SQLite library in use, for example `3.40.1`.
  package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  /// Looks through the whole file for damage. Takes seconds on a large one.
  /// - Returns: what is wrong; empty when nothing is.
  package func checkIntegrity() throws(StoreError) -> [String] {
    try readers.read { connection in
      var statement = try connection.prepare("PRAGMA integrity_check(20)")
      var findings: [String] = []
      while try statement.step() { findings.append(statement.text()) }
      return findings == ["ok"] ? [] : findings
    }
  }
}
