#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How soon the rules find what goes wrong, and how often they raise a false alarm, on campaigns that are
/// made up: 10,000 impressions, 200 leads and 33 conversions a day, with days that vary beyond chance and
/// weekends that are weaker.
package struct CampaignRuleSimulation: Sendable {
  /// What goes wrong.
  package enum Fault: String, Sendable, Hashable, CaseIterable {
    /// The CTR falls from 3 % to 1.5 %.
    case ctr
    /// The CPL rises from 25 USD to 75 USD.
    case cpl
    /// The ROAS falls from 4 to 1.2, by the conversions: 10 a day are left.
    case roas

    /// The rule that is to find it.
    package var rule: OptimizationEvidence.Rule {
      switch self {
      case .ctr: .ctr
      case .cpl: .cpl
      case .roas: .roas
      }
    }
  }

  /// What came out.
  package struct Report: Sendable, Hashable {
    /// How many campaigns of each fault, and as many healthy ones, were made up.
    package var runs: Int
    /// How many of each fault were found within the time, by the rule that is to find it.
    package var found: [Fault: Int]
    /// The mean number of days until they were found.
    package var meanDays: [Fault: Double]
    /// How many healthy campaigns had any rule broken within a week of daily looks.
    package var falseAlarms: Int

    /// The share of false alarms with its 95 % interval.
    package var falseAlarmInterval: RateInterval? {
      RateInterval.wilson(successes: falseAlarms, trials: runs, z: RateInterval.z95)
    }
  }

  /// The days before a fault begins.
  package static let healthyDays = 28
  /// Within how many days a fault is to be found.
  package static let daysToFind = 5
  /// The days that a healthy campaign is looked at for.
  package static let watchedDays = 7

  /// The first of all days; which one it is changes nothing.
  private static let start = CalendarDay(rawValue: 20_089)

  /// The rules.
  let rules: GuardedRules
  /// By how much days vary beyond chance: the standard deviation of each rate's logarithm.
  let spread: Double

  /// A simulation of rules.
  /// - Parameter spread: by how much days vary beyond chance, as the standard deviation of a rate's
  ///   logarithm.
  package init(_ rules: GuardedRules = GuardedRules(), spread: Double = 0.1) {
    self.rules = rules
    self.spread = spread
  }

  /// Makes up so many campaigns of each fault and as many healthy ones, and looks at them every day.
  /// - Returns: the same for the same seed.
  package func run(_ runs: Int, seed: UInt64) -> Report {
    var generator = SplitMix64(state: seed)
    var report = Report(runs: runs, found: [:], meanDays: [:], falseAlarms: 0)
    for fault in Fault.allCases {
      var (found, days) = (0, 0)
      for _ in 0..<runs {
        let series = Self.series(fault, days: Self.daysToFind, spread: spread, using: &generator)
        guard let day = firstDay(of: series, within: Self.daysToFind, finding: fault.rule) else {
          continue
        }
        found += 1
        days += day
      }
      report.found[fault] = found
      report.meanDays[fault] = found > 0 ? Double(days) / Double(found) : 0
    }
    for _ in 0..<runs {
      let series = Self.series(nil, days: Self.watchedDays, spread: spread, using: &generator)
      if firstDay(of: series, within: Self.watchedDays, finding: nil) != nil {
        report.falseAlarms += 1
      }
    }
    return report
  }

  /// The first day after the healthy ones on which a rule is broken, from 1; `nil` when none is.
  private func firstDay(
    of series: CampaignSeries, within days: Int, finding rule: OptimizationEvidence.Rule?
  ) -> Int? {
    (1...days).first { day in
      let last = Self.start + (Self.healthyDays + day - 1)
      return rules.findings(series, through: last).contains { rule == nil || $0.rule == rule }
    }
  }

  /// A campaign with a fault that begins after the healthy days; `nil` for none.
  package static func series(
    _ fault: Fault?, days: Int, spread: Double = 0.1, using generator: inout SplitMix64
  ) -> CampaignSeries {
    let all = (0..<(healthyDays + days)).map { number in
      CampaignSeries.Day(
        day: start + number,
        figures: figures(
          number, fault: number >= healthyDays ? fault : nil, spread: spread, using: &generator),
        isCounted: false)
    }
    return CampaignSeries(
      campaign: Campaign(id: CampaignID(rawValue: "CMP-SIM"), name: "Simulated"),
      currency: "USD", days: all)
  }

  private static func figures(
    _ number: Int, fault: Fault?, spread: Double, using generator: inout SplitMix64
  ) -> CampaignFigures {
    func varied(_ mean: Double) -> Double {
      // The mean of a log-normal variable is above its median.
      mean * exp(spread * sampledNormal(using: &generator) - spread * spread / 2)
    }
    let weekday = number % 7 >= 5 ? 0.8 : 1.08
    let impressions = sampledPoisson(varied(10_000 * weekday), using: &generator)
    let ctr = fault == .ctr ? 0.015 : 0.03
    let clicks = min(
      impressions, sampledPoisson(varied(ctr) * Double(impressions), using: &generator))
    let leads = sampledPoisson(
      varied((fault == .cpl ? 200.0 / 3 : 200) * weekday), using: &generator)
    let conversions = sampledPoisson(
      varied((fault == .roas ? 10 : 100.0 / 3) * weekday), using: &generator)
    var revenue = 0.0
    for _ in 0..<conversions { revenue += 600 * sampledGamma(4, using: &generator) / 4 }
    return CampaignFigures(
      impressions: impressions, clicks: clicks, leads: leads, conversions: conversions,
      spend: varied(5000 * weekday), revenue: revenue)
  }
}
