import Foundation
import MCP
import Marketing
import ServerApp
import Testing

@Suite struct ConfigurationReaderTests {
  private func load(
    flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws -> ConfigurationReader.Loaded {
    let flags = flags.mapValues { ConfigurationReader.Flag("--set", $0) }
    return try ConfigurationReader(flags: flags, environment: environment, file: file).load()
  }

  private func withFile<Value>(
    _ name: String, _ text: String, _ body: (String) throws -> Value
  ) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return try body(file.path)
  }

  @Test func withoutSourcesTheDefaultsHold() throws {
    let loaded = try load(environment: ["HOME": "/home/ann"])
    #expect(
      loaded.configuration.databasePath == "/home/ann/.local/share/leadrelay/leadrelay.sqlite")
    #expect(loaded.configuration.triage == TriageSettings())
    #expect(loaded.sources.values.allSatisfy { $0 == "default" })
  }

  @Test func theXDGFolderIsTaken() throws {
    let loaded = try load(environment: ["HOME": "/home/ann", "XDG_DATA_HOME": "/data"])
    #expect(loaded.configuration.databasePath == "/data/leadrelay/leadrelay.sqlite")
  }

  @Test(arguments: [
    ("settings.json", #"{"triage": {"coldLeadScore": 20, "campaignQualifiedScore": 60.5}}"#),
    ("settings.yaml", "triage:\n  coldLeadScore: 20\n  campaignQualifiedScore: 60.5\n"),
  ])
  func flagsWinOverVariablesOverTheFile(_ name: String, _ text: String) throws {
    try withFile(name, text) { path in
      let variable = "LEADRELAY_TRIAGE_COLD_LEAD_SCORE"
      let fromFile = try load(environment: ["LEADRELAY_CONFIG": path])
      #expect(fromFile.configuration.triage.coldLeadScore == 20)
      #expect(fromFile.configuration.triage.campaignQualifiedScore == 60.5)
      #expect(fromFile.sources["triage.coldLeadScore"] == path)
      let fromVariable = try load(environment: [variable: "25"], file: path)
      #expect(fromVariable.configuration.triage.coldLeadScore == 25)
      #expect(fromVariable.sources["triage.coldLeadScore"] == variable)
      let fromFlag = try load(
        flags: ["triage.coldLeadScore": "28"], environment: [variable: "25"], file: path)
      #expect(fromFlag.configuration.triage.coldLeadScore == 28)
    }
  }

  @Test func everyProblemIsNamedAtOnce() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load(
        flags: ["database": "postgres://x"],
        environment: [
          "LEADRELAY_LOG_LEVEL": "loud", "LEADRELAY_TRIAGE_COLD_LEAD_SCORE": "120",
          "LEADRELAY_STDIO_SCOPES": "leads:fly",
        ])
    }
    let message = try #require(error?.message)
    for part in [
      "sqlite:PATH", "LEADRELAY_LOG_LEVEL", "'loud'", "from 0.0 to 100.0", "'leads:fly'",
    ] {
      #expect(message.contains(part), "\(part) is not in: \(message)")
    }
  }

  @Test func contradictingBandsAreRefusedWithTheSourceOfEach() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load(flags: ["triage.coldLeadScore": "90"])
    }
    #expect(
      error?.message
        == "triage.coldLeadScore: found 90.0, expected at most campaignQualifiedScore, which is 70.0 "
        + "(triage.campaignQualifiedScore is from default, triage.coldLeadScore is from --set)")
  }

  @Test func hoursThatCloseWhenTheyOpenAreRefused() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load(flags: ["engagement.opensAtMinute": "1260"])
    }
    #expect(
      error?.message
        == "engagement.closesAtMinute: found 1260, expected another minute than opensAtMinute: 0 and "
        + "1440 allow the whole day (engagement.opensAtMinute is from --set, "
        + "engagement.closesAtMinute is from default)")
  }

  @Test(arguments: [
    ("database", "--database", "postgres://x"), ("stdio.scopes", "--set", "leads:fly"),
    ("log.level", "--log-level", "loud"),
  ])
  func aProblemNamesTheFlagAsItWasWritten(_ key: String, _ flag: String, _ text: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationReader(flags: [key: .init(flag, text)], environment: [:], file: nil).load()
    }
    #expect(error?.message.hasPrefix("\(flag): \(key): found '\(text)'") == true)
  }

  @Test func anEmptyVariableCountsAsNotSet() throws {
    let names = SettingKey.all.map(\.variable) + ["LEADRELAY_CONFIG", "HOME", "XDG_DATA_HOME"]
    let loaded = try load(
      environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
    #expect(loaded.sources.values.allSatisfy { $0 == "default" })
    #expect(loaded.configuration.databasePath.hasSuffix("/.local/share/leadrelay/leadrelay.sqlite"))
    #expect(loaded.warnings.isEmpty)
  }

  @Test func unknownVariablesAreToldWithTheNearestOne() throws {
    let loaded = try load(environment: [
      "LEADRELAY_WORKSPCE": "x", "LEADRELAY_SERVICE_HOST": "10.0.0.1", "LEADRELAYS": "x",
      "LEADRELAY_CONFIG": "", "LEADRELAY_LOG_LEVEL": "debug",
    ])
    #expect(
      loaded.warnings == [
        "LEADRELAY_SERVICE_HOST is no setting and is ignored",
        "LEADRELAY_WORKSPCE is no setting and is ignored; did you mean LEADRELAY_WORKSPACE?",
      ])
  }

  @Test func anEmptyPathOfAFileIsRefused() throws {
    let error = #expect(throws: ConfigurationError.self) { try load(file: "") }
    #expect(error?.message.hasPrefix("--config: ") == true)
  }

  @Test(arguments: [("x.json", "{"), ("x.toml", "a = 1"), ("x.yaml", "a: [")])
  func aFileThatCannotBeReadIsNamed(_ name: String, _ text: String) throws {
    try withFile(name, text) { path in
      let error = #expect(throws: ConfigurationError.self) { try load(file: path) }
      #expect(error?.message.hasPrefix("\(path): ") == true)
      let variable = #expect(throws: ConfigurationError.self) {
        try load(environment: ["LEADRELAY_CONFIG": path])
      }
      #expect(variable?.message == "LEADRELAY_CONFIG: \(error?.message ?? "")")
    }
  }

  @Test func everySettingCanBeSetByItsVariable() throws {
    let values = [
      "database": "sqlite:/tmp/x.sqlite", "workspace": "sales", "stdio.scopes": "leads:read",
      "log.level": "debug", "triage.campaignQualifiedScore": "71.5", "triage.coldLeadScore": "31.5",
      "triage.callWithinMinutes": "7", "leads.keepPlusTags": "true",
      "customers.recencyCuts": "7,14.5,30,60", "customers.frequencyCuts": "2,4,6,8",
      "customers.monetaryCuts": "0,1,2,3",
      "limits.maximumMessageBytes": "2048", "limits.maximumInFlight": "3",
      "limits.drainMilliseconds": "10", "tasks.running": "2",
      "tools.toolsets": "memory,triage", "tools.only": "get_lead",
      "tools.exclude": "record_outcome,triage_leads", "tools.readOnly": "true",
      "auth.issuer": "https://id.example", "auth.audience": "https://leads.example/mcp",
      "auth.jwks": "/etc/leadrelay/jwks.json", "auth.workspaceClaim": "workspace",
      "http.publicURL": "https://leads.example", "http.allowedHosts": "leads.example,10.0.0.5:8080",
      "http.allowedOrigins": "https://app.example,chrome-extension://abc",
      "http.tlsTerminated": "true", "http.tlsCertificate": "/etc/leadrelay/cert.pem",
      "http.tlsKey": "/etc/leadrelay/key.pem", "http.listen": "[::1]:9000",
      "http.subprotocolTokens": "true", "http.subprotocolOptional": "true",
      "http.maximumConnections": "50", "rates.perAddress": "10.0", "rates.perCredential": "5.5",
      "rates.perTool": "0.5", "audit.file": "off",
      "memory.shortTermHours": "48", "memory.sliding": "true", "memory.indexMegabytes": "64",
      "memory.embeddings.url": "https://api.example.com/v1", "memory.embeddings.model": "small",
      "memory.embeddings.keyFile": "/etc/leadrelay/embeddings.key",
      "memory.embeddings.dimensions": "256", "memory.embeddings.timeoutMilliseconds": "2500",
      "memory.wordVectors": "/srv/words.txt",
      "models.campaignQualifiedShare": "0.3", "models.coldLeadShare": "0.35",
      "models.mapping": "identity", "models.lostAfterDays": "30",
      "models.retrainAfterOutcomes": "200", "models.threads": "2",
      "memory.consolidateEveryHours": "12", "memory.successOutcome": "0.6",
      "memory.minimumTrials": "8", "memory.halfLifeDays": "45.5", "memory.decayFloor": "0.05",
      "memory.retentionDays": "700", "memory.compressAfterDays": "60",
      "memory.compressAbove": "40", "memory.summaryTokens": "300",
      "work.triageSeconds": "30", "work.qualifiedSeconds": "200", "work.inquirySeconds": "1800",
      "work.coldSeconds": "4000", "work.attempts": "9", "work.retrySeconds": "3",
      "work.retryMostSeconds": "60", "work.keepDoneDays": "14",
      "handoff.offerSeconds": "600", "handoff.leaseSeconds": "120",
      "handoff.escalationMinutes": "90", "handoff.escalationOwner": "maria",
      "handoff.retryMilliseconds": "20", "handoff.checkSeconds": "5",
      "campaigns.minimumCTR": "0.03", "campaigns.minimumROAS": "2.5",
      "campaigns.maximumCPL": "EUR=45,USD=60", "campaigns.minimumSpend": "EUR=90.5",
      "campaigns.minimumImpressions": "2000", "campaigns.channelCTR": "display=0.0002,search=0.06",
      "campaigns.channelROAS": "search=3", "campaigns.autoApply": "bid_change,creative_refresh",
      "campaigns.coolDownDays": "14", "campaigns.step": "0.1",
      "campaigns.dailyBudgetCap": "USD=1000", "campaigns.allBudgetsCap": "USD=5000",
      "campaigns.changesPerDay": "5", "campaigns.proposalDays": "3", "campaigns.owner": "maria",
      "campaigns.checkSeconds": "30", "campaigns.webhookURL": "https://ads.example/in",
      "campaigns.webhookSecretFile": "/etc/leadrelay/ads.secret",
      "engagement.opensAtMinute": "540", "engagement.closesAtMinute": "1200",
      "engagement.maximumUnanswered": "4", "engagement.maximumComplaints": "1",
      "engagement.sendTimePriorWeight": "12.5", "engagement.minimumChannelTrials": "8",
      "outreach.organization": "Acme", "outreach.senderName": "Ann of Acme",
      "outreach.postalAddress": "Acme AS, Storgata 1, 0155 Oslo",
      "outreach.topic": "route planning", "outreach.bookingURL": "https://acme.example/book",
      "outreach.resources": "A guide=https://acme.example/guide?a=b,Prices=https://acme.example/p",
      "outreach.dryRun": "false", "outreach.leaseSeconds": "60", "outreach.retentionDays": "90",
      "smtp.url": "smtp://mail.example:2525", "smtp.tls": "implicit", "smtp.user": "relay",
      "smtp.passwordFile": "/etc/leadrelay/smtp.password",
      "smtp.certificateFile": "/etc/leadrelay/ca.pem", "smtp.from": "sales@acme.example",
      "smtp.replyTo": "answers@acme.example", "smtp.heloName": "relay.acme.example",
      "smtp.connections": "7", "smtp.perSecond": "2.5",
      "webhook.url": "https://calls.example/in", "webhook.secretFile": "/etc/leadrelay/out.secret",
      "webhook.channels": "phone,sms", "webhook.inboundSecretFile": "/etc/leadrelay/in.secret",
      "webhook.concurrency": "3", "webhook.perSecond": "1.5",
    ]
    #expect(Set(values.keys) == Set(SettingKey.all.map(\.name)))
    let variables = Dictionary(
      uniqueKeysWithValues: SettingKey.all.map { ($0.variable, values[$0.name] ?? "") })
    // Two of them exclude each other.
    for left in ["memory.wordVectors", "memory.embeddings."] {
      let keys = SettingKey.all.filter { !$0.name.hasPrefix(left) }
      let chosen = variables.filter { name, _ in keys.contains { $0.variable == name } }
      let loaded = try load(environment: chosen)
      for key in keys {
        #expect(key.show(loaded.configuration) == values[key.name])
        #expect(loaded.sources[key.name] == key.variable)
      }
    }
  }

  @Test func readmeListsEverySetting() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(
      contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let defaults = ServerConfiguration(databasePath: "…")
    for key in SettingKey.all {
      let value = key.show(defaults)
      let shown =
        key.name == "database"
        ? "under the XDG data folder" : value.isEmpty ? "not set" : "`\(value)`"
      let row = "| `\(key.name)` | `\(key.variable)` | \(shown) | \(key.meaning) |"
      #expect(readme.contains(row), "README.md lacks the row: \(row)")
    }
  }

  /// A setting, a value, and what the complaint says.
  static let refused: [(key: String, text: String, named: String)] = [
    ("tools.toolsets", "triage,hand-off", "triage, memory, handoff, engagement, campaigns, admin"),
    ("tools.toolsets", "hand-off", "did you mean handoff?"),
    ("tools.only", "get_leads", "did you mean get_lead?"),
    ("tools.exclude", "triage_lead,no_such_tool", "'no_such_tool' is none"),
    ("auth.issuer", "id.example", "https://"), ("auth.issuer", "http://id.example", "https://"),
    ("auth.audience", "https://leads.example/mcp#x", "without a fragment"),
    ("auth.jwks", "http://id.example/jwks", "an https:// URL or a path"),
    ("auth.jwks", "ftp://id.example/jwks", "an https:// URL or a path"),
    ("auth.workspaceClaim", "a b", "a claim's name"),
    ("http.publicURL", "https://leads.example/mcp", "without a path"),
    ("http.allowedHosts", "leads.example,http://x", "'http://x' is none"),
    ("http.allowedOrigins", "https://app.example/", "'https://app.example/' is none"),
    ("http.allowedOrigins", "null", "'null' is none"),
    ("http.allowedOrigins", "*", "'*' is none"),
    ("models.campaignQualifiedShare", "0", "above 0"), ("models.coldLeadShare", "1", "below 1"),
    ("models.coldLeadShare", "nan", "below 1"), ("models.mapping", "points", "lift or identity"),
    ("models.lostAfterDays", "0", "1 to 3650"), ("models.threads", "0", "1 to 256"),
    ("models.retrainAfterOutcomes", "-1", "0 to 1000000"),
    ("memory.embeddings.url", "http://embeddings.example/v1", "or an http:// one of this machine"),
    ("memory.embeddings.url", "api.example.com/v1", "an https:// URL"),
    ("memory.embeddings.dimensions", "8193", "0 to 8192"),
    ("memory.embeddings.timeoutMilliseconds", "0", "10 to 600000"),
    ("outreach.organization", "a\nb", "one line"), ("outreach.senderName", "  ", "one line"),
    ("outreach.bookingURL", "acme.example/book", "an https://"),
    ("outreach.bookingURL", "javascript:alert(1)", "an https://"),
    ("outreach.resources", "A=https://a.example,https://b.example", "'https://b.example' is none"),
    ("outreach.dryRun", "maybe", "true or false"), ("outreach.leaseSeconds", "4", "5 to 3600"),
    ("outreach.retentionDays", "0", "1 to 3650"),
    ("smtp.url", "mail.example:587", "smtp://HOST:PORT"),
    ("smtp.url", "smtp://ann:secret@mail.example", "without a name and a password"),
    ("smtp.tls", "on", "starttls, implicit or off"), ("smtp.from", "sales", "an e-mail address"),
    ("smtp.from", "a@b.example\r\nBcc: c@d.example", "an e-mail address"),
    ("smtp.replyTo", "answers@", "an e-mail address"),
    ("smtp.heloName", "a b", "a host's name"), ("smtp.connections", "0", "1 to 64"),
    ("webhook.channels", "phone,email", "'email' is none"),
    ("webhook.concurrency", "65", "1 to 64"), ("webhook.perSecond", "-1", "0.0 to 10000.0"),
    ("handoff.escalationOwner", String(repeating: "m", count: 101), "1 to 100 characters"),
  ]

  @Test(arguments: refused) func whatCannotBeUsedIsNamed(
    _ wrong: (key: String, text: String, named: String)
  ) {
    let error = #expect(throws: ConfigurationError.self) {
      try load(flags: [wrong.key: wrong.text])
    }
    #expect(
      error?.message.hasPrefix("--set: \(wrong.key): found '\(wrong.text)'") == true
        && error?.message.contains(wrong.named) == true, "\(error?.message ?? "")")
  }

  /// Settings that are good alone, and what they lack.
  static let incomplete: [(settings: [String: String], lacks: [String])] = [
    (["auth.issuer": "https://id.example"], ["auth.jwks", "auth.audience"]),
    (["auth.issuer": "https://i.example", "http.publicURL": "https://l.example"], ["auth.jwks"]),
    (["auth.jwks": "keys.json"], ["auth.issuer"]),
    (["http.tlsKey": "key.pem"], ["http.tlsCertificate"]),
    (["http.tlsCertificate": "cert.pem"], ["http.tlsKey"]),
    (["models.campaignQualifiedShare": "0.6"], ["models.coldLeadShare"]),
    (
      ["models.coldLeadShare": "0.5", "models.campaignQualifiedShare": "0.5"],
      ["models.coldLeadShare"]
    ),
    (
      ["smtp.url": "smtp://m.example"],
      ["smtp.from", "outreach.organization", "outreach.postalAddress"]
    ),
    (["smtp.from": "sales@acme.example"], ["smtp.url"]),
    (["smtp.user": "relay"], ["smtp.url"]),
    (sending(["smtp.user": "relay"]), ["smtp.passwordFile"]),
    (sending(["smtp.passwordFile": "p"]), ["smtp.user"]),
    (
      sending(["smtp.user": "relay", "smtp.passwordFile": "p", "smtp.tls": "off"]), ["smtp.tls"]
    ),
    (["webhook.url": "https://calls.example"], ["webhook.secretFile"]),
    (["webhook.secretFile": "s"], ["webhook.url"]),
    (
      ["webhook.url": "https://calls.example", "webhook.secretFile": "s", "webhook.channels": ""],
      ["webhook.channels"]
    ),
    (["outreach.dryRun": "false"], ["outreach.dryRun"]),
  ]

  /// Settings by which mails are sent, and more.
  private static func sending(_ more: [String: String]) -> [String: String] {
    [
      "smtp.url": "smtp://m.example", "smtp.from": "sales@acme.example",
      "outreach.organization": "Acme", "outreach.postalAddress": "Storgata 1, Oslo",
    ].merging(more) { $1 }
  }

  @Test(arguments: incomplete) func whatMakesNoSenseTogetherIsRefused(
    _ given: (settings: [String: String], lacks: [String])
  ) {
    let error = #expect(throws: ConfigurationError.self) { try load(flags: given.settings) }
    let lines = error?.message.split(separator: "\n") ?? []
    #expect(lines.map { $0.prefix { $0 != ":" } } == given.lacks.map { $0[...] })
  }

  @Test func theAudienceIsTheEndpointBelowThePublicURL() throws {
    #expect(try load().configuration.resource == nil)
    let derived = try load(flags: ["http.publicURL": "https://Leads.example:443"]).configuration
    #expect(derived.resource?.text == "https://leads.example/mcp")
    let named = try load(flags: [
      "http.publicURL": "https://leads.example", "auth.audience": "https://other.example/",
    ]).configuration
    #expect(named.resource?.text == "https://other.example")
  }

  @Test func anEmptyTextTakesASettingBack() throws {
    let file = #"{"auth": {"workspaceClaim": "team"}, "tools": {"toolsets": ["triage", "memory"]}}"#
    try withFile("settings.json", file) { path in
      let loaded = try load(file: path).configuration
      #expect(loaded.workspaceClaim == "team" && loaded.toolsets == ["memory", "triage"])
      let again = try load(
        flags: ["auth.workspaceClaim": "", "tools.toolsets": ""], file: path
      ).configuration
      #expect(again.workspaceClaim == nil && again.toolsets.isEmpty)
    }
  }
}
