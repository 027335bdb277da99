// Beside Glibc: which of the two a C type counts as belonging to depends on what is compiled beside this file.
import Foundation
import Glibc

/// Files of text that people keep: read whole, and replaced whole or not at all.
enum TextFile {
  private static let maximumBytes = 16 << 20

  /// The file's text; `nil` when there is no such file.
  static func read(_ path: String) throws(FileError) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(path, errno: errno)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count > 0 {
        bytes += chunk.prefix(count)
      } else if errno != EINTR {
        throw FileError(path, errno: errno)
      }
      guard bytes.count <= maximumBytes else { throw FileError(path, "longer than 16 MiB") }
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError(path, "not text in UTF-8")
    }
    return text
  }

  /// Who may do what with a file.
  struct Permissions: Sendable {
    /// The bits of its mode.
    var mode: UInt32
    /// Its owner and group; `nil` for those of this process.
    var owner: (user: UInt32, group: UInt32)?
  }

  /// The permissions of a file, following symbolic links; `nil` when there is no such file.
  static func permissions(of path: String) throws(FileError) -> Permissions? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw FileError(path, errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path, "not a regular file") }
    return Permissions(
      mode: status.st_mode & 0o7777, owner: (status.st_uid, status.st_gid))
  }

  /// Writes a new file onto the disk, readable by nobody else before its permissions are set.
  /// - Returns: whether it was written; nothing is when there is such a file already.
  static func create(
    _ path: String, _ text: String, _ permissions: Permissions
  ) throws(FileError) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { return false }
      throw FileError(path, errno: errno)
    }
    var failure: Int32 = 0
    if !write(Array(text.utf8), to: descriptor) || !grant(permissions, on: descriptor)
      || fsync(descriptor) != 0
    {
      failure = errno
    }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else {
      unlink(path)
      throw FileError(path, errno: failure)
    }
    return true
  }

  /// Gives a file permissions, and its owner as far as this process may.
  static func grant(_ permissions: Permissions, on descriptor: Int32) -> Bool {
    var mode = permissions.mode
    // Only an administrator can give a file away; to a group of its own everybody can. What was for
    // another group is not shown to this process's.
    if let owner = permissions.owner, fchown(descriptor, owner.user, owner.group) != 0,
      fchown(descriptor, uid_t.max, owner.group) != 0
    {
      mode &= ~0o070
    }
    return fchmod(descriptor, mode) == 0
  }

  /// Replaces a file, or makes it, in one step that no reader can see half done. A symbolic link stays
  /// one: what it points to is replaced.
  /// - Parameter mode: the permissions of a file that is new; one that is there keeps its own, and its
  ///   owner as far as this process may set it.
  static func replace(_ path: String, _ text: String, mode: UInt32) throws(FileError) {
    let target = try target(of: path)
    let permissions = try permissions(of: target) ?? Permissions(mode: mode)
    let temporary = temporary(beside: target)
    do throws(FileError) {
      guard try create(temporary, text, permissions) else {
        throw FileError(temporary, errno: EEXIST)
      }
    } catch {
      throw FileError(target, "cannot be replaced: \(error.reason)")
    }
    guard rename(temporary, target) == 0 else {
      let code = errno
      unlink(temporary)
      throw FileError(target, errno: code)
    }
  }

  /// A name beside a file's for what shall take its place. A name may be 255 bytes long.
  static func temporary(beside target: String) -> String {
    let (folder, name) = parts(of: target)
    let start = String(decoding: name.utf8.prefix(200), as: UTF8.self)
    return "\(folder)/.\(start).\(UInt64.random(in: .min ... .max))"
  }

  /// Makes a folder and those above it where they are missing.
  static func createFolder(ofFile path: String) throws(FileError) {
    try createFolder(parts(of: path).folder)
  }

  private static func createFolder(_ folder: String) throws(FileError) {
    if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, case let parent = parts(of: folder).folder, parent != folder else {
      throw FileError(folder, errno: errno)
    }
    try createFolder(parent)
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw FileError(folder, errno: errno)
    }
  }

  /// What a path leads to through symbolic links, whether there is a file or not.
  static func target(of path: String) throws(FileError) -> String {
    var path = path
    for _ in 0..<40 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &buffer, buffer.count)
      guard count >= 0 else { return path }
      let link = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
      path = link.hasPrefix("/") ? link : "\(parts(of: path).folder)/\(link)"
    }
    throw FileError(path, errno: ELOOP)
  }

  private static func parts(of path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.index(after: slash)...]))
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count > 0 { written += count } else if count == 0 || errno != EINTR { return false }
    }
    return true
  }
}
