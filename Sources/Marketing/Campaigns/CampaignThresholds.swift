/// Where a campaign is in need of a change, and from how much on that is judged.
///
/// Money is in a currency: a rule about money is silent for a currency that no threshold is set for.
package struct CampaignThresholds: Sendable, Hashable {
  /// What differs for one channel; `nil` or absent where the general threshold holds.
  package struct Channel: Sendable, Hashable {
    /// The CTR below which creatives are refreshed, above 0 and below 1.
    package var minimumCTR: Double?
    /// The ROAS below which targeting is adjusted, above 0.
    package var minimumROAS: Double?
    /// The CPL above which bids are changed, by currency, above 0.
    package var maximumCPL: [String: Double]

    /// Thresholds of a channel.
    package init(
      minimumCTR: Double? = nil, minimumROAS: Double? = nil, maximumCPL: [String: Double] = [:]
    ) {
      self.minimumCTR = minimumCTR
      self.minimumROAS = minimumROAS
      self.maximumCPL = maximumCPL
    }
  }

  /// The CTR below which creatives are refreshed.
  package var minimumCTR = 0.02
  /// The ROAS below which targeting is adjusted.
  package var minimumROAS = 2.0
  /// The CPL above which bids are changed, by currency.
  package var maximumCPL = ["USD": 50.0]
  /// What must have been spent before money is judged, by currency.
  package var minimumSpend = ["USD": 100.0]
  /// How many impressions there must be before the CTR is judged.
  package var minimumImpressions = 1000
  /// What differs, by channel in lower case.
  package var channels: [String: Channel] = [:]

  /// The general thresholds.
  package init() {}

  /// Every threshold that makes no sense; empty when all do. Fields are JSON Pointers to the properties.
  package func problems() -> [FieldError] {
    var problems: [FieldError] = []
    func check(_ holds: Bool, _ field: String, _ found: some Any, _ expected: String) {
      guard !holds else { return }
      problems.append(FieldError(field: "/\(field)", found: "\(found)", expected: expected))
    }
    func check(ctr: Double, _ field: String) {
      check(ctr > 0 && ctr < 1, field, ctr, "a rate above 0 and below 1")
    }
    func check(ratio: Double, _ field: String) {
      check(ratio > 0 && ratio.isFinite, field, ratio, "a ratio above 0")
    }
    func check(amounts: [String: Double], _ field: String) {
      for (currency, amount) in amounts.sorted(by: { $0.key < $1.key }) {
        check(Money.isCurrency(currency), "\(field)/\(currency)", currency, "an ISO 4217 code")
        check(amount > 0 && amount.isFinite, "\(field)/\(currency)", amount, "an amount above 0")
      }
    }
    check(ctr: minimumCTR, "minimumCTR")
    check(ratio: minimumROAS, "minimumROAS")
    check(amounts: maximumCPL, "maximumCPL")
    check(amounts: minimumSpend, "minimumSpend")
    check(minimumImpressions >= 1, "minimumImpressions", minimumImpressions, "1 or more")
    for (name, channel) in channels.sorted(by: { $0.key < $1.key }) {
      let place = "channels/\(name)"
      check(CampaignMetricCheck.isLabel(name), place, name, "a channel's name")
      if let ctr = channel.minimumCTR { check(ctr: ctr, "\(place)/minimumCTR") }
      if let ratio = channel.minimumROAS { check(ratio: ratio, "\(place)/minimumROAS") }
      check(amounts: channel.maximumCPL, "\(place)/maximumCPL")
    }
    return problems
  }
}
