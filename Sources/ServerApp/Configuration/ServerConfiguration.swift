import LeadModels
package import MCP
package import Marketing
package import MarketingTools

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
  /// How long memory lives, and what its indexes may take.
  package var memory = MemorySettings()
  /// Where the vectors come from that recall weighs meaning by.
  package var embedding = EmbeddingSettings()
  /// How models are trained.
  package var models = ModelSettings()
  /// The cuts by which customers are scored.
  package var customers = CustomerSettings()
  /// How memory is consolidated, and how often.
  package var consolidation = ConsolidationSettings()
  /// How soon work is due, and how often it is tried.
  package var work = WorkSettings()
  /// How leads are handed over.
  package var handoff = HandoffSettings()
  /// When and how people are contacted.
  package var engagement = EngagementSettings()
  /// When campaigns are in need of a change, and what may be changed.
  package var campaigns = CampaignSettings()
  /// Who is told what is changed.
  package var campaignWebhook = CampaignWebhookSettings()
  /// Who sends messages, and on which ways.
  package var outreach = OutreachSettings()
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

  /// The toolsets that are offered, and the tools that are offered beside them; all when both are empty.
  package var toolsets: Set<String> = []
  package var onlyTools: Set<String> = []
  /// The tools that are not offered in any case.
  package var excludedTools: Set<String> = []
  /// Whether only tools that change nothing are offered.
  package var isReadOnly = false

  /// Who issues tokens for the gateway, as they name it; `nil` when nobody does.
  package var issuer: String?
  /// What tokens must name as their audience: the gateway's own URI; `nil` for the one made from
  /// `publicURL`.
  package var audience: String?
  /// Where the issuer's public keys are: a URL or a file.
  package var keySet: String?
  /// The claim of a token that names the workspace.
  package var workspaceClaim: String?
  /// The URL that clients reach the gateway by, without a path.
  package var publicURL: String?
  /// The hosts that requests may be addressed to, besides that of `publicURL`.
  package var allowedHosts: [String] = []
  /// The origins of web pages that may send requests, besides those of this machine.
  package var allowedOrigins: [String] = []
  /// Whether a proxy speaks TLS before the gateway.
  package var isTLSTerminated = false
  /// The files of the gateway's own certificate and of its key, PEM.
  package var tlsCertificate: String?
  package var tlsKey: String?
  /// Where the gateway listens; `nil` for not at all.
  package var listen: ListenAddress?
  /// Whether a WebSocket may carry its credential as the sub-protocol `mcp.auth.TOKEN`.
  package var takesTokensAsSubprotocol = false
  /// Whether a WebSocket may be opened without the sub-protocol `mcp`.
  package var allowsNoSubprotocol = false
  /// How many connections the gateway has at most.
  package var maximumConnections = 10_000
  /// How many requests a second one address, one credential, and one credential to one tool may make; 0
  /// for no limit.
  package var requestsPerAddress = 2000.0
  package var requestsPerCredential = 1000.0
  package var callsPerTool = 500.0
  /// The file that says who did what over the gateway; `nil` for the one beside the database, `off` for
  /// none.
  package var auditFile: String?

  /// The defaults, with the database at a path.
  package init(databasePath: String) { self.databasePath = databasePath }
}

extension ServerConfiguration {
  /// Which tools are offered, on every transport.
  package var toolSelection: ToolSelection {
    ToolSelection(
      toolsets: toolsets, tools: onlyTools, excluded: excludedTools, isReadOnly: isReadOnly)
  }

  /// The gateway's own URI, which tokens name as their audience: the setting, or the endpoint below
  /// `publicURL`; `nil` when neither is set.
  package var resource: WebURI? {
    if let audience { return WebURI(audience) }
    return publicURL.flatMap { WebURI($0) }.flatMap { WebURI("\($0.origin)/mcp") }
  }

  /// Settings that are good alone and make no sense together.
  func contradictions() -> [String] {
    var problems: [String] = []
    if issuer != nil {
      if keySet == nil {
        problems.append(
          "auth.jwks: found nothing, expected the issuer's keys, since auth.issuer is set")
      }
      if resource == nil {
        problems.append(
          "auth.audience: found nothing, expected the gateway's URI, since auth.issuer is set "
            + "and http.publicURL is not")
      }
    } else if keySet != nil {
      problems.append("auth.issuer: found nothing, expected the issuer, since auth.jwks is set")
    }
    if (tlsCertificate == nil) != (tlsKey == nil) {
      let (missing, other) =
        tlsKey == nil ? ("tlsKey", "tlsCertificate") : ("tlsCertificate", "tlsKey")
      problems.append("http.\(missing): found nothing, expected a file, since http.\(other) is set")
    }
    let bands = models.bands
    if bands.campaignQualified + bands.coldLead >= 1 {
      problems.append(
        "models.coldLeadShare: found \(bands.coldLead), expected a share that makes less than 1 with "
          + "models.campaignQualifiedShare, which is \(bands.campaignQualified)")
    }
    return problems + embedding.contradictions() + outreach.contradictions()
      + campaignWebhook.contradictions()
  }
}
