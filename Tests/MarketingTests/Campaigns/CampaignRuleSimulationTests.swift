import Foundation
import Marketing
import Testing

/// The campaigns of the agents' data set, by their days.
enum PublicCampaigns {
  static let path = "marketing_agents/campaign_daily.csv"

  static func series() throws -> [CampaignSeries] {
    let text = String(decoding: try PublicData.bytes(path), as: UTF8.self)
    var rows: [String: [CampaignSeries.Day]] = [:]
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let cells = line.split(separator: ",").map { String($0.dropFirst().dropLast()) }
      let day = try #require(CalendarDay(iso8601: cells[1]))
      let figures = CampaignFigures(
        impressions: try #require(Int(cells[2])), clicks: try #require(Int(cells[3])),
        leads: try #require(Int(cells[5])), conversions: try #require(Int(cells[6])),
        spend: Double(cells[7]), revenue: Double(cells[8]))
      rows[cells[0], default: []].append(
        CampaignSeries.Day(day: day, figures: figures, isCounted: false))
    }
    return rows.sorted { $0.key < $1.key }.map { name, days in
      CampaignSeries(
        campaign: Campaign(id: CampaignID(rawValue: name), name: name), currency: "USD",
        days: days.sorted { $0.day < $1.day })
    }
  }
}

@Suite("false alarms and finds of the guarded rules")
struct CampaignRuleSimulationTests {
  @Test(
    "at most 1 % of the public days and none of its weeks break a rule",
    .enabled(if: PublicData.has(PublicCampaigns.path), "../shared/data/marketing_agents is absent"))
  func publicData() throws {
    let all = try PublicCampaigns.series()
    let rules = GuardedRules()
    var (days, flaggedDays, weeks, flaggedWeeks) = (0, 0, 0, 0)
    for series in all {
      for (place, day) in series.days.enumerated() {
        days += 1
        if !rules.findings(series, through: day.day, lengths: [1]).isEmpty { flaggedDays += 1 }
        guard place >= 6 else { continue }
        weeks += 1
        if !rules.findings(series, through: day.day, lengths: [7]).isEmpty { flaggedWeeks += 1 }
      }
    }
    #expect(days == 1093)
    #expect(weeks == 913)
    #expect(flaggedDays * 100 <= days, "\(flaggedDays) days")
    #expect(flaggedWeeks == 0)
  }

  @Test("made-up faults are found within 5 days, healthy weeks raise no alarm")
  func simulation() {
    let report = CampaignRuleSimulation().run(200, seed: 7)
    for fault in CampaignRuleSimulation.Fault.allCases {
      #expect(report.found[fault, default: 0] >= 190, "\(fault.rawValue): \(report)")
    }
    #expect(report.falseAlarms <= 2, "\(report)")
  }

  @Test("the same seed gives the same report")
  func seeds() {
    let simulation = CampaignRuleSimulation()
    #expect(simulation.run(5, seed: 1) == simulation.run(5, seed: 1))
    var one = SplitMix64(state: 1)
    var other = SplitMix64(state: 2)
    #expect(
      CampaignRuleSimulation.series(nil, days: 1, using: &one)
        != CampaignRuleSimulation.series(nil, days: 1, using: &other))
  }

  @Test(
    "Poisson draws have the mean and the variance of their distribution", arguments: [0.5, 40, 900])
  func poisson(_ mean: Double) {
    var generator = SplitMix64(state: 3)
    let draws = (0..<4000).map { _ in Double(sampledPoisson(mean, using: &generator)) }
    let average = draws.reduce(0, +) / 4000
    let variance = draws.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 4000
    #expect(abs(average - mean) < 4 * (mean / 4000).squareRoot())
    #expect(abs(variance / mean - 1) < 0.15)
    #expect(sampledPoisson(0, using: &generator) == 0)
  }
}
