/// How often leads like this one converted.
package struct CohortEstimate: Sendable, Hashable, Codable {
  /// The fields that the leads have in common with this one; empty when the cohort is all leads.
  package var fields: [String]
  /// Leads in the cohort.
  package var leads: Int
  /// How many of them converted.
  package var conversions: Int
  /// Conversions ÷ leads, 0–1.
  package var rate: Double
  /// The rate drawn toward the rates of the wider cohorts, 0–1: the better guess for small cohorts.
  package var shrunkenRate: Double
  /// The Wilson interval of the rate.
  package var interval: RateInterval

  /// The fields that cohorts are cut by, coarse to fine.
  private static let fieldNames = ["source", "industry", "companySize", "region"]

  /// The finest cohort that has leads. Each level's rate is drawn toward that of the level above it;
  /// the widest one keeps its own.
  /// - Parameter counts: all leads first, then one more field in common each, as `LeadStore.cohorts`
  ///   gives them.
  /// - Returns: `nil` when there are no leads at all.
  package init?(counts: [CohortCount], settings: TriageSettings) {
    guard let finest = Self.levels(counts: counts, settings: settings).last else { return nil }
    self = finest
  }

  /// Every cohort from all leads down to the finest that has leads.
  /// - Parameter counts: as `init` takes them.
  package static func levels(
    counts: [CohortCount], settings: TriageSettings
  ) -> [CohortEstimate] {
    var estimates: [CohortEstimate] = []
    for (level, count) in counts.prefix(Self.fieldNames.count + 1).enumerated() {
      guard
        let interval = RateInterval.wilson(
          successes: count.conversions, trials: count.leads, z: settings.cohortIntervalZ)
      else { break }
      let rate = Double(count.conversions) / Double(count.leads)
      let shrunken = estimates.last.map {
        Marketing.shrunkenRate(
          successes: count.conversions, trials: count.leads, prior: $0.shrunkenRate,
          priorWeight: settings.cohortPriorWeight)
      }
      estimates.append(
        CohortEstimate(
          fields: Array(Self.fieldNames.prefix(level)), leads: count.leads,
          conversions: count.conversions, rate: rate, shrunkenRate: shrunken ?? rate,
          interval: interval))
    }
    return estimates
  }

  private init(
    fields: [String], leads: Int, conversions: Int, rate: Double, shrunkenRate: Double,
    interval: RateInterval
  ) {
    self.fields = fields
    self.leads = leads
    self.conversions = conversions
    self.rate = rate
    self.shrunkenRate = shrunkenRate
    self.interval = interval
  }
}
