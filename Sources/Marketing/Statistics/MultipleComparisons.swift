/// P values that allow for each other by the step-down method of Holm ("A Simple Sequentially Rejective
/// Multiple Test Procedure", 1979): the chance that any one below a level is a false positive is below that
/// level.
/// - Parameter p: chances, 0–1.
/// - Returns: adjusted chances in the same order, 0–1.
package func holmAdjusted(_ p: [Double]) -> [Double] {
  var adjusted = p
  var most = 0.0
  for (rank, index) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated() {
    most = max(most, min(1, Double(p.count - rank) * p[index]))
    adjusted[index] = most
  }
  return adjusted
}

/// P values that allow for each other by the step-up method of Benjamini and Hochberg ("Controlling the
/// False Discovery Rate", 1995): of those below a level at most that share is false on average.
/// - Parameter p: chances, 0–1.
/// - Returns: adjusted chances in the same order, 0–1.
package func benjaminiHochbergAdjusted(_ p: [Double]) -> [Double] {
  var adjusted = p
  var least = 1.0
  for (rank, index) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated().reversed() {
    least = min(least, Double(p.count) / Double(rank + 1) * p[index])
    adjusted[index] = least
  }
  return adjusted
}
