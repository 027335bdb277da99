/// Rows of numbers, one after the other. A missing number is not a number.
struct FeatureMatrix: Sendable {
  let columns: Int
  var values: [Float]

  var rows: Int { columns == 0 ? 0 : values.count / columns }

  /// Rows of numbers.
  init(columns: Int, values: [Float] = []) {
    self.columns = columns
    self.values = values
  }

  /// One row.
  func row(_ row: Int) -> ArraySlice<Float> { values[row * columns..<(row + 1) * columns] }

  /// Some of the rows, in the order given.
  func rows(_ chosen: [Int]) -> FeatureMatrix {
    var copy = FeatureMatrix(columns: columns)
    copy.values.reserveCapacity(chosen.count * columns)
    for row in chosen { copy.values += values[row * columns..<(row + 1) * columns] }
    return copy
  }
}
