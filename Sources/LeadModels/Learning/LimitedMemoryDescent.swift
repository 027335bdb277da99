/// Minimises a smooth convex function by its gradient: L-BFGS (Liu and Nocedal, "On the Limited Memory BFGS
/// Method for Large Scale Optimization", 1989) with a backtracking line search (Armijo's condition).
enum LimitedMemoryDescent {
  private static let memory = 10
  private static let mostSteps = 200
  /// Steps that gain less than this, relative, are the last.
  private static let tolerance = 1e-7

  /// Moves `point` to a minimum.
  static func minimise(
    _ point: inout [Double], _ function: ([Double]) -> (value: Double, gradient: [Double])
  ) {
    var (value, gradient) = function(point)
    var history: [(step: [Double], change: [Double], curvature: Double)] = []
    for _ in 0..<mostSteps {
      guard !Task.isCancelled else { return }
      let direction = Self.direction(gradient, history)
      let slope = dot(direction, gradient)
      guard slope < 0 else { return }
      var size = history.isEmpty ? 1 / max(1, dot(gradient, gradient).squareRoot()) : 1.0
      var next = point
      var found = value
      var nextGradient = gradient
      var isFound = false
      for _ in 0..<30 {
        for place in point.indices { next[place] = point[place] + size * direction[place] }
        (found, nextGradient) = function(next)
        if found <= value + 1e-4 * size * slope {
          isFound = true
          break
        }
        size /= 2
      }
      guard isFound else { return }
      let step = zip(next, point).map { $0 - $1 }
      let change = zip(nextGradient, gradient).map { $0 - $1 }
      let curvature = dot(step, change)
      if curvature > 1e-12 {
        history.append((step, change, curvature))
        if history.count > memory { history.removeFirst() }
      }
      let gain = value - found
      (point, value, gradient) = (next, found, nextGradient)
      if gain <= tolerance * max(abs(value), 1e-3) { return }
    }
  }

  /// Downhill, by what the last steps showed of the curvature.
  private static func direction(
    _ gradient: [Double], _ history: [(step: [Double], change: [Double], curvature: Double)]
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var shares: [Double] = []
    for entry in history.reversed() {
      let share = dot(entry.step, direction) / entry.curvature
      shares.append(share)
      for place in direction.indices { direction[place] -= share * entry.change[place] }
    }
    if let last = history.last {
      let scale = last.curvature / dot(last.change, last.change)
      for place in direction.indices { direction[place] *= scale }
    }
    for (entry, share) in zip(history, shares.reversed()) {
      let correction = share - dot(entry.change, direction) / entry.curvature
      for place in direction.indices { direction[place] += correction * entry.step[place] }
    }
    return direction
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for place in left.indices { sum += left[place] * right[place] }
    return sum
  }
}
