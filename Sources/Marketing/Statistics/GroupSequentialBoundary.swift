#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The boundaries of a two-sided test that is looked at several times, by recursive numerical integration
/// (Armitage, McPherson, Rowe, "Repeated Significance Tests on Accumulating Data", 1969; Jennison,
/// Turnbull, "Group Sequential Methods", 2000, chapter 19): the statistic is a Brownian motion in the
/// information, of which the density of paths that have not crossed yet is carried from look to look. Good
/// to 4 digits behind the point. A boundary depends on its own look and those before it only: it stays when
/// others follow, unless it was made final.
package struct GroupSequentialBoundary: Sendable, Hashable {
  /// The |z| from which on the test ends at each look; `nil` at a look that nothing can be concluded at,
  /// because no chance is left or next to no information has come in since the look before.
  package let boundaries: [Double?]
  /// The chance that is used up after each look.
  package let spent: [Double]

  /// A look that adds less than this share of the planned information is left to the next one.
  private static let leastStep = 1e-4

  /// Boundaries of looks.
  /// - Parameters:
  ///   - fractions: of the planned information at each look, above 0, not falling; they may exceed 1.
  ///   - alpha: the chance of a false positive over all looks, above 0 and below 1.
  ///   - spending: how it is used up.
  ///   - isLastFinal: whether the last look uses up what is left, because no other will follow.
  package init(
    fractions: [Double], alpha: Double, spending: AlphaSpending = .bothSides,
    isLastFinal: Bool = false
  ) {
    let looks = Self.telling(
      fractions, spending: spending, alpha: alpha, isLastFinal: isLastFinal)
    var boundaries: [Double?] = fractions.map { _ in nil }
    var spent = fractions.map { _ in 0.0 }
    var paths: SurvivingPaths?
    var used = 0.0
    for (place, look) in looks.enumerated() {
      let increment = look.spent - used
      let boundary =
        paths?.boundary(at: look.fraction, chance: increment)
        ?? normalQuantile(above: increment / 2)
      boundaries[look.index] = boundary
      used = look.spent
      for later in look.index..<fractions.count { spent[later] = used }
      guard place + 1 < looks.count else { break }
      paths = SurvivingPaths(
        after: paths, at: look.fraction, within: boundary,
        nextStep: looks[place + 1].fraction - look.fraction)
    }
    self.boundaries = boundaries
    self.spent = spent
  }

  /// A look that can end the test.
  private struct Look {
    let index: Int
    let fraction: Double
    /// The chance that is used up by then.
    let spent: Double
  }

  /// The looks with information and chance that those before did not have. The final one uses up what is left
  /// even with no news: it is computed as if it had the least news, which is a little too strict.
  private static func telling(
    _ fractions: [Double], spending: AlphaSpending, alpha: Double, isLastFinal: Bool
  ) -> [Look] {
    var looks: [Look] = []
    for (index, fraction) in fractions.enumerated() where fraction > 0 {
      let isFinal = isLastFinal && index == fractions.count - 1
      let spent = isFinal ? alpha : spending.spent(of: alpha, at: fraction)
      guard spent > looks.last?.spent ?? 0 else { continue }
      let least = looks.last.map { $0.fraction + leastStep } ?? 0
      guard fraction >= least || isFinal else { continue }
      looks.append(Look(index: index, fraction: max(fraction, least), spent: spent))
    }
    return looks
  }
}

/// The density of z·√t over the paths that have not crossed a boundary so far, on an even grid for
/// Simpson's rule.
private struct SurvivingPaths {
  let fraction: Double
  let edge: Double
  let step: Double
  /// The density times the weight of the rule, from −edge to edge.
  let masses: [Double]

  /// Beyond so many standard deviations a density counts as nothing.
  private static let reach = 8.0
  private static let cellsPerDeviation = 6.0
  private static let mostCells = 4000.0

  init(after old: SurvivingPaths?, at fraction: Double, within boundary: Double, nextStep: Double) {
    let deviation = (fraction - (old?.fraction ?? 0)).squareRoot()
    let edge = min(boundary, Self.reach) * fraction.squareRoot()
    let fineness = min(deviation, nextStep.squareRoot()) / Self.cellsPerDeviation
    // An even number of cells, for Simpson's rule takes them in pairs.
    let cells = 2 * Int(min(Self.mostCells, max(32, 2 * edge / fineness)) / 2)
    let step = 2 * edge / Double(cells)
    // The density is even, so that half of it is enough.
    var masses = [Double](repeating: 0, count: cells + 1)
    for index in 0...cells / 2 {
      let place = Double(index) * step - edge
      let density =
        old?.density(at: place, deviation: deviation)
        ?? normalDensity(place / deviation) / deviation
      let weight = index == 0 ? 1.0 : index % 2 == 1 ? 4 : 2
      masses[index] = density * weight * step / 3
      masses[cells - index] = masses[index]
    }
    self.fraction = fraction
    self.edge = edge
    self.step = step
    self.masses = masses
  }

  /// The density at a place of the next look.
  func density(at place: Double, deviation: Double) -> Double {
    sum(around: place, deviation: deviation) { exp(-$0 * $0 / 2) }
      / ((2 * Double.pi).squareRoot() * deviation)
  }

  /// The |z| that the paths cross with a chance at the next look, by halving.
  func boundary(at next: Double, chance: Double) -> Double {
    let deviation = (next - fraction).squareRoot()
    let root = next.squareRoot()
    // Without the looks before, the paths would cross with more than the chance: there the boundary lies
    // below.
    var (low, high) = (0.0, normalQuantile(above: chance / 2))
    for _ in 0..<40 where high - low > 1e-9 {
      let middle = (low + high) / 2
      if crossing(middle * root, deviation: deviation) > chance {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }

  /// The chance to end beyond ±place at the next look.
  private func crossing(_ place: Double, deviation: Double) -> Double {
    let nearest = place - Self.reach * deviation
    var chance = 0.0
    // Paths that are farther on the other side do not get there.
    let first = max(0, Int(((nearest + edge) / step).rounded(.down)))
    for index in masses.indices.dropFirst(first) {
      let distance = place - (Double(index) * step - edge)
      chance += masses[index] * normalTail(above: distance / deviation)
    }
    return 2 * chance
  }

  private func sum(
    around place: Double, deviation: Double, _ kernel: (Double) -> Double
  ) -> Double {
    let reach = Self.reach * deviation
    let first = max(0, Int(((place - reach + edge) / step).rounded(.down)))
    let last = min(masses.count - 1, Int(((place + reach + edge) / step).rounded(.up)))
    guard first <= last else { return 0 }
    var sum = 0.0
    for index in first...last {
      sum += masses[index] * kernel((place - (Double(index) * step - edge)) / deviation)
    }
    return sum
  }
}
