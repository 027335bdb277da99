import Foundation

/// Where the database is.
package enum DatabaseURL {
  /// An address that names no file to keep a database in.
  package struct Refused: Error, Sendable, Hashable {
    /// What would be accepted.
    package let accepted: String
  }

  /// The path in `sqlite:PATH`. `~` stands for the home folder, `$HOME`.
  /// - Throws: `Refused` for anything else than a file that stays.
  package static func path(
    _ url: String, environment: [String: String]
  ) throws(Refused) -> String {
    guard url.hasPrefix("sqlite:") else { throw Refused(accepted: "sqlite:PATH") }
    var path = String(url.dropFirst("sqlite:".count))
    if path.hasPrefix("//") { path.removeFirst(2) }
    guard path != ":memory:" else {
      throw Refused(
        accepted: "sqlite:PATH of a file; a database in memory would be lost at the end")
    }
    // SQLite would take its parameters for its own.
    guard !path.hasPrefix("file:") else {
      throw Refused(accepted: "sqlite:PATH with a plain path in place of the file: URI")
    }
    guard !path.isEmpty, !path.hasSuffix("/"), !path.contains("\0") else {
      throw Refused(accepted: "sqlite:PATH of a file")
    }
    guard path.hasPrefix("~") else { return path }
    guard path.hasPrefix("~/") else {
      throw Refused(accepted: "sqlite:PATH of a file; ~ stands for your own home folder alone")
    }
    return home(environment) + path.dropFirst()
  }

  /// `leadrelay/leadrelay.sqlite` in the XDG data folder: `$XDG_DATA_HOME`, else `~/.local/share`.
  package static func defaultPath(environment: [String: String]) -> String {
    let named = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (named ?? "\(home(environment))/.local/share") + "/leadrelay/leadrelay.sqlite"
  }

  /// The home folder: `$HOME`, else the one of the user's account.
  static func home(_ environment: [String: String]) -> String {
    environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
  }
}
