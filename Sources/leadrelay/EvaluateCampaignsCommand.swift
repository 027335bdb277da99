import ArgumentParser
import JSONRPC
import Marketing
import MarketingTools
import ServerApp

/// Measures how soon the rules of campaigns find what goes wrong, how often they are wrong, and how fast they are.
struct EvaluateCampaignsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-campaigns",
    abstract: "Measures the rules that campaigns are judged by, on campaigns that are made up.",
    discussion: """
      Campaigns of 10,000 impressions and 200 leads a day, of which the click-through rate halves, leads become \
      three times as dear, or the return on spend falls from 4 to 1.2: the share that is found within 5 days, and \
      the share of healthy weeks that is flagged. Then the campaigns of 90 days that are judged in a second, and \
      those of the database as they are.
      """)

  @Option(help: ArgumentHelp("The campaigns of each kind.", valueName: "number"))
  var runs = 2000

  @Option(help: ArgumentHelp("What the random numbers come from.", valueName: "number"))
  var seed: UInt64 = 1

  @Flag(help: "Judge the days of the database's campaigns too.")
  var stored = false

  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    guard (1...1_000_000).contains(runs) else {
      throw ValidationError("--runs: found \(runs), expected 1 to 1000000")
    }
  }

  func run() async throws {
    let bar = ProgressBar()
    bar.show("made-up campaigns", share: 0.1)
    let report = CampaignRuleSimulation().run(runs, seed: seed)
    bar.clear()
    for fault in CampaignRuleSimulation.Fault.allCases {
      let found = report.found[fault] ?? 0
      print(
        "\(fault.rawValue): \(Self.share(found, of: runs)) found within "
          + "\(CampaignRuleSimulation.daysToFind) days, after "
          + "\((report.meanDays[fault] ?? 0).rounded(to: 2)) on average")
    }
    print("healthy weeks that are flagged: \(Self.share(report.falseAlarms, of: runs))")
    speed()
    if stored { try await judgeStored() }
  }

  private static func share(_ count: Int, of all: Int) -> String {
    let interval = RateInterval.wilson(successes: count, trials: all, z: RateInterval.z95)
    func percent(_ value: Double) -> String { "\((value * 100).rounded(to: 2))" }
    return "\(percent(Double(count) / Double(all))) % "
      + "[\(percent(interval?.low ?? 0)), \(percent(interval?.high ?? 1))] of \(all)"
  }

  private func speed() {
    var generator = SplitMix64(state: seed)
    let campaigns = (0..<1000).map { _ in
      CampaignRuleSimulation.series(nil, days: 62, spread: 0.1, using: &generator)
    }
    let rules = GuardedRules()
    let start = ContinuousClock.now
    var judged = 0
    var findings = 0
    while ContinuousClock.now - start < .seconds(1) {
      for campaign in campaigns { findings += rules.findings(campaign).count }
      judged += campaigns.count
    }
    let seconds = Double((ContinuousClock.now - start).wholeMilliseconds) / 1000
    print(
      "\(Int(Double(judged) / seconds)) campaigns of 90 days judged in a second "
        + "(\(findings * 1000 / max(1, judged)) findings in 1000)")
  }

  /// Days and weeks of stored campaigns: how many the guarded rules flag.
  private func judgeStored() async throws {
    let application = try await options.application()
    let rules = GuardedRules(application.configuration.campaigns.thresholds)
    var (days, flaggedDays, weeks, flaggedWeeks) = (0, 0, 0, 0)
    var after: CampaignID?
    while true {
      let page = try await application.campaigns.store.records(
        .always, after: after, limit: 100, in: application.configuration.workspace)
      for record in page {
        let series = CampaignSeries(record)
        for (place, day) in series.days.enumerated() {
          days += 1
          if !rules.findings(series, through: day.day, lengths: [1]).isEmpty { flaggedDays += 1 }
          guard place >= 6 else { continue }
          weeks += 1
          if !rules.findings(series, through: day.day, lengths: [7]).isEmpty { flaggedWeeks += 1 }
        }
      }
      guard page.count == 100, let last = page.last else { break }
      after = last.campaign.id
    }
    print(
      "stored campaigns: \(flaggedDays) of \(days) days flagged, \(flaggedWeeks) of \(weeks) windows of 7 days"
    )
  }
}
