/// Finds the least value of a smooth function within a box, by the method of Broyden, Fletcher, Goldfarb
/// and Shanno with a backtracking search along each direction (Nocedal and Wright, "Numerical
/// Optimization", 2nd edition, algorithms 3.1 and 6.1). Steps are cut off at the sides of the box.
package struct QuasiNewton {
  /// A place with what the function is there.
  package struct Place {
    /// The place.
    package var point: [Double]
    /// The function's value there.
    package var value: Double
    /// Its gradient there.
    package var gradient: [Double]
  }

  /// Where the search ended.
  package struct End {
    /// The lowest place that was found.
    package var place: Place
    /// Whether it is a minimum, as far as the tolerance tells.
    package var isConverged: Bool
  }

  /// The sides of the box, the same in every dimension.
  let range: ClosedRange<Double>
  /// The search ends where no component of the gradient that leads into the box is greater, or where
  /// several steps in a row have brought next to nothing: on a ridge the gradient vanishes slowly.
  let tolerance: Double
  /// The most directions that are tried.
  let limit: Int

  /// A search; see the properties.
  package init(range: ClosedRange<Double>, tolerance: Double, limit: Int) {
    self.range = range
    self.tolerance = tolerance
    self.limit = limit
  }

  /// Searches from a point.
  /// - Parameter function: the value and the gradient at a point of the box; what it throws ends the
  ///   search.
  package func minimum(
    from start: [Double], of function: ([Double]) throws -> (value: Double, gradient: [Double])
  ) rethrows -> End {
    func look(_ point: [Double]) throws -> Place {
      let (value, gradient) = try function(point)
      return Place(point: point, value: value, gradient: gradient)
    }
    var place = try look(start.map(clamped))
    var inverse = Self.identity(start.count)
    var isFresh = true
    var idleSteps = 0
    var free = place.point.map { _ in true }
    for _ in 0..<limit {
      // What was learned of the curvature holds as long as the same sides of the box are in the way.
      let nowFree = place.point.indices.map { isFree($0, at: place) }
      if nowFree != free { isFresh = true }
      free = nowFree
      let slope = zip(place.gradient, free).map { $1 ? $0 : 0 }
      guard slope.contains(where: { abs($0) > tolerance }) else {
        return End(place: place, isConverged: true)
      }
      var direction = zip(Self.product(inverse, slope), free).map { $1 ? -$0 : 0 }
      if isFresh || Self.product(direction, slope) >= 0 {
        // A first step of at most 1 in any direction, for the scale is not known yet.
        let length = max(1, slope.map { abs($0) }.max() ?? 1)
        direction = slope.map { -$0 / length }
        inverse = Self.identity(start.count)
      }
      guard let next = try step(from: place, along: direction, look) else {
        // Nothing lower is left that the precision could tell, unless the direction was at fault.
        if isFresh { return End(place: place, isConverged: isFlat(slope, at: place)) }
        isFresh = true
        continue
      }
      isFresh = !Self.update(&inverse, from: place, to: next, free: free)
      let gain = place.value - next.value
      place = next
      idleSteps = gain < 1e-9 * max(1, abs(place.value)) ? idleSteps + 1 : 0
      if idleSteps == 5 { return End(place: place, isConverged: true) }
    }
    return End(place: place, isConverged: false)
  }

  private func step(
    from place: Place, along direction: [Double], _ look: ([Double]) throws -> Place
  ) rethrows -> Place? {
    var factor = 1.0
    for _ in 0..<50 {
      let point = zip(place.point, direction).map { clamped($0 + factor * $1) }
      let moved = zip(point, place.point).map { $0 - $1 }
      let expected = Self.product(moved, place.gradient)
      guard moved.contains(where: { $0 != 0 }) else { return nil }
      let next = try look(point)
      if next.value.isFinite, next.value < place.value,
        next.value <= place.value + 1e-4 * expected
      {
        return next
      }
      factor /= 2
    }
    return nil
  }

  /// Whether a step that the precision swallows is the reason that nothing lower was found.
  private func isFlat(_ slope: [Double], at place: Place) -> Bool {
    let steepest = slope.map { abs($0) }.max() ?? 0
    return steepest * steepest < 1e-9 * max(1, abs(place.value))
  }

  private func clamped(_ value: Double) -> Double {
    min(max(value, range.lowerBound), range.upperBound)
  }

  private func isFree(_ index: Int, at place: Place) -> Bool {
    if place.point[index] <= range.lowerBound { return place.gradient[index] < 0 }
    if place.point[index] >= range.upperBound { return place.gradient[index] > 0 }
    return true
  }

  /// Learns the curvature from a step.
  /// - Returns: whether there was anything to learn.
  private static func update(
    _ inverse: inout [[Double]], from old: Place, to new: Place, free: [Bool]
  ) -> Bool {
    let step = zip(new.point, old.point).map { $0 - $1 }
    let change = free.indices.map { free[$0] ? new.gradient[$0] - old.gradient[$0] : 0 }
    let curvature = product(step, change)
    let lengths = (product(step, step) * product(change, change)).squareRoot()
    guard curvature > 1e-10 * lengths else { return false }
    let bent = product(inverse, change)
    let scale = (1 + product(change, bent) / curvature) / curvature
    for row in step.indices {
      for column in step.indices {
        inverse[row][column] +=
          scale * step[row] * step[column]
          - (bent[row] * step[column] + step[row] * bent[column]) / curvature
      }
    }
    return true
  }

  private static func identity(_ count: Int) -> [[Double]] {
    (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
  }

  private static func product(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { product($0, vector) }
  }
}
