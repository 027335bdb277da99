/// By how much budgets change so that their sum stays the same to the cent.
struct BudgetChanges: Sendable, Hashable {
  /// The budgets as they are.
  let from: [Double]
  /// By how many hundredths of the currency each changes; together 0.
  private(set) var cents: [Int]

  /// The budgets as they will be.
  var to: [Double] {
    zip(from, cents).map { $1 == 0 ? $0 : ($0 + Double($1) / 100).rounded(to: 6) }
  }

  /// The ones that change, the largest cut first.
  var order: [Int] {
    cents.indices.filter { cents[$0] != 0 }.sorted {
      (Double(cents[$0]) / from[$0], $0) < (Double(cents[$1]) / from[$1], $1)
    }
  }

  /// The changes nearest to wanted budgets: none smaller than a share of its budget, and none larger than
  /// wanted. Where cuts and raises do not match, the larger side shrinks to the smaller one.
  /// - Parameters:
  ///   - budgets: as they are, above 0.
  ///   - wanted: in the same order.
  init(from budgets: [Double], to wanted: [Double], leastShare: Double) {
    from = budgets
    var changes = zip(wanted, budgets).map { $0 - $1 }
    // Shrinking may leave changes that are too small, and without them the sides differ again.
    for _ in budgets {
      changes = zip(changes, budgets).map { abs($0) >= leastShare * $1 ? $0 : 0 }
      let freed = -changes.reduce(0) { $0 + min(0, $1) }
      let spent = changes.reduce(0) { $0 + max(0, $1) }
      let moved = min(freed, spent)
      guard moved > 0 else {
        changes = budgets.map { _ in 0 }
        break
      }
      changes = changes.map { $0 < 0 ? $0 * moved / freed : $0 * moved / spent }
    }
    cents = zip(changes, budgets).map { change, budget in
      // A whole number up to its last bits is one.
      let whole = (abs(change) * 100 + 1e-6).rounded(.down)
      return abs(change) >= leastShare * budget ? Int(change < 0 ? -whole : whole) : 0
    }
    balance()
  }

  /// Takes the cents that rounding left on one side off it, from the largest changes.
  private mutating func balance() {
    let rest = cents.reduce(0, +)
    let side = cents.indices.filter { rest > 0 ? cents[$0] > 0 : cents[$0] < 0 }
      .sorted { abs(cents[$0]) > abs(cents[$1]) }
    guard rest != 0 else { return }
    guard !side.isEmpty else {
      cents = cents.map { _ in 0 }
      return
    }
    let (share, more) = abs(rest).quotientAndRemainder(dividingBy: side.count)
    for (place, index) in side.enumerated() {
      let cut = min(abs(cents[index]), share + (place < more ? 1 : 0))
      cents[index] -= rest > 0 ? cut : -cut
    }
    // Cents that were larger than what they were taken from.
    if cents.reduce(0, +) != 0 { cents = cents.map { _ in 0 } }
  }
}
