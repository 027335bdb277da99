import Foundation

/// Where the database is.
package enum DatabaseURL {
  /// The path in `sqlite:PATH`; `nil` for anything else. `~` stands for the home folder.
  package static func path(_ url: String) -> String? {
    guard url.hasPrefix("sqlite:") else { return nil }
    var path = String(url.dropFirst("sqlite:".count))
    if path.hasPrefix("//") { path.removeFirst(2) }
    if path == "~" || path.hasPrefix("~/") { path = NSHomeDirectory() + path.dropFirst() }
    return path.isEmpty || path.hasSuffix("/") ? nil : path
  }

  /// `leadrelay/leadrelay.sqlite` in the XDG data folder: `$XDG_DATA_HOME`, else `~/.local/share`.
  package static func defaultPath(environment: [String: String]) -> String {
    let named = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"] ?? NSHomeDirectory()
    return (named ?? "\(home)/.local/share") + "/leadrelay/leadrelay.sqlite"
  }
}
