/// Rows of features in the library's own form, for one thread at a time.
final class TreeMatrix {
  let handle: UnsafeMutableRawPointer
  let rows: Int
  private let library: XGBoostLibrary

  /// Copies the rows of a matrix.
  /// - Parameter labels: 0 or 1 for each row; none for rows to predict.
  init(
    _ matrix: FeatureMatrix, labels: [Float] = [], library: XGBoostLibrary
  ) throws(XGBoostError) {
    var created: UnsafeMutableRawPointer?
    rows = matrix.rows
    try library.check(
      library.createMatrix(
        matrix.values, UInt64(matrix.rows), UInt64(matrix.columns), .nan, &created))
    guard let created else { throw XGBoostError("xgboost: no matrix was made") }
    handle = created
    self.library = library
    if !labels.isEmpty {
      try library.check(library.setFloats(handle, "label", labels, UInt64(labels.count)))
    }
  }

  deinit { _ = library.freeMatrix(handle) }
}
