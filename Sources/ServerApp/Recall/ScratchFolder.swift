import FoundationEssentials
import Glibc

/// A folder for files that nobody needs when the work is done. Its owner removes it.
struct ScratchFolder {
  let path: String

  /// Makes a folder that only the user can read.
  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/leadrelay-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FileError(parent, errno: errno) }
    path = String(cString: made)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
