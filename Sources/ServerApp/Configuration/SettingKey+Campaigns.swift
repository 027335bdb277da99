import Marketing
import MarketingTools
import Outreach

// The settings of how campaigns are judged and changed.
extension SettingKey {
  /// When a campaign is in need of a change, what may be changed, and who is told.
  static let campaignKeys: [SettingKey] = thresholdKeys + policyKeys + platformKeys

  private static let thresholdKeys: [SettingKey] = [
    decimal(
      "campaigns.minimumCTR",
      "a click-through rate that is certainly lower calls for other creatives",
      0.000_001...0.99, \.campaigns.thresholds.minimumCTR),
    decimal(
      "campaigns.minimumROAS",
      "a return on spend that is certainly lower calls for other targeting",
      0.001...1000, \.campaigns.thresholds.minimumROAS),
    amounts(
      "campaigns.maximumCPL",
      "a cost per lead that is certainly higher calls for other bids, by currency",
      \.campaigns.thresholds.maximumCPL),
    amounts(
      "campaigns.minimumSpend", "what must have been spent before money is judged, by currency",
      \.campaigns.thresholds.minimumSpend),
    integer(
      "campaigns.minimumImpressions",
      "so many impressions there must be before the click-through rate is judged",
      1...1_000_000_000,
      \.campaigns.thresholds.minimumImpressions),
    perChannel(
      "campaigns.channelCTR", "what holds in the place of campaigns.minimumCTR, by channel",
      accepts: "channels with rates above 0 and below 1, such as search=0.06,display=0.0002",
      \.minimumCTR
    ) { $0 > 0 && $0 < 1 },
    perChannel(
      "campaigns.channelROAS", "what holds in the place of campaigns.minimumROAS, by channel",
      accepts: "channels with ratios above 0, such as search=3,display=1.5", \.minimumROAS
    ) { $0 > 0 },
  ]

  private static let policyKeys: [SettingKey] = [
    names(
      "campaigns.autoApply",
      "the kinds of changes that are applied without a person where their risk is low",
      known: Optimization.Kind.allCases.map(\.rawValue), \.campaigns.policy.automatic),
    integer(
      "campaigns.coolDownDays", "so many days lie between two changes of one control", 7...365,
      \.campaigns.policy.coolDownDays),
    decimal(
      "campaigns.step", "the most that a control is moved at once, as a share of what it is",
      0.001...0.2, \.campaigns.policy.step),
    amounts(
      "campaigns.dailyBudgetCap", "the most that one campaign may be given a day, by currency",
      \.campaigns.policy.dailyBudgetCaps),
    amounts(
      "campaigns.allBudgetsCap",
      "the most that all campaigns together may be given a day, by currency",
      \.campaigns.policy.allDailyBudgetsCaps),
    integer(
      "campaigns.changesPerDay", "so many optimizations are applied within 24 hours at most",
      1...10_000, \.campaigns.policy.changesPerDay),
    integer(
      "campaigns.proposalDays", "so many days a proposal can be applied", 1...90,
      \.campaigns.policy.proposalDays),
    text(
      "campaigns.owner", "who is to decide about a campaign where the rules do not",
      accepts: "a name of 1 to 100 characters", show: { $0.campaigns.owner },
      set: { text, configuration in
        guard (1...100).contains(text.count) else { return false }
        configuration.campaigns.owner = text
        return true
      }),
    integer(
      "campaigns.checkSeconds", "every so many seconds the guardrails of experiments are looked at",
      1...86_400, \.campaigns.checkSeconds),
  ]

  private static let platformKeys: [SettingKey] = [
    text(
      "campaigns.webhookURL",
      "where changes of campaigns are posted for their platforms, as Standard Webhooks",
      accepts: "an https:// URL, or an http:// one of this machine", isSecret: true,
      show: { $0.campaignWebhook.url ?? "" },
      set: { text, configuration in
        guard text.isEmpty || WebhookSettings.flaw(in: text) == nil else { return false }
        configuration.campaignWebhook.url = text.isEmpty ? nil : text
        return true
      }),
    optional(
      "campaigns.webhookSecretFile",
      "the file that holds the secret that those are signed with: whsec_ and 24 to 64 bytes in base 64",
      accepts: "a path", \.campaignWebhook.secretFile, check: { _ in true }),
  ]

  /// Amounts of 0 and more by currency: `USD=50,EUR=45`.
  private static func amounts(
    _ name: String, _ meaning: String,
    _ path: any WritableKeyPath<ServerConfiguration, [String: Double]> & Sendable
  ) -> SettingKey {
    pairs(
      name, meaning, accepts: "amounts above 0 by currency, such as USD=50,EUR=45",
      show: { $0[keyPath: path] },
      check: { Money.isCurrency($0) && $1 > 0 && $1 <= CampaignMetricCheck.largestAmount },
      set: { $1[keyPath: path] = $0 })
  }

  /// A threshold that differs by channel.
  private static func perChannel(
    _ name: String, _ meaning: String, accepts: String,
    _ path: any WritableKeyPath<CampaignThresholds.Channel, Double?> & Sendable,
    check: @escaping @Sendable (Double) -> Bool
  ) -> SettingKey {
    pairs(
      name, meaning, accepts: accepts,
      show: { $0.campaigns.thresholds.channels.compactMapValues { $0[keyPath: path] } },
      check: { CampaignMetricCheck.isLabel($0) && check($1) },
      set: { values, configuration in
        var channels = configuration.campaigns.thresholds.channels
        for name in channels.keys { channels[name]?[keyPath: path] = nil }
        for (name, value) in values {
          channels[name.lowercased(), default: CampaignThresholds.Channel()][keyPath: path] = value
        }
        configuration.campaigns.thresholds.channels = channels
      })
  }

  private static func pairs(
    _ name: String, _ meaning: String, accepts: String,
    show: @escaping @Sendable (ServerConfiguration) -> [String: Double],
    check: @escaping @Sendable (String, Double) -> Bool,
    set: @escaping @Sendable ([String: Double], inout ServerConfiguration) -> Void
  ) -> SettingKey {
    text(
      name, meaning, accepts: accepts,
      show: { configuration in
        show(configuration).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.figure(9))" }
          .joined(separator: ",")
      },
      set: { text, configuration in
        var values: [String: Double] = [:]
        for part in SettingText.list(text) {
          guard let place = part.lastIndex(of: "="),
            let value = Double(part[part.index(after: place)...]), value.isFinite,
            check(String(part[..<place]), value)
          else { return false }
          values[String(part[..<place])] = value
        }
        set(values, &configuration)
        return true
      })
  }
}

/// Who is told what is changed about campaigns.
package struct CampaignWebhookSettings: Sendable, Hashable {
  /// Where it is posted; `nil` for nowhere.
  package var url: String?
  /// The file with the secret that it is signed with.
  package var secretFile: String?

  /// What is set of one and not of the other.
  func contradictions() -> [String] {
    guard (url == nil) != (secretFile == nil) else { return [] }
    let (missing, other) = url == nil ? ("URL", "SecretFile") : ("SecretFile", "URL")
    return [
      "campaigns.webhook\(missing): found nothing, expected one, since campaigns.webhook\(other) is set"
    ]
  }
}

extension OptimizationPolicy {
  /// The names of the kinds that are applied by themselves.
  fileprivate var automatic: Set<String> {
    get { Set(modes.filter { $0.value == .auto }.keys.map(\.rawValue)) }
    set {
      modes = [:]
      for kind in newValue.compactMap(Optimization.Kind.init) { modes[kind] = .auto }
    }
  }
}

extension CampaignSettings {
  fileprivate var checkSeconds: Int {
    get { Int(checkInterval.components.seconds) }
    set { checkInterval = .seconds(newValue) }
  }
}
