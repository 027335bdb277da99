import Glibc

/// Writes a file that is there whole at the end, or not at all: what was there before stays until `keep`.
/// Standard output, and what is no regular file, is written to as it is.
package final class OutputFile {
  /// What stands for standard output.
  package static let standardOutput = "-"

  private let path: String
  /// Where it is written until it is whole; `nil` when it is written in place.
  private let temporary: String?
  private var target = ""
  private var descriptor: Int32
  private var isKept = false

  /// Starts writing.
  /// - Parameters:
  ///   - path: the file's path, or `-` for standard output.
  ///   - sources: files that must not be written over.
  package init(_ path: String, sparing sources: [String] = []) throws(FileError) {
    self.path = path
    if path == Self.standardOutput {
      (temporary, descriptor) = (nil, dup(STDOUT_FILENO))
    } else {
      for source in sources where Self.areOne(path, source) {
        throw FileError(path, "is read from, expected another file to write to")
      }
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        temporary = nil
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
      } else if Self.isDatabase(path) {
        throw FileError(path, "is a database, expected another file to write to")
      } else {
        target = try TextFile.target(of: path)
        let temporary = TextFile.temporary(beside: target)
        self.temporary = temporary
        let permissions = try TextFile.permissions(of: target)
        descriptor = open(
          temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions == nil ? 0o666 : 0o600)
        // Where they cannot be set it stays readable by nobody else.
        if descriptor >= 0, let permissions { _ = TextFile.grant(permissions, on: descriptor) }
      }
    }
    guard descriptor >= 0 else { throw FileError(path, errno: errno) }
  }

  /// Whether a file is a database of SQLite, by its first bytes: ours would be lost.
  private static func isDatabase(_ path: String) -> Bool {
    let magic = Array("SQLite format 3\0".utf8)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: magic.count)
    return read(descriptor, &start, start.count) == magic.count && start == magic
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporary, !isKept { unlink(temporary) }
  }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        throw FileError(path, errno: errno)
      }
    }
  }

  /// Puts the file in its place.
  package func keep() throws(FileError) {
    var code: Int32 = 0
    if temporary != nil, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    descriptor = -1
    if let temporary, code == 0 {
      if rename(temporary, target) == 0 { isKept = true } else { code = errno }
    }
    guard code == 0 else { throw FileError(path, errno: code) }
  }

  private static func areOne(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0
      && first.st_mode & S_IFMT == S_IFREG && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }
}
