/// What boosted trees are grown by. The names and meanings are the library's.
struct TreeParameters: Sendable, Hashable {
  /// The most levels of a tree.
  var depth = 4
  /// The share of each tree's answer that is used, 0–1.
  var eta = 0.1
  /// The share of rows that each tree sees, 0–1.
  var subsample = 0.9
  /// The share of features that each tree sees, 0–1.
  var columnSample = 0.5
  /// The L2 penalty of leaves.
  var lambda = 5.0
  /// The least sum of second derivatives in a leaf.
  var minimumChildWeight = 1.0

  /// The most trees of this depth: explaining one answer takes time in proportion to trees × leaves ×
  /// depth², and must take less than half a millisecond.
  var mostRounds: Int { min(1000, 80_000 / ((1 << depth) * depth * depth)) }

  /// By name, for the report.
  var byName: [String: Double] {
    [
      "max_depth": Double(depth), "eta": eta, "subsample": subsample,
      "colsample_bytree": columnSample, "lambda": lambda, "min_child_weight": minimumChildWeight,
    ]
  }
}

/// Grows boosted trees round by round. For one thread at a time. The library's threads are fixed to one, so
/// the same rows, parameters and seed grow the same trees to the last bit.
final class TreeTraining {
  private let handle: UnsafeMutableRawPointer
  private let library: XGBoostLibrary
  private let train: TreeMatrix
  private let watched: TreeMatrix?
  private(set) var rounds = 0

  /// - Parameters:
  ///   - watched: rows whose loss `step` gives after each round.
  ///   - baseRate: the share of positive rows, in (0, 1): where the trees start from.
  init(
    _ parameters: TreeParameters, train: TreeMatrix, watched: TreeMatrix?, baseRate: Double,
    seed: UInt64, library: XGBoostLibrary
  ) throws(XGBoostError) {
    self.library = library
    self.train = train
    self.watched = watched
    var created: UnsafeMutableRawPointer?
    var matrices: [UnsafeMutableRawPointer?] = [train.handle]
    if let watched { matrices.append(watched.handle) }
    try library.check(library.createBooster(&matrices, UInt64(matrices.count), &created))
    guard let created else { throw XGBoostError("xgboost: no booster was made") }
    handle = created
    let settings: [(String, String)] =
      parameters.byName.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") } + [
        ("objective", "binary:logistic"), ("eval_metric", "logloss"), ("tree_method", "hist"),
        ("base_score", "\(baseRate)"), ("nthread", "1"), ("verbosity", "0"),
        ("seed", "\(seed & 0x7FFF_FFFF)"),
      ]
    for (name, value) in settings {
      // The library wants whole numbers written as such.
      let text = name == "max_depth" ? "\(parameters.depth)" : value
      try library.check(library.setParameter(handle, name, text))
    }
  }

  deinit { _ = library.freeBooster(handle) }

  /// Grows one tree more.
  func step() throws(XGBoostError) {
    try library.check(library.update(handle, Int32(rounds), train.handle))
    rounds += 1
  }

  /// The log loss of the watched rows with the trees that there are, in nats.
  func watchedLoss() throws(XGBoostError) -> Double {
    guard let watched else { return .infinity }
    var handles: [UnsafeMutableRawPointer?] = [watched.handle]
    var text: UnsafePointer<CChar>?
    let status = "w".withCString { name in
      var names: [UnsafePointer<CChar>?] = [name]
      return library.evaluate(handle, Int32(rounds - 1), &handles, &names, 1, &text)
    }
    try library.check(status)
    // Such as "[12]\tw-logloss:0.38127".
    guard let text,
      let number = String(cString: text).split(separator: ":").last.flatMap({ Double($0) })
    else { throw XGBoostError("xgboost: no loss was reported") }
    return number
  }

  /// The log-odds of rows by the first trees.
  func margins(of matrix: TreeMatrix, rounds: Int) throws(XGBoostError) -> [Double] {
    var count: UInt64 = 0
    var result: UnsafePointer<Float>?
    try library.check(
      library.predict(handle, matrix.handle, 1, UInt32(rounds), 0, &count, &result))
    return UnsafeBufferPointer(start: result, count: Int(count)).map(Double.init)
  }

  /// The trees as JSON that later versions of the library read too.
  func content() throws(XGBoostError) -> String {
    var count: UInt64 = 0
    var bytes: UnsafePointer<CChar>?
    try library.check(library.saveToBuffer(handle, #"{"format": "json"}"#, &count, &bytes))
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
  }
}
