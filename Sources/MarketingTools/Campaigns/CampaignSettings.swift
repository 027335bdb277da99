package import Marketing

/// What an operator may change about campaigns.
package struct CampaignSettings: Sendable, Hashable {
  /// When a campaign is in need of a change.
  package var thresholds = CampaignThresholds()
  /// What may be changed, how far, how often, and by whom.
  package var policy = OptimizationPolicy()
  /// Who has to decide where the rules do not.
  package var owner = "campaign-manager"
  /// How often campaigns with new figures and running experiments are looked at.
  package var checkInterval = Duration.seconds(60)
  /// Whether platforms are told what is changed.
  package var tellsPlatforms = false

  /// The defaults.
  package init() {}
}
