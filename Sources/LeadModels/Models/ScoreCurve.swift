package import Marketing

/// How a probability becomes a score of 0–100, rising.
package struct ScoreCurve: Sendable, Hashable, Codable {
  /// How it was come by.
  package let mapping: ScoreMapping
  /// Of `lift`: the probability from which a lead is a cold lead, in (0, 1).
  package private(set) var coldLead = 0.0
  /// Of `lift`: the probability from which a lead is campaign-qualified, above `coldLead`, below 1.
  package private(set) var campaignQualified = 0.0

  /// 100 × probability.
  package static let identity = ScoreCurve(mapping: .identity)

  private init(mapping: ScoreMapping) { self.mapping = mapping }

  /// A curve by which set shares of leads reach each band.
  /// - Parameters:
  ///   - probabilities: of leads that the model was not trained on.
  ///   - shares: the shares that shall be cold leads or better, and campaign-qualified.
  /// - Returns: `nil` when the probabilities are too much alike to tell the bands apart.
  init?(fitting probabilities: [Double], shares: BandShares) {
    let sorted = probabilities.sorted()
    guard !sorted.isEmpty else { return nil }
    self.init(mapping: .lift)
    coldLead = Quantile.of(sorted, share: shares.generalInquiry)
    campaignQualified = Quantile.of(sorted, share: 1 - shares.campaignQualified)
    guard isInOrder else { return nil }
  }

  /// Whether it rises.
  var isInOrder: Bool {
    mapping != .lift || coldLead > 0 && campaignQualified < 1 && coldLead < campaignQualified
  }

  /// The score of a probability, to hundredths, so that the category follows from the score as it is shown.
  /// Straight between 0, the bands' bounds and 1.
  package func score(_ probability: Double, settings: TriageSettings) -> Double {
    let (cold, qualified) = (settings.coldLeadScore, settings.campaignQualifiedScore)
    let score: Double
    if mapping != .lift {
      score = 100 * probability
    } else if probability < coldLead {
      score = cold * probability / coldLead
    } else if probability < campaignQualified {
      score =
        cold + (qualified - cold) * (probability - coldLead) / (campaignQualified - coldLead)
    } else {
      score =
        qualified + (100 - qualified) * (probability - campaignQualified) / (1 - campaignQualified)
    }
    return (min(100, max(0, score)) * 100).rounded() / 100
  }
}

/// The shares of leads that shall reach each band: what the team has the capacity for.
package struct BandShares: Sendable, Hashable, Codable {
  /// The share of campaign-qualified leads, in (0, 1).
  package var campaignQualified = 0.25
  /// The share of cold leads, in (0, 1).
  package var coldLead = 0.40
  /// The share of general inquiries: the rest.
  package var generalInquiry: Double { 1 - campaignQualified - coldLead }

  /// A quarter, four tenths, and the rest.
  package init() {}
}
