import Glibc

/// A file or folder cannot be read or written.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which one.
  package let path: String
  /// What stands against it.
  package let reason: String

  package var description: String { "\(path): \(reason)" }

  /// An error.
  package init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// An error with the system's own words for its number.
  package init(_ path: String, errno code: Int32) {
    self.init(path, String(cString: strerror(code)))
  }
}
