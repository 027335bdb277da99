/// Counts that cannot be: every row of an experiment's data that is refused.
package struct InvalidExperimentData: Error, Sendable, Hashable, CustomStringConvertible {
  /// At least one error; fields are JSON Pointers into the data.
  package var errors: [FieldError]

  package var description: String { errors.map(\.description).joined(separator: "; ") }
}

/// An experiment's data added up day by day, checked.
package struct ExperimentTotals: Sendable, Hashable {
  /// What has come together by the end of a day.
  struct Sums: Sendable, Hashable {
    var successes = 0
    var sum = 0.0
    var sumOfSquares = 0.0
  }

  /// What was known before, of the units and outcomes by the end of a day.
  struct Past: Sendable, Hashable {
    var sum = 0.0
    var sumOfSquares = 0.0
    var sumOfProducts = 0.0
  }

  private struct Key: Hashable {
    let variant: String
    let metric: ExperimentMetric
  }

  /// The last day with any row, −1 without.
  package let lastDay: Int
  private var units: [String: [Int]] = [:]
  private var sums: [Key: [Sums]] = [:]
  private var pasts: [Key: [Past]] = [:]

  /// More units than there are people; above it chances lose their digits.
  private static let mostUnits = 1_000_000_000_000
  /// More days than any horizon.
  private static let mostDays = 3660

  /// Adds up what a store handed over. Only the experiment's own variants are kept.
  /// - Throws: what cannot be: unknown variants, negative counts, more successes than units, sums beyond what
  ///   numbers hold, squares that are too small for their sum.
  package init(
    _ data: ExperimentData, of experiment: Experiment
  ) throws(InvalidExperimentData) {
    let names = Set(experiment.variants.map(\.name))
    let days = data.exposures.map(\.day) + data.outcomes.map(\.day) + data.covariates.map(\.day)
    lastDay = days.filter { (0..<Self.mostDays).contains($0) }.max() ?? -1
    var refused: [FieldError] = []
    func check(_ holds: Bool, _ field: String, _ found: some Any, _ expected: String) {
      guard !holds, refused.count < 20 else { return }
      refused.append(FieldError(field: field, found: "\(found)", expected: expected))
    }
    func isPlaced(_ day: Int, _ variant: String, _ row: String) -> Bool {
      let isDay = (0..<Self.mostDays).contains(day)
      check(isDay, "\(row)/day", day, "a day since the start, 0 to \(Self.mostDays - 1)")
      check(names.contains(variant), "\(row)/variant", variant, "a variant of the experiment")
      return isDay && names.contains(variant)
    }
    let length = lastDay + 1
    for (index, row) in data.exposures.enumerated() {
      let place = "/exposures/\(index)"
      check(row.units >= 0, "\(place)/units", row.units, "0 or more")
      guard isPlaced(row.day, row.variant, place), row.units >= 0 else { continue }
      let overflows = Self.add(
        row.units, to: &units[row.variant, default: Array(repeating: 0, count: length)][row.day])
      check(!overflows, "\(place)/units", row.units, "a count that can be added up")
    }
    for (index, row) in data.outcomes.enumerated() {
      let place = "/outcomes/\(index)"
      check(row.successes >= 0, "\(place)/successes", row.successes, "0 or more")
      check(row.sum.isFinite, "\(place)/sum", row.sum, "a finite amount")
      check(row.sumOfSquares.isFinite, "\(place)/sumOfSquares", row.sumOfSquares, "a finite sum")
      guard isPlaced(row.day, row.variant, place), row.successes >= 0 else { continue }
      let key = Key(variant: row.variant, metric: row.metric)
      var day = sums[key]?[row.day] ?? Sums()
      let overflows = Self.add(row.successes, to: &day.successes)
      check(!overflows, "\(place)/successes", row.successes, "a count that can be added up")
      day.sum += row.sum
      day.sumOfSquares += row.sumOfSquares
      sums[key, default: Array(repeating: Sums(), count: length)][row.day] = day
    }
    for (index, row) in data.covariates.enumerated() {
      let place = "/covariates/\(index)"
      check(row.sum.isFinite, "\(place)/sum", row.sum, "a finite sum")
      let isSquare = row.sumOfSquares.isFinite && row.sumOfSquares >= 0
      check(isSquare, "\(place)/sumOfSquares", row.sumOfSquares, "a finite sum, 0 or more")
      check(row.sumOfProducts.isFinite, "\(place)/sumOfProducts", row.sumOfProducts, "a finite sum")
      guard isPlaced(row.day, row.variant, place) else { continue }
      let key = Key(variant: row.variant, metric: row.metric)
      pasts[key, default: Array(repeating: Past(), count: length)][row.day].add(
        Past(sum: row.sum, sumOfSquares: row.sumOfSquares, sumOfProducts: row.sumOfProducts))
    }
    guard refused.isEmpty else { throw InvalidExperimentData(errors: refused) }
    try accumulate()
  }

  /// Adds a count.
  /// - Returns: whether it is too great to be added; the sum then stays at the greatest number.
  private static func add(_ count: Int, to sum: inout Int) -> Bool {
    let (total, overflow) = sum.addingReportingOverflow(count)
    sum = overflow ? .max : total
    return overflow
  }

  private mutating func accumulate() throws(InvalidExperimentData) {
    for (variant, days) in units {
      var total = 0
      for (day, count) in days.enumerated() {
        guard !Self.add(count, to: &total), total <= Self.mostUnits else {
          throw Self.overflow(variant)
        }
        units[variant]?[day] = total
      }
    }
    for (key, days) in sums {
      var total = Sums()
      for (day, added) in days.enumerated() {
        let what = "\(key.metric.rawValue) of variant '\(key.variant)'"
        guard !Self.add(added.successes, to: &total.successes) else {
          throw Self.overflow(key.variant)
        }
        total.sum += added.sum
        total.sumOfSquares += added.sumOfSquares
        sums[key]?[day] = total
        let count = units(of: key.variant, through: day)
        try Self.check(total, of: key.metric, units: count, what: "\(what) on day \(day)")
      }
    }
    for (key, days) in pasts {
      var total = Past()
      for (day, added) in days.enumerated() {
        total.add(added)
        pasts[key]?[day] = total
      }
    }
  }

  private static func check(
    _ sums: Sums, of metric: ExperimentMetric, units: Int, what: String
  ) throws(InvalidExperimentData) {
    if metric.isBinary {
      guard sums.successes <= units else {
        throw refusal(
          "\(sums.successes) successes in \(units) units: \(what)",
          "at most one success for each unit that was exposed")
      }
      return
    }
    guard sums.sum.isFinite, sums.sumOfSquares.isFinite else {
      throw refusal("\(what) beyond all numbers", "amounts that can be added up")
    }
    // By Cauchy and Schwarz, up to rounding.
    let least = sums.sum * sums.sum / Double(max(1, units))
    guard sums.sumOfSquares >= least * (1 - 1e-9), units > 0 || sums.sumOfSquares == 0 else {
      throw refusal(
        "squares of \(sums.sumOfSquares) for a sum of \(sums.sum) in \(units) units: \(what)",
        "the sum of the squares of the units' totals")
    }
  }

  private static func overflow(_ variant: String) -> InvalidExperimentData {
    refusal("counts of variant '\(variant)' above \(mostUnits)", "at most so many units")
  }

  private static func refusal(_ found: String, _ expected: String) -> InvalidExperimentData {
    InvalidExperimentData(errors: [FieldError(field: "", found: found, expected: expected)])
  }

  /// The units of a variant that were exposed by the end of a day.
  package func units(of variant: String, through day: Int) -> Int {
    guard let days = units[variant], day >= 0 else { return 0 }
    return days[min(day, days.count - 1)]
  }

  /// The units that had a binary metric by the end of a day.
  package func successes(of variant: String, in metric: ExperimentMetric, through day: Int) -> Int {
    sums(of: variant, in: metric, through: day).successes
  }

  func sums(of variant: String, in metric: ExperimentMetric, through day: Int) -> Sums {
    guard let days = sums[Key(variant: variant, metric: metric)], day >= 0 else { return Sums() }
    return days[min(day, days.count - 1)]
  }

  /// What was known before of the units of a variant; `nil` where nothing was.
  func past(of variant: String, for metric: ExperimentMetric, through day: Int) -> Past? {
    guard let days = pasts[Key(variant: variant, metric: metric)], day >= 0 else { return nil }
    return days[min(day, days.count - 1)]
  }

  /// Whether so many units tell enough for a normal approximation: 20 of an amount, else five that showed the
  /// metric and five that did not (Cochran, "Some Methods for Strengthening the Common χ² Tests", 1954).
  func isEnough(of variant: String, in metric: ExperimentMetric, through day: Int) -> Bool {
    let units = units(of: variant, through: day)
    guard metric.isBinary else { return units >= 20 }
    let successes = successes(of: variant, in: metric, through: day)
    return min(successes, units - successes) >= 5
  }

  /// The sample for intervals that hold at any look, the small samples of the first looks included.
  func cautiousSample(
    of variant: String, in metric: ExperimentMetric, through day: Int
  ) -> SampleMean {
    guard metric.isBinary else { return sample(of: variant, in: metric, through: day) }
    return SampleMean(
      smoothedSuccesses: successes(of: variant, in: metric, through: day),
      count: units(of: variant, through: day))
  }

  /// A metric over the units of a variant by the end of a day.
  package func sample(
    of variant: String, in metric: ExperimentMetric, through day: Int
  ) -> SampleMean {
    let (count, sums) = (
      units(of: variant, through: day), sums(of: variant, in: metric, through: day)
    )
    return metric.isBinary
      ? SampleMean(successes: sums.successes, count: count)
      : SampleMean(count: count, sum: sums.sum, sumOfSquares: sums.sumOfSquares)
  }
}

extension ExperimentTotals.Past {
  fileprivate mutating func add(_ other: Self) {
    sum += other.sum
    sumOfSquares += other.sumOfSquares
    sumOfProducts += other.sumOfProducts
  }
}
