package import Marketing

/// Every setting of the server. Values come from flags, then `LEADRELAY_*` variables, then a file, then
/// the defaults here; `SettingKey` lists the keys.
package struct ServerConfiguration: Sendable, Hashable {
  /// The database file's path.
  package var databasePath: String
  /// The workspace that stdio works in.
  package var workspace = WorkspaceID.default
  /// The scopes that stdio has; `*` for all.
  package var scopes: Set<String> = ["*"]
  /// The least severe level that is logged: trace, debug, info, notice, warning, error, critical.
  package var logLevel = "info"
  /// The bands and times of triage.
  package var triage = TriageSettings()
  /// Whether `ann+news@example.com` is another address than `ann@example.com`.
  package var keepsPlusTags = false
  /// The longest message, in bytes.
  package var maximumMessageBytes = 4 << 20
  /// How many requests of a session may be in flight.
  package var maximumInFlight = 1024
  /// How long requests in flight may go on after the client has stopped sending, in milliseconds.
  package var drainMilliseconds = 1500
  /// How many tasks run at a time.
  package var runningTasks = 4

  /// The defaults, with the database at a path.
  package init(databasePath: String) { self.databasePath = databasePath }
}
