import Marketing

/// A setting: its key, what it means, what it accepts, and where it goes.
package struct SettingKey: Sendable {
  /// The key in a file, parts joined by dots: `triage.campaignQualifiedScore`. As a variable it is
  /// `LEADRELAY_TRIAGE_CAMPAIGN_QUALIFIED_SCORE`.
  package let name: String
  /// What it means, with unit and range.
  package let meaning: String
  /// Whether its value is masked wherever it is shown.
  package let isSecret: Bool
  /// The value in effect, as text.
  package let show: @Sendable (ServerConfiguration) -> String
  /// Takes a value over, with the process's variables at hand; returns what would be accepted when it
  /// cannot.
  let set: @Sendable (String, [String: String], inout ServerConfiguration) -> String?

  /// The variable's name.
  package var variable: String {
    let parts = name.split(separator: ".").map { part in
      zip(" " + part, part).reduce(into: "") { text, pair in
        // An acronym such as the one of publicURL is one word.
        if pair.1.isUppercase, pair.0.isLowercase { text += "_" }
        text += pair.1.uppercased()
      }
    }
    return "LEADRELAY_" + parts.joined(separator: "_")
  }
}

extension SettingKey {
  /// Every setting, in the order they are shown.
  package static let all: [SettingKey] =
    [
      SettingKey(
        name: "database", meaning: "where everything is kept: sqlite:PATH", isSecret: false,
        show: { "sqlite:\($0.databasePath)" },
        set: { text, environment, configuration in
          do throws(DatabaseURL.Refused) {
            configuration.databasePath = try DatabaseURL.path(text, environment: environment)
            return nil
          } catch {
            return error.accepted
          }
        }),
      text(
        "workspace", "the workspace that stdio works in",
        accepts: "1 to 64 of letters, digits, '_' and '-'", show: { $0.workspace.rawValue },
        set: { text, configuration in
          guard let workspace = WorkspaceID(checking: text) else { return false }
          configuration.workspace = workspace
          return true
        }),
      text(
        "stdio.scopes", "what stdio may do, separated by commas; * for everything",
        accepts: "scopes such as leads:read,leads:write, or *",
        show: { $0.scopes.sorted().joined(separator: ",") },
        set: { text, configuration in
          let scopes = SettingText.list(text)
          guard !scopes.isEmpty, scopes.allSatisfy(Scopes.isKnown) else { return false }
          configuration.scopes = Set(scopes)
          return true
        }),
      text(
        "log.level", "the least severe level that is logged",
        accepts: "trace, debug, info, notice, warning, error or critical", show: { $0.logLevel },
        set: { text, configuration in
          let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
          guard levels.contains(text.lowercased()) else { return false }
          configuration.logLevel = text.lowercased()
          return true
        }),
      decimal(
        "triage.campaignQualifiedScore", "from this score up a lead is campaign_qualified",
        0...100, \.triage.campaignQualifiedScore),
      decimal(
        "triage.coldLeadScore", "from this score up a lead is a cold_lead", 0...100,
        \.triage.coldLeadScore),
      integer(
        "triage.callWithinMinutes", "how soon to call a qualified lead, in minutes", 1...43_200,
        \.triage.callWithinMinutes),
      cuts(
        "customers.recencyCuts",
        "at most so many days since the last purchase score 5, 4, 3 and 2, by method fixed",
        \.customers.recencyCuts),
      cuts(
        "customers.frequencyCuts",
        "from so many purchases on a customer scores 2, 3, 4 and 5, by method fixed",
        \.customers.frequencyCuts),
      cuts(
        "customers.monetaryCuts",
        "from such an amount on, in its own currency, a customer scores 2, 3, 4 and 5, by method fixed",
        \.customers.monetaryCuts),
      flag(
        "leads.keepPlusTags",
        "whether ann+news@example.com is another address than ann@example.com",
        \.keepsPlusTags),
      integer(
        "limits.maximumMessageBytes", "the longest message, in bytes", 1024...(1 << 30),
        \.maximumMessageBytes),
      integer(
        "limits.maximumInFlight", "how many requests of a session may be in flight", 1...65_536,
        \.maximumInFlight),
      integer(
        "limits.drainMilliseconds",
        "how long requests in flight may go on after the client has stopped sending", 0...60_000,
        \.drainMilliseconds),
      integer("tasks.running", "how many tasks run at a time", 1...64, \.runningTasks),
    ] + modelKeys + memoryKeys + embeddingKeys + consolidationKeys + workKeys + handoffKeys
    + campaignKeys
    + engagementKeys
    + outreachKeys + mailKeys + webhookKeys + toolKeys + gatewayKeys
}
