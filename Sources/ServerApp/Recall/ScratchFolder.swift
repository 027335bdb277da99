import Foundation

/// A folder for files that nobody needs when the work is done. Its owner removes it.
struct ScratchFolder {
  let path: String

  /// Makes a folder that only the user can read.
  init() throws {
    let parent = FileManager.default.temporaryDirectory.path
    var template = Array("\(parent)/leadrelay-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw FileError(parent, "cannot make a folder there: \(String(cString: strerror(errno)))")
    }
    path = String(cString: made)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
