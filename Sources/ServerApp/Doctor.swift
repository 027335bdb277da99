import Foundation
import Glibc
import Marketing
import SQLiteStores
import Sealing

/// Checks whether the server could start, and says how to mend what stands against it.
package struct Doctor: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable, Hashable, Codable {
    /// What is looked at.
    package enum Check: String, Sendable, Hashable, Codable {
      case folder, database, keys, outreach, libraries
    }

    /// Whether it is as it must be.
    package enum Status: String, Sendable, Hashable, Codable {
      case ok, failed
    }

    /// What was looked at.
    package let check: Check
    /// Whether it is as it must be.
    package let status: Status
    /// What was found.
    package let message: String
    /// How to mend it; `nil` when there is nothing to mend.
    package let remedy: String?

    static func good(_ check: Check, _ message: String) -> Finding {
      Finding(check: check, status: .ok, message: message, remedy: nil)
    }

    static func bad(_ check: Check, _ message: String, _ remedy: String) -> Finding {
      Finding(check: check, status: .failed, message: message, remedy: remedy)
    }
  }

  private static let leastFree: UInt64 = 100 << 20

  private let path: String
  private let keys: String
  private let configuration: ServerConfiguration

  /// A doctor for a configuration.
  package init(_ configuration: ServerConfiguration) {
    self.configuration = configuration
    path = configuration.databasePath
    keys = KeyRing.path(besideDatabase: path)
  }

  /// Looks at everything; nothing is made or changed.
  package func examine() -> [Finding] {
    var findings = [folder()]
    findings += [(Finding.Check.database, path), (.keys, keys)].compactMap(permissions)
    if findings.allSatisfy({ $0.status == .ok }) { findings += contents() }
    findings.append(outreach())
    findings.append(
      .good(.libraries, "SQLite \(SQLiteDatabase.libraryVersion), \(SealingLibrary.version)"))
    return findings
  }

  /// On which ways messages leave; nobody is asked whether they are open.
  private func outreach() -> Finding {
    do throws(ConfigurationError) {
      let plan = try OutreachPlan(configuration)
      let mark = OutreachMark(besideDatabase: path)
      let waiting = Set(OutreachChannel.allCases).subtracting(plan.claimedChannels(besides: mark))
      guard !waiting.isEmpty else { return .good(.outreach, plan.summary) }
      let names = waiting.map(\.rawValue).sorted().joined(separator: ", ")
      return .good(
        .outreach,
        "\(plan.isReal ? plan.summary : "nothing leaves with these settings"); messages by \(names) wait for a process that has a way for them (\(mark.path))"
      )
    } catch {
      return .bad(
        .outreach, error.message,
        "mend the setting; outreach.dryRun=true keeps messages from leaving meanwhile")
    }
  }

  private func folder() -> Finding {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var existing = folder
    var status = stat()
    while stat(existing, &status) != 0, existing != "/" {
      existing = URL(fileURLWithPath: existing).deletingLastPathComponent().path
    }
    let another = "start with another --database"
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return .bad(.folder, "\(existing) is a file, not a folder", another)
    }
    guard access(existing, W_OK | X_OK) == 0 else {
      return .bad(
        .folder, "\(folder) cannot be written: \(String(cString: strerror(errno)))",
        "get the right to write in \(existing), or \(another)")
    }
    var space = statvfs()
    guard statvfs(existing, &space) == 0 else { return .good(.folder, "\(folder) can be written") }
    // Such as /proc: no files can be made there, whatever the permissions say.
    guard space.f_blocks > 0 else {
      return .bad(
        .folder, "\(folder) cannot be written: the file system of \(existing) keeps no files",
        another)
    }
    let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
    guard free > Self.leastFree else {
      return .bad(
        .folder, "\(folder) has \(free >> 20) MiB free", "free at least \(Self.leastFree >> 20) MiB"
      )
    }
    return .good(.folder, "\(folder) can be written, \(free >> 20) MiB free")
  }

  /// What stands against reading and writing a file, if there is one.
  private func permissions(_ check: Finding.Check, _ path: String) -> Finding? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return .bad(check, "\(path) is no file", "move it away, or start with another --database")
    }
    guard status.st_mode & 0o077 == 0 else {
      return .bad(check, "\(path) can be read by others", "chmod 600 \(path)")
    }
    guard access(path, R_OK | W_OK) == 0 else {
      return .bad(check, "\(path) cannot be read and written", "chown $USER \(path)")
    }
    return nil
  }

  private func contents() -> [Finding] {
    let examination: DatabaseExamination
    do {
      examination = try DatabaseExamination(path: path)
    } catch {
      return [
        .bad(
          .database, error.message.contains(path) ? error.message : "\(path): \(error.message)",
          "start with another --database, or restore a backup of this one")
      ]
    }
    return [database(examination), ring(examination)]
  }

  private func database(_ examination: DatabaseExamination) -> Finding {
    switch examination.content {
    case .none: return .good(.database, "\(path) is made at the first start")
    case .unread:
      return .good(
        .database, "\(path) has a write-ahead log that the next start takes in; not examined")
    case .ours: break
    }
    guard examination.damage.isEmpty else {
      return .bad(
        .database, "\(path) is damaged: \(examination.damage.joined(separator: "; "))",
        "restore a backup")
    }
    return .good(
      .database,
      examination.isCurrent
        ? "\(path) has the schema of this version and is undamaged"
        : "\(path) is undamaged; the next start brings it to the schema of this version")
  }

  private func ring(_ examination: DatabaseExamination) -> Finding {
    let restore =
      "put the keys.json that belongs to the database back, from a backup; with another one the "
      + "personal values in the database cannot be read"
    if access(keys, F_OK) != 0 {
      return examination.needsKeys
        ? .bad(.keys, "\(keys) is missing, and the database was made with it", restore)
        : .good(.keys, "\(keys) is made at the first start")
    }
    do {
      let ring = try KeyRing.open(path: keys)
      guard examination.belongs(to: ring) else {
        return .bad(.keys, "\(keys) is not the one that the database was made with", restore)
      }
      let count = ring.count == 1 ? "one key" : "\(ring.count) keys"
      return .good(
        .keys,
        examination.content == .ours
          ? "\(keys) holds \(count) and belongs to the database" : "\(keys) holds \(count)")
    } catch {
      return .bad(.keys, "\(error)", restore)
    }
  }
}
