/// A budget divided so that it brings the most.
package struct BudgetAllocation: Sendable, Hashable {
  /// What each campaign gets, 0 or more, in their order.
  package var spends: [Double]
  /// What they bring together.
  package var response: Double

  /// The best division among campaigns with diminishing returns, within what each may get. Without limits
  /// it is x = √(b·e)·(B + Σe) ÷ Σ√(b·e) − e; who would get less than nothing gets nothing and the rest is
  /// divided again (Lagrange's condition: all that are within their limits bring the same for one more
  /// unit).
  /// - Parameters:
  ///   - budget: 0 or more. What is left when all get their most is not spent.
  ///   - limits: the least and the most each may get, none below 0; `nil` for 0 and up.
  /// - Returns: `nil` where the budget does not reach for what each gets at least, or the numbers do not fit.
  package init?(
    of budget: Double, among curves: [ResponseCurve], within limits: [ClosedRange<Double>]? = nil
  ) {
    let limits = limits ?? curves.map { _ in 0...Double.greatestFiniteMagnitude }
    guard limits.count == curves.count, budget >= 0, budget.isFinite,
      limits.allSatisfy({ $0.lowerBound >= 0 }),
      curves.allSatisfy({ $0.ceiling > 0 && $0.half > 0 }),
      limits.reduce(0, { $0 + $1.lowerBound }) <= budget * (1 + 1e-12)
    else { return nil }
    let scales = curves.map { ($0.ceiling * $0.half).squareRoot() }
    func spend(_ index: Int, _ level: Double) -> Double {
      min(
        max(scales[index] * level - curves[index].half, limits[index].lowerBound),
        limits[index].upperBound)
    }
    func sum(_ level: Double) -> Double {
      curves.indices.reduce(0) { $0 + spend($1, level) }
    }
    // The sum grows with the level, so halving finds which of them are within their limits.
    var (low, high) = (0.0, 1.0)
    while sum(high) < budget, high < 1e150 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if sum(middle) < budget { low = middle } else { high = middle }
    }
    // Among those the closed form is exact.
    let free = curves.indices.filter { index in
      let wish = scales[index] * high - curves[index].half
      return wish > limits[index].lowerBound && wish < limits[index].upperBound
    }
    var level = high
    let freeScale = free.reduce(0) { $0 + scales[$1] }
    if freeScale > 0 {
      let fixed = curves.indices.filter { !free.contains($0) }.reduce(0) { $0 + spend($1, high) }
      let exact = (budget - fixed + free.reduce(0) { $0 + curves[$1].half }) / freeScale
      if exact.isFinite { level = exact }
    }
    let spends = curves.indices.map { spend($0, level) }
    self.spends = spends
    response = curves.indices.reduce(0) { $0 + curves[$1].response(to: spends[$1]) }
  }
}
