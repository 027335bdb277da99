#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What was sent in each hour of the week, by the recipients' own clocks, and what came of it.
package struct HourCounts: Sendable, Hashable {
  /// The hours of a week.
  package static let hours = 168

  /// Messages by hour of the week, 168 of them.
  package private(set) var sends = [Int](repeating: 0, count: hours)
  /// Those that were clicked or answered. Opens do not count: machines open mail.
  package private(set) var clicks = [Int](repeating: 0, count: hours)

  /// Nothing was sent.
  package init() {}

  /// Adds messages.
  /// - Parameter hour: of the week, 0–167; others wrap around.
  package mutating func add(sends: Int, clicks: Int, atHour hour: Int) {
    let place = (hour % Self.hours + Self.hours) % Self.hours
    self.sends[place] += max(0, sends)
    self.clicks[place] += min(max(0, clicks), max(0, sends))
  }
}

/// When a person is likely to act on a message: for each hour of the week a rate that is drawn toward the
/// population's, (clicks + m·population) ÷ (sends + m), over counts that a circular kernel spreads to the hours
/// beside, so that Sunday's last hour and Monday's first are neighbours.
package struct SendTimeModel: Sendable, Hashable {
  /// Spread counts of an hour.
  private struct Evidence: Sendable, Hashable {
    var sends: Double
    var clicks: Double
  }

  private let contact: [Evidence]
  /// The population's rate by hour, 0–1.
  package let population: [Double]
  /// m, in sends.
  private let priorWeight: Double

  /// A model.
  /// - Parameters:
  ///   - contact: what was sent to this person.
  ///   - population: what was sent to all.
  package init(contact: HourCounts, population: HourCounts, settings: EngagementSettings) {
    let kernel = Self.kernel(deviation: settings.sendTimeKernelHours)
    priorWeight = settings.sendTimePriorWeight
    let weight = priorWeight
    let sends = population.sends.reduce(0, +)
    let overall = shrunkenRate(
      successes: population.clicks.reduce(0, +), trials: sends, prior: settings.sendTimeBaseRate,
      priorWeight: weight)
    self.population = Self.spread(population, kernel).map { hour in
      (hour.clicks + weight * overall) / (hour.sends + weight)
    }
    self.contact = Self.spread(contact, kernel)
  }

  /// The smoothed rate of an hour of the week, 0–1.
  package func rate(atHour hour: Int) -> Double {
    let evidence = contact[hour]
    return (evidence.clicks + priorWeight * population[hour]) / (evidence.sends + priorWeight)
  }

  /// The hour with the highest rate; of equal ones the first.
  /// - Parameter hours: of the week, those that are allowed, the earliest first.
  /// - Returns: its place among them; `nil` when there are none.
  package func best(among hours: [Int]) -> Int? { Self.highest(hours.map(rate(atHour:))) }

  /// An hour by Thompson sampling (Thompson, "On the Likelihood that One Unknown Probability Exceeds Another",
  /// 1933): each hour draws a rate from its posterior, and the highest wins, so that hours of which little is
  /// known are tried too.
  /// - Returns: its place among the allowed hours; `nil` when there are none.
  package func sampled(
    among hours: [Int], using generator: inout some RandomNumberGenerator
  ) -> Int? {
    var draws: [Double] = []
    for hour in hours {
      let evidence = contact[hour]
      let prior = priorWeight * population[hour]
      draws.append(
        sampledBeta(
          evidence.clicks + prior,
          evidence.sends - evidence.clicks + priorWeight - prior, using: &generator))
    }
    return Self.highest(draws)
  }

  private static func highest(_ values: [Double]) -> Int? {
    var best: Int?
    for (place, value) in values.enumerated() where best.map({ value > values[$0] }) ?? true {
      best = place
    }
    return best
  }

  /// Weights by distance in hours, which add up to 1 over the circle.
  private static func kernel(deviation: Double) -> [Double] {
    let reach = min(HourCounts.hours / 2 - 1, Int((4 * deviation).rounded(.up)))
    let weights = (0...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let total = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    return weights.map { $0 / total }
  }

  private static func spread(_ counts: HourCounts, _ kernel: [Double]) -> [Evidence] {
    let hours = HourCounts.hours
    return (0..<hours).map { hour in
      var evidence = Evidence(sends: 0, clicks: 0)
      for (distance, weight) in kernel.enumerated() {
        for place in distance == 0 ? [hour] : [hour + distance, hour - distance + hours] {
          evidence.sends += weight * Double(counts.sends[place % hours])
          evidence.clicks += weight * Double(counts.clicks[place % hours])
        }
      }
      return evidence
    }
  }
}
