/// A host's configuration file, changed so that nothing of it is lost or shown to others.
package struct HostFile: Sendable {
  /// What a change did.
  package enum Change: Sendable, Hashable {
    /// It holds this already.
    case none
    /// It was written; where what it held before is kept, when it held anything.
    case written(backup: String?)
  }

  /// The most backups beside one file.
  private static let backupLimit = 1000

  /// The file, perhaps a symbolic link to it.
  package let path: String
  private let mode: UInt32

  /// A file.
  /// - Parameter scope: a user's own file is made for that user alone, a project's for everybody who
  ///   works on it.
  package init(path: String, _ scope: HostInstaller.Scope) {
    self.path = path
    mode = scope == .user ? 0o600 : 0o644
  }

  /// Puts the text that `edit` makes of the file's text in its place, at once, with the same mode and
  /// through symbolic links. What was there is kept beside it as `.backup`, `.backup.2` and so on: no
  /// backup is ever replaced.
  /// - Throws: `FileError` when the file cannot be read or written, and what `edit` throws.
  package func change(_ edit: (String) throws -> String) throws -> Change {
    let before = try TextFile.read(path)
    let after = try edit(before ?? "")
    guard after != before else { return .none }
    try TextFile.createFolder(ofFile: path)
    let backup = try before.flatMap { $0.isEmpty ? nil : try keep($0) }
    // Hosts write these files themselves, some of them all the time.
    guard try TextFile.read(path) == before else {
      throw FileError(path, "was changed by another program meanwhile: try again")
    }
    try TextFile.replace(path, after, mode: mode)
    return .written(backup: backup)
  }

  private func keep(_ text: String) throws -> String {
    let permissions = try TextFile.permissions(of: path) ?? .init(mode: mode)
    for number in 1...Self.backupLimit {
      let backup = number == 1 ? "\(path).backup" : "\(path).backup.\(number)"
      if try TextFile.create(backup, text, permissions) { return backup }
    }
    throw FileError(path, "has \(Self.backupLimit) backups beside it: remove some")
  }
}
