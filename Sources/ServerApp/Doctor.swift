import Foundation
import Glibc
import Marketing
import SQLiteStores
import Sealing

/// Checks whether the server could start, and says how to mend what stands against it.
package struct Doctor: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable, Hashable {
    /// What was looked at and what was found.
    package let what: String
    /// Whether it is as it must be.
    package let isGood: Bool
    /// How to mend it.
    package let remedy: String?

    static func good(_ what: String) -> Finding {
      Finding(what: what, isGood: true, remedy: nil)
    }

    static func bad(_ what: String, _ remedy: String) -> Finding {
      Finding(what: what, isGood: false, remedy: remedy)
    }
  }

  private let configuration: ServerConfiguration

  /// A doctor for a configuration.
  package init(_ configuration: ServerConfiguration) { self.configuration = configuration }

  /// Looks at everything; nothing is created or changed that a start would not create.
  package func examine() -> [Finding] {
    let path = configuration.databasePath
    var findings = [folder(of: path)]
    let keys = KeyRing.path(besideDatabase: path)
    findings.append(contentsOf: permissions(path, "database"))
    findings.append(contentsOf: permissions(keys, "keys"))
    if findings.allSatisfy(\.isGood) { findings.append(contentsOf: opening(path, keys)) }
    findings.append(contentsOf: libraries())
    return findings
  }

  private func folder(of path: String) -> Finding {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var existing = folder
    while !FileManager.default.fileExists(atPath: existing), existing != "/" {
      existing = URL(fileURLWithPath: existing).deletingLastPathComponent().path
    }
    guard access(existing, W_OK | X_OK) == 0 else {
      return .bad(
        "folder \(folder): cannot be written",
        "chown or chmod \(existing), or use another --database")
    }
    var status = statvfs()
    if statvfs(existing, &status) == 0 {
      let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
      guard free > 100 << 20 else {
        return .bad("folder \(folder): \(free >> 20) MiB free", "free at least 100 MiB")
      }
      return .good("folder \(folder): can be written, \(free >> 20) MiB free")
    }
    return .good("folder \(folder): can be written")
  }

  private func permissions(_ path: String, _ name: String) -> [Finding] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return [.good("\(name) \(path): not there yet, is created at the first start")]
    }
    guard status.st_mode & 0o077 == 0 else {
      return [.bad("\(name) \(path): others can read it", "chmod 600 \(path)")]
    }
    guard access(path, R_OK | W_OK) == 0 else {
      return [.bad("\(name) \(path): cannot be read and written", "chown $USER \(path)")]
    }
    return [.good("\(name) \(path): readable by its owner only")]
  }

  private func opening(_ path: String, _ keys: String) -> [Finding] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    do {
      let ring = try KeyRing.open(path: keys)
      let database = try SQLiteDatabase.open(path: path, keyRing: ring)
      defer { database.close() }
      let damage = try database.checkIntegrity()
      guard damage.isEmpty else {
        return [.bad("database: damaged: \(damage.joined(separator: "; "))", "restore a backup")]
      }
      return [
        .good("keys: \(ring.count) in the ring"),
        .good("database: opens with the schema of this version, undamaged"),
      ]
    } catch {
      return [.bad("database: \(error)", "restore a backup, or start with another --database")]
    }
  }

  private func libraries() -> [Finding] {
    [.good("libraries: SQLite \(SQLiteDatabase.libraryVersion), \(SealingLibrary.version)")]
  }
}
