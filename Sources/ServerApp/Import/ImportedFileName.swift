import Foundation

/// The name that an imported file is known by: its whole path, so that two files of one name in two folders
/// stay two, with `~` for the user's home.
package struct ImportedFileName: Sendable, Hashable {
  /// The name as it is stored and printed.
  package let text: String

  /// The name of a file or folder.
  /// - Parameter path: absolute, or from the current folder; may begin with `~`.
  package init(_ path: String, home: String = NSHomeDirectory()) {
    let expanded = path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    let whole = URL(fileURLWithPath: expanded).standardizedFileURL.path
    if home.count > 1, whole == home || whole.hasPrefix(home + "/") {
      text = "~" + whole.dropFirst(home.count)
    } else {
      text = whole
    }
  }

  /// Whether a stored name is this file, one in this folder, or one that ends with the path as given.
  /// - Parameter given: what the user typed.
  func matches(_ stored: String, given: String) -> Bool {
    stored == text || stored.hasPrefix(text + "/") || stored.hasSuffix("/" + given)
  }
}
