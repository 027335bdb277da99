#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many are left from step to step, on a logarithmic axis, for the last step is often a thousandth of the
/// first.
package struct FunnelChart: Sendable, Hashable {
  /// One step.
  package struct Step: Sendable, Hashable {
    /// What is counted.
    package var name: String
    /// How many.
    package var count: Int
    /// The share of the step before in words; empty where there is none.
    package var share: String

    /// A step.
    package init(name: String, count: Int, share: String) {
      self.name = name
      self.count = count
      self.share = share
    }
  }

  /// The steps, from the first.
  package var steps: [Step]

  /// A chart.
  package init(steps: [Step]) { self.steps = steps }

  /// The chart as a picture; `nil` when nothing was counted.
  package func picture(id: String, title: String, summary: String) -> Picture? {
    guard let most = steps.map(\.count).max(), most > 0 else { return nil }
    // The number of digits, the last decade in full.
    let decades = Double(String(most).count)
    let pitch = 52.0
    let bottom = 8 + Double(steps.count) * pitch
    let plot = PlotArea(
      x: 0...decades, y: 0...1, left: 96, right: 360, top: 4, bottom: bottom)
    var drawing = Drawing()
    let step = decades > 4 ? 2 : 1
    let ticks = stride(from: 0, through: Int(decades), by: step).map { power in
      (value: Double(power), label: Self.power(power))
    }
    plot.drawXAxis(ticks, name: "Count, on a logarithmic axis", in: &drawing)
    for (index, step) in steps.enumerated() {
      let middle = 24 + Double(index) * pitch
      drawing.text(step.name, at: Spot(88, middle + 4), .end, .name)
      let end = plot.x.position(Self.logarithm(step.count))
      drawing.bar(Spot(96, middle - 10), Spot(end, middle + 10), .fill)
      drawing.text(
        NumberText.count(step.count), at: Spot(end + 6, middle + 4), .start, .value)
      if !step.share.isEmpty {
        drawing.text(step.share, at: Spot(102, middle - 15), .start, .note)
      }
    }
    return Picture(
      id: id, title: title, summary: summary, height: bottom + 40, drawing: drawing)
  }

  private static func power(_ exponent: Int) -> String {
    var value = 1
    for _ in 0..<min(18, exponent) { value *= 10 }
    return NumberText.count(value)
  }

  /// The decimal logarithm; a hair for a single one, so that it can be seen.
  private static func logarithm(_ count: Int) -> Double {
    count > 1 ? log10(Double(count)) : count == 1 ? 0.02 : 0
  }
}
