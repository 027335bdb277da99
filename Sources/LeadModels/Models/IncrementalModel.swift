import JSONRPC
package import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// Naive Bayes over the counts that every outcome updates at once: for teams with little data, and beside a
/// trained model to see whether it still is the better one. Over-confident where fields go together, so its
/// probability is not called calibrated.
package struct IncrementalModel: Sendable {
  /// The name by which it is chosen; its version is the counts' revision.
  package static let name = "incremental"
  /// Fewer leads of either outcome teach nothing.
  package static let fewestOfEach = 10

  package let version: String
  private let intercept: Double
  /// For each field the log likelihood ratio of each value.
  private let ratios: [String: [String: Double]]
  /// For each field the values that some leads share: only those are told.
  private let told: [String: Set<String>]
  /// For each field how far its ratios spread.
  private let ranges: [String: Double]
  private var mapping = ScoreCurve.identity

  /// What each value is taken to have been seen before anything was.
  private static let prior = 0.5
  /// A value that fewer leads have may be what one of them wrote.
  private static let fewestToTell = 5
  /// The log-odds of .9999: surer than that nothing is.
  private static let most = 9.210240366975849

  /// A model of counts.
  /// - Parameter bands: the shares of leads that shall reach each band.
  /// - Returns: `nil` when there are too few outcomes.
  package init?(_ counts: LessonCounts, bands: BandShares) {
    guard min(counts.leads.won, counts.leads.lost) >= Self.fewestOfEach else { return nil }
    version = "\(Self.name)-\(counts.revision)"
    intercept = log((Double(counts.leads.won) + 0.5) / (Double(counts.leads.lost) + 0.5))
    var ratios: [String: [String: Double]] = [:]
    for (field, values) in counts.fields {
      let size = Double(values.count) * Self.prior
      let won = Double(values.values.reduce(0) { $0 + $1.won }) + size
      let lost = Double(values.values.reduce(0) { $0 + $1.lost }) + size
      ratios[field] = values.mapValues {
        log((Double($0.won) + Self.prior) / won) - log((Double($0.lost) + Self.prior) / lost)
      }
    }
    self.ratios = ratios
    told = counts.fields.mapValues { values in
      Set(values.filter { $0.value.won + $0.value.lost >= Self.fewestToTell }.keys)
    }
    ranges = ratios.mapValues { max(0, $0.values.max() ?? 0) - min(0, $0.values.min() ?? 0) }
    mapping =
      ScoreCurve(fitting: Self.sample(counts).map { logistic(logOdds($0)) }, shares: bands)
      ?? .identity
  }

  private func logOdds(_ values: [String: String]) -> Double {
    values.sorted { $0.key < $1.key }.reduce(intercept) { sum, value in
      sum + (ratios[value.key]?[value.value] ?? 0)
    }
  }

  /// Leads drawn from the counts, of each outcome as many as there are of hundred: by them the bands get
  /// their shares. The same counts draw the same leads.
  private static func sample(_ counts: LessonCounts) -> [[String: String]] {
    var random = SplitMix64(state: 0x1EAD)
    let won = Double(counts.leads.won) / Double(counts.leads.won + counts.leads.lost)
    let fields = counts.fields.sorted { $0.key < $1.key }.map { field, known in
      let values = known.sorted { $0.key < $1.key }
      return (
        name: field, won: Draw(values.map { ($0.key, $0.value.won) }),
        lost: Draw(values.map { ($0.key, $0.value.lost) })
      )
    }
    return (0..<400).map { _ in
      let isWon = random.unit() < won
      var values: [String: String] = [:]
      for field in fields {
        values[field.name] = (isWon ? field.won : field.lost).value(at: random.unit())
      }
      return values
    }
  }

  /// Values, each drawn as often as it was counted.
  private struct Draw {
    private let values: [String]
    /// The counts up to each value.
    private let sums: [Int]

    init(_ counts: [(value: String, count: Int)]) {
      let counted = counts.filter { $0.count > 0 }
      values = counted.map(\.value)
      var sum = 0
      sums = counted.map { entry in
        sum += entry.count
        return sum
      }
    }

    /// - Parameter share: in [0, 1).
    func value(at share: Double) -> String? {
      guard let total = sums.last else { return nil }
      let place = share * Double(total)
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if place < Double(sums[middle]) { high = middle } else { low = middle + 1 }
      }
      return values[low]
    }
  }
}

extension IncrementalModel: LeadScoringModel {
  package func scoring(
    of subject: ScoringSubject, settings: TriageSettings
  ) throws(ScoringFailure) -> LeadScoring {
    let values = Lesson(subject.lead, identity: subject.identity, intent: subject.intent).values
    var parts: [(field: String, value: String, part: Double)] = []
    var known = 0.0
    var warnings: [TriageWarning] = []
    for (field, value) in values {
      guard let part = ratios[field]?[value] else {
        if ratios[field] != nil {
          warnings.append(
            TriageWarning(
              field: field, text: "No outcome with this value is known; it says nothing."))
        }
        continue
      }
      known += ranges[field] ?? 0
      parts.append((field, value, part))
    }
    parts.sort { (abs($1.part), $0.field) < (abs($0.part), $1.field) }
    let scale = scale(parts.reduce(0) { $0 + $1.part })
    let reasons = parts.map { part in
      TriageReason(
        field: part.field, contribution: part.part * scale,
        text: text(part.field, part.value, part.part * scale))
    }
    let probability = logistic(reasons.reduce(intercept) { $0 + $1.contribution })
    let total = ranges.values.reduce(0, +)
    return LeadScoring(
      score: mapping.score(probability, settings: settings), mapping: mapping.mapping,
      probability: probability, isCalibrated: false,
      confidence: total > 0 ? min(1, known / total) : 0, intercept: intercept,
      reasons: reasons,
      warnings: warnings.sorted { $0.field < $1.field }, modelVersion: version)
  }

  /// What all parts are multiplied by, so that they add up to no more than can be known.
  private func scale(_ moved: Double) -> Double {
    let sum = intercept + moved
    let bound = sum > 0 ? max(Self.most, intercept) : min(-Self.most, intercept)
    return abs(sum) > abs(bound) ? (bound - intercept) / moved : 1
  }

  private func text(_ field: String, _ value: String, _ part: Double) -> String {
    let what =
      told[field]?.contains(value) == true
      ? "is \(value.shortened(to: 60))" : "has a value that few leads share"
    return "\(field) \(what) (odds \(ReasonText.factor(part)))"
  }
}
