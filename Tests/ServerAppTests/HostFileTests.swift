import Foundation
import ServerApp
import Testing

/// Changing a host's file without showing or losing what is in it.
@Suite struct HostFileTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private func write(_ text: String, to path: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(arguments: [0o600, 0o640, 0o644, 0o400])
  func fileAndBackupKeepTheMode(_ mode: Int) async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/host.json"
      try write("secret", to: path, mode: mode)
      let change = try HostFile(path: path, .user).change { $0 + " and more" }
      #expect(change == .written(backup: "\(path).backup"))
      #expect(try text(path) == "secret and more")
      #expect(try self.mode(path) == mode)
      #expect(try text("\(path).backup") == "secret")
      #expect(try self.mode("\(path).backup") == mode)
      #expect(try names(folder) == ["host.json", "host.json.backup"])
    }
  }

  @Test(arguments: [
    (HostInstaller.Scope.user, 0o600), (HostInstaller.Scope.project, 0o644),
  ])
  func aNewFileIsMadeWithItsFolders(_ scope: HostInstaller.Scope, _ mode: Int) async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/a/b/host.json"
      let change = try HostFile(path: path, scope).change { $0 + "new" }
      #expect(change == .written(backup: nil))
      #expect(try text(path) == "new")
      #expect(try self.mode(path) == mode)
    }
  }

  @Test(arguments: ["dot/host.json", "/dot/host.json", "link"], [true, false])
  func aSymbolicLinkStaysOne(_ destination: String, _ isThere: Bool) async throws {
    try await ServerProcess.withFolder { folder in
      let manager = FileManager.default
      let target = "\(folder)/dot/host.json"
      try manager.createDirectory(atPath: "\(folder)/dot", withIntermediateDirectories: true)
      if isThere { try write("old", to: target) }
      let path = "\(folder)/.host.json"
      let link = destination.hasPrefix("/") ? folder + destination : destination
      try manager.createSymbolicLink(atPath: path, withDestinationPath: link)
      if link == "link" {
        try manager.createSymbolicLink(
          atPath: "\(folder)/link", withDestinationPath: "dot/host.json")
      }
      _ = try HostFile(path: path, .user).change { _ in "new" }
      #expect(try manager.destinationOfSymbolicLink(atPath: path) == link)
      #expect(try text(target) == "new")
      // The link's folder is the user's; the target's may be shared with others.
      #expect(try names("\(folder)/dot") == ["host.json"])
      #expect(manager.fileExists(atPath: "\(path).backup") == isThere)
    }
  }

  @Test func noBackupIsEverReplaced() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/host.json"
      try write("0", to: path)
      for number in 1...3 { _ = try HostFile(path: path, .user).change { _ in "\(number)" } }
      let kept = try ["", ".backup", ".backup.2", ".backup.3"].map { try text(path + $0) }
      #expect(kept == ["3", "0", "1", "2"])
      let change = try HostFile(path: path, .user).change { $0 }
      #expect(change == HostFile.Change.none)
      #expect(try names(folder).count == 4)
    }
  }

  @Test func whatAnotherProgramWroteMeanwhileStays() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/host.json"
      try write("old", to: path)
      let error = #expect(throws: FileError.self) {
        try HostFile(path: path, .user).change { _ in
          try write("theirs", to: path)
          return "ours"
        }
      }
      #expect(error?.reason.contains("try again") == true)
      #expect(try text(path) == "theirs")
    }
  }

  @Test(.enabled(if: getuid() == 0)) func theOwnerStays() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/host.json"
      try write("old", to: path, mode: 0o640)
      #expect(chown(path, 12, 34) == 0)
      _ = try HostFile(path: path, .user).change { _ in "new" }
      for name in [path, "\(path).backup"] {
        var status = stat()
        #expect(stat(name, &status) == 0)
        #expect(status.st_uid == 12 && status.st_gid == 34 && status.st_mode & 0o777 == 0o640)
      }
    }
  }

  @Test func whatCannotBeChangedIsNamed() async throws {
    try await ServerProcess.withFolder { folder in
      try write("", to: "\(folder)/file")
      try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: "\(folder)/bytes"))
      for (name, reason) in [
        ("", "directory"), ("file/host.json", "Not a directory"), ("bytes", "UTF-8"),
      ] {
        let error = #expect(throws: FileError.self) {
          try HostFile(path: "\(folder)/\(name)", .user).change { _ in "new" }
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
      }
    }
  }
}
