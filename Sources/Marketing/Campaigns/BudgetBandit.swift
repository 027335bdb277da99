/// Moves money to where a unit of it most likely brings the most, with a floor so that all are still tried
/// (Thompson, "On the likelihood that one unknown probability exceeds another", 1933; the additive floor as
/// in the experiments' bandit mode).
package struct BudgetBandit: Sendable {
  /// What one campaign brought for its money.
  package struct Arm: Sendable, Hashable {
    /// What was spent, above 0.
    package var spend: Double
    /// How many conversions that brought.
    package var conversions: Int
    /// What one is worth.
    package var value: ConversionValue

    /// An arm.
    package init(spend: Double, conversions: Int, value: ConversionValue) {
      self.spend = spend
      self.conversions = conversions
      self.value = value
    }
  }

  /// The least share that each gets.
  package var floor = 0.05
  /// How many draws decide.
  package var draws = 2000

  /// The defaults.
  package init() {}

  /// How likely each arm brings the most for one unit of money.
  /// - Returns: chances in the arms' order that add up to 1; empty for no arms.
  package func chancesToBeBest(_ arms: [Arm], using generator: inout SplitMix64) -> [Double] {
    guard !arms.isEmpty else { return [] }
    var wins = arms.map { _ in 0 }
    for _ in 0..<max(1, draws) {
      var best = (index: 0, value: -1.0)
      for (index, arm) in arms.enumerated() {
        // Jeffreys' prior of a Poisson rate.
        let rate = sampledGamma(Double(arm.conversions) + 0.5, using: &generator) / arm.spend
        let worth =
          arm.value.mean + arm.value.standardError * sampledNormal(using: &generator)
        let value = rate * max(0, worth)
        if value > best.value { best = (index, value) }
      }
      wins[best.index] += 1
    }
    return wins.map { Double($0) / Double(max(1, draws)) }
  }

  /// What share of the money each is to get: floor + (1 − k·floor) · chance to be best.
  /// - Returns: shares in the arms' order that add up to 1; empty for no arms.
  package func shares(_ arms: [Arm], using generator: inout SplitMix64) -> [Double] {
    let least = min(floor, 1 / Double(max(1, arms.count)))
    let rest = 1 - Double(arms.count) * least
    return chancesToBeBest(arms, using: &generator).map { least + rest * $0 }
  }

  /// The budgets nearest to shares that add up to the same money within limits.
  /// - Parameters:
  ///   - shares: each above 0.
  ///   - limits: the least and the most each may get.
  /// - Returns: `nil` where the limits leave no such budgets.
  package static func budgets(
    _ total: Double, by shares: [Double], within limits: [ClosedRange<Double>]
  ) -> [Double]? {
    let (least, most) = limits.reduce((0, 0)) { ($0.0 + $1.lowerBound, $0.1 + $1.upperBound) }
    guard shares.count == limits.count, least <= total * (1 + 1e-12),
      most >= total * (1 - 1e-12)
    else { return nil }
    func spend(_ index: Int, _ level: Double) -> Double {
      min(max(shares[index] * level, limits[index].lowerBound), limits[index].upperBound)
    }
    var (low, high) = (0.0, total)
    func sum(_ level: Double) -> Double { shares.indices.reduce(0) { $0 + spend($1, level) } }
    while sum(high) < total * (1 - 1e-12), high < 1e150 { high *= 2 }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if sum(middle) < total { low = middle } else { high = middle }
    }
    return shares.indices.map { spend($0, high) }
  }
}
