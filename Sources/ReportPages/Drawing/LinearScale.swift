/// Where values lie in a picture: a straight line from the domain's ends to two positions.
package struct LinearScale: Sendable, Hashable {
  /// The values at the ends.
  package var domain: ClosedRange<Double>
  /// The position of the lower end.
  package var start: Double
  /// The position of the upper end; less than `start` for an axis that goes up.
  package var end: Double

  /// A scale. A domain without width or that is not finite is taken for 0 to 1.
  package init(domain: ClosedRange<Double>, start: Double, end: Double) {
    let width = domain.upperBound - domain.lowerBound
    self.domain = width > 0 && width.isFinite ? domain : 0...1
    self.start = start
    self.end = end
  }

  /// A value's position. What lies outside the domain is put on its edge.
  package func position(_ value: Double) -> Double {
    let low = domain.lowerBound
    let width = domain.upperBound - low
    let share = value.isNaN ? 0 : max(0, min(1, (value - low) / width))
    return start + share * (end - start)
  }
}

/// Round values for an axis.
package struct Ticks: Sendable, Hashable {
  /// The values, rising.
  package var values: [Double]
  /// How many decimals tell them apart.
  package var places: Int

  /// The fewest steps of 1, 2 or 5 times a power of ten that reach a value.
  /// - Parameters:
  ///   - highest: what the last tick is not below; 1 is taken for what is not above 0 or not finite.
  ///   - count: how many steps at most, 2 or more.
  package init(upTo highest: Double, count: Int = 5) {
    let highest = highest.isFinite && highest > 0 ? max(1e-9, min(1e15, highest)) : 1
    // Steps are held as a whole number of units, so that no tick is a hair beside its label.
    var places = 0
    var unit = 1.0
    while highest / unit < 10, places < 9 {
      unit /= 10
      places += 1
    }
    while highest / unit > 1000 { unit *= 10 }
    var step = 1.0
    for candidate in [1.0, 2, 5, 10, 20, 50, 100, 200, 500]
    where (highest / (candidate * unit)).rounded(.up) <= Double(max(2, count)) {
      step = candidate
      break
    }
    let steps = max(1, Int((highest / (step * unit) - 1e-9).rounded(.up)))
    let perOne = (1 / unit).rounded()
    values = (0...steps).map {
      let units = Double($0) * step
      return perOne >= 1 ? units / perOne : units * unit
    }
    while places > 0, step.truncatingRemainder(dividingBy: 10) == 0 {
      step /= 10
      places -= 1
    }
    self.places = places
  }

  /// The fewest steps of 1, 2 or 5 times a power of ten that reach over a range, 0 among them where it lies
  /// within. A range without width is widened by half its place; −1 to 1 is taken for one that is not finite.
  /// - Parameter count: how many steps at most, 3 or more.
  package init(over range: ClosedRange<Double>, count: Int = 5) {
    let isFinite = range.lowerBound.isFinite && range.upperBound.isFinite
    var (low, high) = isFinite ? (range.lowerBound, range.upperBound) : (-1, 1)
    (low, high) = (max(-1e15, min(1e15, low)), max(-1e15, min(1e15, high)))
    let size = max(low.magnitude, high.magnitude)
    if high - low < max(1e-9, size * 1e-6) {
      (low, high) = (low - max(1e-9, size / 2), high + max(1e-9, size / 2))
    }
    let most = max(3, count)
    // A range that lies askew to the steps needs one more than one from 0 on.
    let widths = [(high - low, most), (high - low, most - 1)].map { Ticks(upTo: $0.0, count: $0.1) }
    let ticks =
      widths.first { Self.steps(of: $0, from: low, to: high) <= most }
      ?? Ticks(upTo: (high - low) * 1.5, count: most - 1)
    let step = ticks.values[1]
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    values = stride(from: first, through: max(first + 1, last), by: 1).map { $0 * step }
    places = ticks.places
  }

  private static func steps(of ticks: Ticks, from low: Double, to high: Double) -> Int {
    let step = ticks.values[1]
    return Int((high / step - 1e-9).rounded(.up) - (low / step + 1e-9).rounded(.down))
  }

  /// The first tick, where the axis begins.
  package var lowest: Double { values[0] }

  /// The last tick, where the axis ends.
  package var highest: Double { values[values.count - 1] }

  /// Ticks as shares of 0–1 in per cent.
  package var percents: [(value: Double, label: String)] {
    values.map { ($0, NumberText.decimals($0 * 100, max(0, places - 2)) + "\u{A0}%") }
  }

  /// Ticks as numbers.
  package var numbers: [(value: Double, label: String)] {
    values.map { ($0, NumberText.decimals($0, places)) }
  }
}
