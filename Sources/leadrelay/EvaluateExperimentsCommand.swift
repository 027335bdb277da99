import ArgumentParser
import JSONRPC
import Marketing

/// Measures how often the rules of experiments are wrong, on experiments that are made up.
struct EvaluateExperimentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-experiments",
    abstract:
      "Measures false positives, power and coverage of the tests of experiments by simulation.",
    discussion: """
      Each run is an experiment of 28 days with 500 units per variant and day, a rate of 5 %, looked at every \
      day: without an effect, for the share of runs that any rule calls a winner, and with one of 15 %, for the \
      share that O'Brien-Fleming finds. Shares come with their 95 % Wilson intervals; the same seed gives the \
      same figures.
      """)

  @Option(help: ArgumentHelp("The runs of each kind.", valueName: "runs"))
  var runs = 3000

  @Option(help: ArgumentHelp("What the random numbers come from.", valueName: "number"))
  var seed: UInt64 = 1

  @Flag(help: "Print the figures as JSON.")
  var json = false

  /// The most runs: an hour of them.
  private static let mostRuns = 10_000_000

  private struct Figures: Encodable {
    let runs: Int
    let seed: UInt64
    let withoutEffect: ExperimentSimulation.Findings
    let withEffect: ExperimentSimulation.Findings
    let ratioAlarmsAt49: ExperimentSimulation.Share
    let ratioAlarmsAt50: ExperimentSimulation.Share
    let banditRegrets: BanditSimulation.Regrets
  }

  func validate() throws {
    guard (1...Self.mostRuns).contains(runs) else {
      throw ValidationError("--runs: found \(runs), expected 1 to \(Self.mostRuns)")
    }
  }

  func run() async throws {
    let bar = ProgressBar()
    bar.show("without an effect", share: 0.05)
    let none = ExperimentSimulation().findings(runs: runs, seed: seed)
    bar.show("with an effect of 15 %", share: 0.35)
    var simulation = ExperimentSimulation()
    simulation.lift = 0.15
    let some = simulation.findings(runs: runs, seed: seed)
    bar.show("ratios", share: 0.65)
    let figures = Figures(
      runs: runs, seed: seed, withoutEffect: none, withEffect: some,
      ratioAlarmsAt49: ExperimentSimulation.ratioAlarms(
        share: 0.49, units: 100_000, runs: runs, seed: seed),
      ratioAlarmsAt50: ExperimentSimulation.ratioAlarms(
        share: 0.5, units: 100_000, runs: runs, seed: seed),
      banditRegrets: BanditSimulation().regrets(seeds: min(200, runs)))
    bar.clear()
    if json {
      print(IndentedJSON.text(of: try JSONValueEncoder().encode(figures)))
    } else {
      for line in Self.lines(figures) { print(line) }
    }
  }

  private static func lines(_ figures: Figures) -> [String] {
    let (none, some) = (figures.withoutEffect, figures.withEffect)
    return [
      "\(figures.runs) runs, seed \(figures.seed), 28 daily looks",
      "false positives, p < .05 at any look      \(text(none.naive))",
      "false positives, Bayesian 95 % to win     \(text(none.bayesian))",
      "false positives, O'Brien-Fleming          \(text(none.obrienFleming))",
      "false positives, confidence sequence      \(text(none.confidenceSequence))",
      "power at +15 %, O'Brien-Fleming           \(text(some.obrienFleming)), "
        + "\(some.meanLooks.rounded(to: 1)) days on average",
      "coverage over all looks, no effect        \(text(none.coverage))",
      "coverage over all looks, +15 %            \(text(some.coverage))",
      "ratio alarms at 49/51 of 100,000          \(text(figures.ratioAlarmsAt49))",
      "ratio alarms at 50/50 of 100,000          \(text(figures.ratioAlarmsAt50))",
      "regret of 50,000 sends: Thompson \(figures.banditRegrets.thompson.rounded(to: 1)), "
        + "test then ship \(figures.banditRegrets.testThenShip.rounded(to: 1)), "
        + "uniform \(figures.banditRegrets.uniform.rounded(to: 1))",
    ]
  }

  private static func text(_ share: ExperimentSimulation.Share) -> String {
    func percent(_ value: Double) -> String { "\((value * 100).rounded(to: 2))" }
    return "\(percent(share.share)) % [\(percent(share.low)), \(percent(share.high))]"
  }
}
