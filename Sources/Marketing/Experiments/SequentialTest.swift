/// The primary metric at all planned looks, by O'Brien–Fleming boundaries. All numbers are finite.
package struct SequentialTest: Sendable, Hashable, Encodable {
  /// One look, made or planned.
  package struct Look: Sendable, Hashable, Encodable {
    /// From 1 to the number of planned looks.
    package let number: Int
    /// The day after which it is made, from 1.
    package let day: Int
    /// The share of the planned information; expected at the pace so far where the look lies ahead.
    package let fraction: Double
    /// The statistic; `nil` where the look lies ahead or nothing varies yet.
    package let z: Double?
    /// The |z| that ends the test; `nil` where nothing can be concluded.
    package let boundary: Double?
    /// The chance of a false positive that is used up by then.
    package let spent: Double
  }

  /// The variant.
  package let variant: String
  /// The chance of a false positive that it was judged with, its share among the variants.
  package let alpha: Double
  /// How many looks were made.
  package let made: Int
  /// Every look, those that were made first.
  package let looks: [Look]
  /// The number of the look that crossed the boundary; `nil` while none has.
  package let crossedAt: Int?
  /// Whether it is decided that the variant is better (`true`) or worse (`false`).
  package let isBetter: Bool?
  /// Whether no look will follow that can decide.
  package let isFinal: Bool

  /// The look that was made last.
  package var current: Look? { made > 0 ? looks[made - 1] : nil }
}

/// Tests all variants sequentially on the primary metric.
struct SequentialTester {
  /// What is known of a variant at the looks so far, and the information that is expected at the others.
  private struct Path {
    let variant: String
    let fractions: [Double]
    let z: [Double?]
  }

  private let experiment: Experiment
  private let made: Int
  private let paths: [Path]

  init(_ experiment: Experiment, _ totals: ExperimentTotals, made: Int) {
    self.experiment = experiment
    self.made = made
    let planned = experiment.design.plannedLooks
    let metric = experiment.primaryMetric
    let control = experiment.control?.name ?? ""
    paths = experiment.variants.filter { !$0.isControl }.map { variant in
      var fractions: [Double] = []
      var z: [Double?] = []
      for look in 0..<made {
        let day = experiment.design.day(ofLook: look + 1) - 1
        let base = totals.sample(of: control, in: metric, through: day)
        let sample = totals.sample(of: variant.name, in: metric, through: day)
        let units = MetricComparison.evenUnits(base, sample)
        let share = Double(look + 1) / Double(planned)
        fractions.append(experiment.design.unitsPerArm.map { units / Double(max(1, $0)) } ?? share)
        let effect = MetricComparison.effect(metric, base, sample, alpha: 0.05)
        // A t statistic counts as the z of the same chance.
        z.append(
          effect.map { effect in
            let size = effect.p > 1e-290 ? normalQuantile(above: effect.p / 2) : abs(effect.z)
            return effect.z < 0 ? -size : size
          })
      }
      let pace = made > 0 ? (fractions.last ?? 0) / Double(made) : 1 / Double(planned)
      for look in made..<max(made, planned) { fractions.append(pace * Double(look + 1)) }
      return Path(variant: variant.name, fractions: fractions, z: z)
    }
  }

  private func plan(_ path: Path, alpha: Double) -> GroupSequentialBoundary {
    GroupSequentialBoundary(fractions: path.fractions, alpha: alpha, isLastFinal: true)
  }

  private func crossing(_ path: Path, _ plan: GroupSequentialBoundary) -> Int? {
    path.z.indices.first { look in
      guard let z = path.z[look], let boundary = plan.boundaries[look] else { return false }
      return abs(z) >= boundary
    }
  }

  /// The tests, the variants sharing alpha by the experiment's correction. A variant has crossed the
  /// boundary of a level when its sequential p value lies below it (Liu, Anderson, "On Adaptive Extensions
  /// of Group Sequential Trials", 2008), and p values may be corrected: step-down by Holm, step-up by
  /// Benjamini and Hochberg.
  func tests() -> [SequentialTest] {
    let levels = levels()
    return paths.indices.map { index in
      let path = paths[index]
      let plan = plan(path, alpha: levels[index])
      let crossed = crossing(path, plan)
      let looks = path.fractions.indices.map { look in
        SequentialTest.Look(
          number: look + 1, day: experiment.design.day(ofLook: look + 1),
          fraction: path.fractions[look], z: look < made ? path.z[look] : nil,
          boundary: plan.boundaries[look], spent: plan.spent[look])
      }
      let spent = made > 0 ? plan.spent[made - 1] : 0
      return SequentialTest(
        variant: path.variant, alpha: levels[index], made: made, looks: looks,
        crossedAt: crossed.map { $0 + 1 },
        isBetter: crossed.flatMap { path.z[$0] }.map {
          $0 * experiment.primaryMetric.direction > 0
        }, isFinal: made >= experiment.design.plannedLooks || spent >= levels[index])
    }
  }

  /// The share of alpha that each variant is judged with in the end.
  private func levels() -> [Double] {
    let (alpha, count) = (experiment.design.alpha, paths.count)
    switch experiment.correction {
    case .holm:
      var levels = paths.map { _ in alpha / Double(count) }
      var open = Set(paths.indices)
      while !open.isEmpty {
        let level = alpha / Double(open.count)
        let crossed = open.filter { crossing(paths[$0], plan(paths[$0], alpha: level)) != nil }
        for index in open { levels[index] = level }
        if crossed.isEmpty { break }
        open.subtract(crossed)
      }
      return levels
    case .benjaminiHochberg:
      for rank in stride(from: count, to: 1, by: -1) {
        let level = alpha * Double(rank) / Double(count)
        let crossed = paths.count { crossing($0, plan($0, alpha: level)) != nil }
        if crossed >= rank { return paths.map { _ in level } }
      }
      return paths.map { _ in alpha / Double(max(1, count)) }
    }
  }
}

extension ExperimentDesign {
  /// The day after which a look is made, from 1; the last is the horizon.
  /// - Parameter look: from 1 to `plannedLooks`.
  package func day(ofLook look: Int) -> Int { min(look * daysPerLook, horizonDays) }

  /// The planned looks that so many whole days hold.
  package func looks(inDays days: Int) -> Int {
    days >= horizonDays ? plannedLooks : max(0, days / daysPerLook)
  }
}
