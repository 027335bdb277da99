import Glibc

/// A file or folder cannot be read or written.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which one.
  package let path: String
  /// What the system says about it.
  package let reason: String

  package var description: String { "\(path): \(reason)" }

  /// What the system answered.
  /// - Parameter code: an `errno`.
  init(_ path: String, _ code: Int32) {
    self.path = path
    self.reason = String(cString: strerror(code))
  }
}
