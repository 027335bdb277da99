/// Trained boosted trees that predict and explain.
package final class TreeEnsemble: Sendable {
  /// Unchecked, for the compiler sees only an address. The proof: the booster is only predicted with, which the
  /// library documents as safe from several threads at once for trees since version 1.4 (its answers are kept
  /// by thread); what it sets up by its first prediction, `init` has it set up before anyone else can see it;
  /// and `deinit`, which frees it, runs when nobody has it any more.
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer
  private let library: XGBoostLibrary
  let features: Int

  /// Reads trees from the text that `TreeTraining.content` made.
  init(content: String, features: Int) throws(XGBoostError) {
    if let problem = TreeStructure.problem(content, features: features) {
      throw XGBoostError("the trees are damaged: \(problem)")
    }
    let library = try XGBoostLibrary.shared()
    var created: UnsafeMutableRawPointer?
    try library.check(library.createBooster(nil, 0, &created))
    guard let created else { throw XGBoostError("xgboost: no booster was made") }
    do throws(XGBoostError) {
      try library.check(library.loadFromBuffer(created, content, UInt64(content.utf8.count)))
      try library.check(library.setParameter(created, "nthread", "1"))
      try library.check(library.setParameter(created, "verbosity", "0"))
      var known: UInt64 = 0
      try library.check(library.featureCount(created, &known))
      guard known == UInt64(features) else {
        throw XGBoostError("the trees were grown on \(known) features, expected \(features)")
      }
    } catch {
      _ = library.freeBooster(created)
      throw error
    }
    handle = created
    self.library = library
    self.features = features
    _ = try contributions(
      of: FeatureMatrix(columns: features, values: .init(repeating: .nan, count: features)))
  }

  deinit { _ = library.freeBooster(handle) }

  /// The log-odds of each row.
  func margins(of matrix: FeatureMatrix) throws(XGBoostError) -> [Double] {
    try predict(matrix, option: 1).map(Double.init)
  }

  /// Each feature's part in the log-odds of each row (Lundberg, Erion, Lee, "Consistent Individualized
  /// Feature Attribution for Tree Ensembles", 2018), row by row, and behind each row's parts where every row
  /// starts.
  /// - Returns: rows × (features + 1) numbers.
  func contributions(of matrix: FeatureMatrix) throws(XGBoostError) -> [Float] {
    try predict(matrix, option: 4)
  }

  private func predict(_ matrix: FeatureMatrix, option: Int32) throws(XGBoostError) -> [Float] {
    let rows = try TreeMatrix(matrix, library: library)
    var count: UInt64 = 0
    var result: UnsafePointer<Float>?
    // The compiler sees only pointers: what they point into has to live as long as the call.
    defer { withExtendedLifetime((self, rows)) {} }
    try library.check(library.predict(handle, rows.handle, option, 0, 0, &count, &result))
    return Array(UnsafeBufferPointer(start: result, count: Int(count)))
  }
}
