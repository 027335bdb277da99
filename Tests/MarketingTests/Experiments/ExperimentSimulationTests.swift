import Marketing
import Testing

/// Few runs with wide bounds; the benchmark has the figures.
@Suite struct ExperimentSimulationTests {
  @Test func withoutAnEffectOnlyHonestRulesHold() {
    let findings = ExperimentSimulation().findings(runs: 200, seed: 3)
    #expect(findings.naive.share > 0.18)
    #expect(findings.bayesian.share > 0.35)
    #expect(findings.obrienFleming.share < 0.12)
    #expect(findings.confidenceSequence.share < 0.06)
    #expect(findings.coverage.share > 0.94)
    #expect(findings.naive.low < findings.naive.share)
    #expect(findings == ExperimentSimulation().findings(runs: 200, seed: 3))
  }

  @Test func anEffectIsFoundEarly() {
    var simulation = ExperimentSimulation()
    simulation.lift = 0.15
    let findings = simulation.findings(runs: 200, seed: 4)
    #expect((0.65...0.9).contains(findings.obrienFleming.share))
    #expect((18...23).contains(findings.meanLooks))
    #expect(findings.coverage.share > 0.94)
  }

  @Test func theRatioCheckFindsWhatIsWrongOnly() {
    let wrong = ExperimentSimulation.ratioAlarms(share: 0.49, units: 100_000, runs: 500, seed: 1)
    let right = ExperimentSimulation.ratioAlarms(share: 0.5, units: 100_000, runs: 5000, seed: 1)
    #expect(wrong.share > 0.99)
    #expect(right.share < 0.004)
  }

  @Test func banditsLoseLess() {
    var simulation = BanditSimulation()
    simulation.sends = 20_000
    let regrets = simulation.regrets(seeds: 5)
    #expect(abs(regrets.uniform - 115) < 1e-6)
    #expect(regrets.thompson < regrets.uniform * 0.7)
    #expect(regrets.testThenShip < regrets.uniform)
  }
}
