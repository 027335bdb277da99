import LeadModels
import Marketing
import MarketingTools

// The settings of trained models.
extension SettingKey {
  /// How models are trained, and by what their scores are set.
  static let modelKeys: [SettingKey] = [
    share(
      "models.campaignQualifiedShare",
      "the share of leads that a trained model shall call campaign_qualified",
      \.models.bands.campaignQualified),
    share(
      "models.coldLeadShare", "the share of leads that a trained model shall call cold_lead",
      \.models.bands.coldLead),
    text(
      "models.mapping",
      "how a trained model's probability becomes a score: lift fits it to the shares, identity is 100 times it",
      accepts: "lift or identity", show: { $0.models.mapping.rawValue },
      set: { text, configuration in
        guard let mapping = ScoreMapping(rawValue: text.lowercased()), mapping != .points else {
          return false
        }
        configuration.models.mapping = mapping
        return true
      }),
    integer(
      "models.lostAfterDays",
      "after so many days a stored lead without an outcome counts as lost in training", 1...3650,
      \.models.lostAfterDays),
    integer(
      "models.retrainAfterOutcomes",
      "after so many new outcomes a challenger is trained by itself; 0 for never", 0...1_000_000,
      \.models.retrainAfterOutcomes),
    integer(
      "models.threads",
      "how many threads train and score at a time; the commands train and score take all cores when not set",
      1...256, \.models.threads),
  ]

  private static func share(
    _ name: String, _ meaning: String,
    _ path: any WritableKeyPath<ServerConfiguration, Double> & Sendable
  ) -> SettingKey {
    text(
      name, meaning, accepts: "a share above 0 and below 1, such as 0.25",
      show: { "\($0[keyPath: path])" },
      set: { text, configuration in
        guard let value = Double(text), value > 0, value < 1 else { return false }
        configuration[keyPath: path] = value
        return true
      })
  }
}
