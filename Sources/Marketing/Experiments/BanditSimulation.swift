/// Sends to made-up people that are spread over arms, to measure what is lost on the way to the best one.
/// The same seed leads to the same losses.
package struct BanditSimulation: Sendable, Hashable {
  /// The true rates of the arms, 0–1.
  package var rates = [0.020, 0.022, 0.025, 0.030]
  /// All sends.
  package var sends = 50_000
  /// The sends between two looks at the results.
  package var batch = 100
  /// The least share of an arm under Thompson's rule; that many times the arms below 1.
  package var floor = 0.01
  /// The share of the sends that a test takes before its best arm gets all others.
  package var testShare = 0.4

  /// The defaults: four arms, 50,000 sends in batches of 100.
  package init() {}

  /// How many successes less than with the best arm alone are expected, on average over seeds.
  package struct Regrets: Sendable, Hashable, Encodable {
    /// Thompson's rule with the floor.
    package let thompson: Double
    /// An even test first, then the arm that did best.
    package let testThenShip: Double
    /// An even spread to the end.
    package let uniform: Double
  }

  /// Runs seeds 0, 1, … of each rule.
  /// - Parameter seeds: at least 1.
  package func regrets(seeds: Int) -> Regrets {
    var (thompson, shipped, even) = (0.0, 0.0, 0.0)
    for seed in 0..<seeds {
      thompson += regret(seed: seed) { sent, successes, _, generator in
        thompsonCounts(sent, successes, &generator)
      }
      shipped += regret(seed: seed) { sent, successes, done, _ in
        guard Double(done) >= testShare * Double(sends) else { return evenCounts() }
        let best = sent.indices.max {
          Double(successes[$0]) * Double(sent[$1]) < Double(successes[$1]) * Double(sent[$0])
        }
        return sent.indices.map { $0 == best ? batch : 0 }
      }
      even += regret(seed: seed) { _, _, _, _ in evenCounts() }
    }
    let runs = Double(max(1, seeds))
    return Regrets(thompson: thompson / runs, testThenShip: shipped / runs, uniform: even / runs)
  }

  private typealias Rule = (
    _ sent: [Int], _ successes: [Int], _ done: Int, inout SplitMix64
  ) -> [Int]

  private func regret(seed: Int, _ rule: Rule) -> Double {
    var generator = SplitMix64(state: SplitMix64.mixed(UInt64(seed)))
    var sent = [Int](repeating: 0, count: rates.count)
    var successes = sent
    var done = 0
    while done < sends {
      for (arm, count) in rule(sent, successes, done, &generator).enumerated() {
        sent[arm] += count
        successes[arm] += sampledBinomial(trials: count, rate: rates[arm], using: &generator)
      }
      done += batch
    }
    let best = rates.max() ?? 0
    return zip(rates, sent).reduce(0) { $0 + (best - $1.0) * Double($1.1) }
  }

  /// An even batch; what does not divide goes to the first arms.
  private func evenCounts() -> [Int] {
    rates.indices.map { batch / rates.count + ($0 < batch % rates.count ? 1 : 0) }
  }

  /// Each send goes to a random arm with a chance of k·f, else to the best of one draw from each posterior.
  private func thompsonCounts(
    _ sent: [Int], _ successes: [Int], _ generator: inout SplitMix64
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: rates.count)
    for _ in 0..<batch {
      let random = generator.unit()
      if random < floor * Double(rates.count) {
        counts[min(rates.count - 1, Int(random / floor))] += 1
        continue
      }
      var best = (arm: 0, draw: -1.0)
      for arm in rates.indices {
        let failures = Double(sent[arm] - successes[arm])
        let draw = sampledBeta(Double(successes[arm]) + 1, failures + 1, using: &generator)
        if draw > best.draw { best = (arm, draw) }
      }
      counts[best.arm] += 1
    }
    return counts
  }
}
