import Glibc

/// A file beside the database, left by the first process that sends its messages for real. Several processes may
/// share a database, each with settings of its own: one that knows of no way for messages, such as one that a
/// host starts over stdio, must not take for sent what another is to send.
package struct OutreachMark: Sendable {
  /// Where it is.
  package let path: String

  /// The mark of a database.
  package init(besideDatabase path: String) { self.path = "\(path).outreach" }

  /// Whether messages of this database are sent for real.
  package var isThere: Bool { access(path, F_OK) == 0 }

  /// Leaves it.
  /// - Returns: whether it is there now.
  package func leave() -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
    return isThere
  }
}
