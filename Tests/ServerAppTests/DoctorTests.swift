import Foundation
import Marketing
import SQLiteStores
import Sealing
import ServerApp
import Testing

@Suite struct DoctorTests {
  /// What is in a folder: each file's bytes by name.
  private func contents(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
      })
  }

  private func findings(_ path: String) -> [Doctor.Finding] {
    Doctor(ServerConfiguration(databasePath: path)).examine()
  }

  private func failed(_ path: String) -> [Doctor.Finding] {
    findings(path).filter { $0.status == .failed }
  }

  private func makeDatabase(_ folder: String) throws -> SQLiteDatabase {
    try SQLiteDatabase.open(path: "\(folder)/l.sqlite", keysAt: "\(folder)/keys.json")
  }

  @Test func nothingIsMadeForANewPlace() async throws {
    try await ServerProcess.withFolder { folder in
      for path in ["\(folder)/l.sqlite", "\(folder)/a/b/l.sqlite"] {
        for _ in 0..<2 {
          #expect(
            findings(path).map(\.check) == [.folder, .database, .keys, .outreach, .libraries])
          #expect(failed(path).isEmpty)
        }
      }
      let after = try contents(folder)
      #expect(after == [:])
    }
  }

  @Test func aSoundDatabaseIsLeftAsItIs() async throws {
    try await ServerProcess.withFolder { folder in
      try makeDatabase(folder).close()
      let before = try contents(folder)
      #expect(failed("\(folder)/l.sqlite").isEmpty)
      #expect(try contents(folder) == before)
    }
  }

  @Test func aDatabaseInUseIsExamined() async throws {
    try await ServerProcess.withFolder { folder in
      let database = try makeDatabase(folder)
      defer { database.close() }
      let before = try contents(folder).keys.sorted()
      #expect(failed("\(folder)/l.sqlite").isEmpty)
      #expect(try contents(folder).keys.sorted() == before)
    }
  }

  @Test(arguments: [true, false])
  func withoutItsRingADatabaseIsNotGivenAnother(_ isReplaced: Bool) async throws {
    try await ServerProcess.withFolder { folder in
      try makeDatabase(folder).close()
      try FileManager.default.removeItem(atPath: "\(folder)/keys.json")
      if isReplaced { _ = try KeyRing.openOrCreate(path: "\(folder)/keys.json") }
      let before = try contents(folder)
      for _ in 0..<2 {
        let failed = failed("\(folder)/l.sqlite")
        #expect(failed.map(\.check) == [.keys])
        #expect(failed.first?.remedy?.contains("put the keys.json that belongs") == true)
      }
      #expect(try contents(folder) == before)
    }
  }

  @Test func aLogWithoutItsIndexIsLeftToTheNextStart() async throws {
    try await ServerProcess.withFolder { folder in
      let database = try makeDatabase(folder)
      defer { database.close() }
      // The files as a backup finds them beside a process that serves.
      let copy = "\(folder)/copy"
      try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
      for name in ["l.sqlite", "l.sqlite-wal", "keys.json"] {
        try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
      }
      let before = try contents(copy)
      let database2 = findings("\(copy)/l.sqlite").first { $0.check == .database }
      #expect(database2?.status == .ok && database2?.message.contains("write-ahead log") == true)
      #expect(try contents(copy) == before)
      try FileManager.default.removeItem(atPath: "\(copy)/keys.json")
      #expect(failed("\(copy)/l.sqlite").map(\.check) == [.keys])
    }
  }

  @Test(arguments: [
    ("/proc/none/l.sqlite", Doctor.Finding.Check.folder, "keeps no files"),
    ("FOLDER/file/l.sqlite", .folder, "is a file, not a folder"),
    ("FOLDER/file/a/l.sqlite", .folder, "is a file, not a folder"),
    ("FOLDER", .database, "is no file"), ("FOLDER/file", .database, "not a database"),
    ("FOLDER/open", .database, "can be read by others"),
  ])
  func aPlaceThatCannotServeIsToldWithItsReason(
    _ path: String, _ check: Doctor.Finding.Check, _ message: String
  ) async throws {
    try await ServerProcess.withFolder { folder in
      for (name, mode) in [("file", 0o600), ("open", 0o644)] {
        let path = "\(folder)/\(name)"
        try Data("my notes, no database, and long enough".utf8)
          .write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      }
      let before = try contents(folder)
      let failed = failed(path.replacing("FOLDER", with: folder))
      #expect(failed.map(\.check) == [check])
      #expect(failed.first?.message.contains(message) == true, "\(failed)")
      #expect(failed.first?.remedy?.isEmpty == false)
      #expect(try contents(folder) == before)
    }
  }

  @Test(arguments: [60, 68]) func anotherProgramsAndANewerDatabaseAreTold(_ offset: Int)
    async throws
  {
    try await ServerProcess.withFolder { folder in
      try makeDatabase(folder).close()
      let path = "\(folder)/l.sqlite"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // SQLite's file format, section 1.3: the user version and the application's mark.
      bytes.replaceSubrange(offset..<offset + 4, with: [0, 0, 0, 99])
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(failed(path).map(\.check) == [.database])
    }
  }

  @Test func damageIsFound() async throws {
    try await ServerProcess.withFolder { folder in
      try makeDatabase(folder).close()
      let path = "\(folder)/l.sqlite"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let middle = bytes.count / 2 / 4096 * 4096
      bytes.replaceSubrange(
        middle..<middle + 4096 * 4, with: Data(repeating: 0xA5, count: 4096 * 4))
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(failed(path).map(\.check) == [.database])
    }
  }
}
