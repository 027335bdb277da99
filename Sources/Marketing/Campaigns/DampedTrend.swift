#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A level with a trend that fades, times weekday factors (Gardner and McKenzie, "Forecasting Trends in Time
/// Series", 1985), with the errors that it made one day ahead.
struct DampedTrend {
  private static let damping = 0.9
  private static let settings: [(level: Double, trend: Double)] = [
    (0.03, 0), (0.1, 0), (0.25, 0), (0.5, 0), (0.1, 0.02), (0.25, 0.05),
  ]

  private let last: CalendarDay
  private let weekdays: [Double]
  private let hasWeekdays: Bool
  private var level: Double
  private var trend: Double
  private var smoothing: (level: Double, trend: Double)
  /// The variance of a day around what was foretold the day before, of a weekday with factor 1.
  private let variance: Double
  /// For how many days at the end nothing has happened.
  private let quietDays: Int

  /// Fits the days, of which there are at least 7.
  init?(_ days: [(day: CalendarDay, value: Double)]) {
    guard let last = days.last?.day, days.count >= CampaignForecast.leastDays else { return nil }
    self.last = last
    hasWeekdays = days.count >= CampaignForecast.weekdayDays
    let factors =
      hasWeekdays ? Self.weekdayFactors(days) : [Double](repeating: 1, count: 7)
    weekdays = factors
    let values = days.map { $0.value / factors[Self.weekday($0.day)] }
    let runs = Self.settings.map { ($0, Self.run(values, $0)) }
    guard let best = runs.min(by: { $0.1.error < $1.1.error }) else { return nil }
    smoothing = best.0
    (level, trend) = (best.1.level, best.1.trend)
    // The setting was chosen by these errors, so they flatter it.
    let count = Double(values.count)
    variance = best.1.error * (count + 2) / (count - 2)
    quietDays = days.reversed().prefix { $0.value <= 0 }.count
  }

  private static func weekday(_ day: CalendarDay) -> Int { (day.rawValue % 7 + 7) % 7 }

  /// What a weekday is to the mean of the seven days around it, drawn toward 1 where there are few.
  private static func weekdayFactors(_ days: [(day: CalendarDay, value: Double)]) -> [Double] {
    var sums = [Double](repeating: 0, count: 7)
    var around = [Double](repeating: 0, count: 7)
    for place in 3..<(days.count - 3) where days[place + 3].day - days[place - 3].day == 6 {
      let mean = days[(place - 3)...(place + 3)].reduce(0) { $0 + $1.value } / 7
      let weekday = Self.weekday(days[place].day)
      sums[weekday] += days[place].value
      around[weekday] += mean
    }
    let all = around.reduce(0, +)
    guard all > 0 else { return [Double](repeating: 1, count: 7) }
    // As if one week without a pattern had been seen as well.
    let prior = all / Double(days.count)
    let factors = zip(sums, around).map { ($0 + prior) / ($1 + prior) }
    let mean = factors.reduce(0, +) / 7
    return factors.map { max(0.05, $0 / mean) }
  }

  private static func run(
    _ values: [Double], _ smoothing: (level: Double, trend: Double)
  ) -> (level: Double, trend: Double, error: Double) {
    let start = values.prefix(7)
    var level = start.reduce(0, +) / Double(start.count)
    var trend = 0.0
    var (squares, count) = (0.0, 0.0)
    for (place, value) in values.enumerated() {
      let expected = level + damping * trend
      let error = value - expected
      // The first days made the level themselves.
      if place >= 3 {
        squares += error * error
        count += 1
      }
      level = expected + smoothing.level * error
      trend = damping * trend + smoothing.trend * error
    }
    return (level, trend, count > 0 ? squares / count : 0)
  }

  /// A figure of the days to come.
  func line(_ figure: CampaignForecast.Figure, days: Int) -> CampaignForecast.Line {
    var expectations: [CampaignForecast.Expectation] = []
    var (mean, carried, fading, step) = (0.0, 0.0, 0.0, trend)
    var center = level
    // What an error of one day adds to each later day: the level's share and the trend that it starts.
    var effects: [Double] = []
    for ahead in 1...days {
      step *= Self.damping
      center += step
      let factor = weekdays[Self.weekday(last + ahead)]
      let expected = max(0, center * factor)
      let spread = variance * factor * factor * (1 + carried)
      expectations.append(
        expectation(expected, max(spread, figure.isCount ? expected : 0), figure, days: 1))
      mean += expected
      fading = Self.damping * fading + smoothing.trend
      let effect = smoothing.level + fading
      effects.append(effect)
      carried += effect * effect
    }
    // An error of a day counts for itself and for all that it moves afterwards.
    var (sumVariance, moved) = (0.0, 1.0)
    for place in 0..<days {
      sumVariance += variance * moved * moved
      moved += effects[place]
    }
    let floor = figure.isCount ? mean : 0
    return CampaignForecast.Line(
      figure: figure, days: expectations,
      sum: expectation(mean, max(sumVariance, floor), figure, days: days), hasWeekdays: hasWeekdays)
  }

  /// The interval of a gamma variable of the same mean and variance: positive and skewed, as counts and
  /// money are.
  private func expectation(
    _ mean: Double, _ variance: Double, _ figure: CampaignForecast.Figure, days: Int
  ) -> CampaignForecast.Expectation {
    guard mean > 0, variance > 0 else {
      let high = figure.isCount ? mostAfterSilence(in: days) : max(0, mean)
      return CampaignForecast.Expectation(mean: max(0, mean), low: max(0, mean), high: high)
    }
    let shape = min(mean * mean / variance, 1e6)
    let scale = mean / shape
    var (low, high) = (
      gammaQuantile(0.05, shape: shape) * scale, gammaQuantile(0.95, shape: shape) * scale
    )
    if figure.isCount {
      (low, high) = (low.rounded(.down), high.rounded(.up))
      // So small a mean has no spread of its own left.
      if high < 1 { high = mostAfterSilence(in: days) }
    }
    return CampaignForecast.Expectation(mean: mean, low: low, high: high)
  }

  /// How many events days to come have at most, with 95 %, after days without any: what the upper bound of
  /// their rate makes, −ln 0.05 = 3 ÷ those days, but no fewer than chance allows at rates below it (the
  /// geometric distribution that the rate's gamma distribution and a Poisson count make).
  private func mostAfterSilence(in days: Int) -> Double {
    let (seen, ahead) = (Double(max(1, quietDays)), Double(days))
    let bound = poissonUpperBound(events: 0, confidence: 0.95)
    let chance = (log(0.05) / log(ahead / (seen + ahead))).rounded(.up) - 1
    return max((bound * ahead / seen).rounded(.up), chance)
  }
}
