#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension BGNBD {
  /// A model that fits the purchases of some customers best.
  package struct Fit: Sendable, Hashable {
    /// The model.
    package var model: BGNBD
    /// The logarithm of the purchases' likelihood under it.
    package var logLikelihood: Double
    /// How many customers it was fitted to.
    package var customers: Int
    /// How many of them bought again.
    package var repeatCustomers: Int
  }

  /// Why no model can be fitted.
  package enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// There are too few customers.
    case tooFewCustomers(found: Int, needed: Int)
    /// Too few of them bought again.
    case tooFewRepeats(found: Int, needed: Int)
    /// The search for the best model did not come to an end.
    case notConverged

    package var description: String {
      switch self {
      case .tooFewCustomers(let found, let needed):
        "Expected purchases need a model of at least \(needed) customers, and there are \(found)."
      case .tooFewRepeats(let found, let needed):
        "Expected purchases need a model of at least \(needed) customers who bought on more than "
          + "one day, and there are \(found)."
      case .notConverged:
        "Expected purchases need a model, and none fits these purchases."
      }
    }
  }

  /// Finds the model of the greatest likelihood.
  ///
  /// The search is over logarithms, which `BGNBDLikelihood` names, in units of the customers' mean age, from a fixed
  /// set of starts of which the best end counts: the same purchases give the same model.
  /// - Parameters:
  ///   - needed: how many customers, and how many of them with repeats, are needed.
  ///   - progress: told of the share that is done, 0–1, before each look at the customers; what it throws
  ///     ends the search.
  package static func fit(
    _ customers: [Observation], needed: (customers: Int, repeats: Int),
    progress: (Double) throws -> Void = { _ in }
  ) rethrows -> Result<Fit, Refusal> {
    let repeating = customers.count { $0.repeats > 0 }
    guard customers.count >= max(1, needed.customers) else {
      return .failure(
        .tooFewCustomers(found: customers.count, needed: max(1, needed.customers)))
    }
    guard repeating >= max(1, needed.repeats) else {
      return .failure(.tooFewRepeats(found: repeating, needed: max(1, needed.repeats)))
    }
    let unit = customers.reduce(0) { $0 + $1.age } / Double(customers.count)
    guard unit > 0, unit.isFinite else { return .failure(.notConverged) }
    let likelihood = BGNBDLikelihood(
      customers.map {
        Observation(repeats: $0.repeats, recency: $0.recency / unit, age: $0.age / unit)
      })
    let search = QuasiNewton(range: -8...8, tolerance: 1e-7, limit: 300)
    let repeats = customers.reduce(0) { $0 + Double($1.repeats) } / Double(customers.count)
    let starts = starts(repeats: repeats)
    var best: QuasiNewton.End?
    for (index, start) in starts.enumerated() {
      var looks = 0.0
      let end = try search.minimum(from: start) { point in
        // How many looks it takes is not known; most searches are through after some 60.
        try progress((Double(index) + looks / (looks + 30)) / Double(starts.count))
        looks += 1
        return likelihood.loss(at: point)
      }
      guard end.isConverged, end.place.value.isFinite else { continue }
      if best.map({ end.place.value < $0.place.value }) ?? true { best = end }
    }
    guard let best else { return .failure(.notConverged) }
    var model = BGNBDLikelihood.model(at: best.place.point)
    model.alpha *= unit
    return .success(
      Fit(
        model: model, logLikelihood: model.logLikelihood(of: customers),
        customers: customers.count, repeatCustomers: repeating))
  }

  /// Equal and unequal customers, who leave early or late, each buying as often as these do.
  /// - Parameter repeats: the mean number in the unit of time.
  private static func starts(repeats: Double) -> [[Double]] {
    [(0.3, 0.7, 2.5), (1.5, 0.7, 2.5), (0.3, 0.2, 4), (1.5, 2, 2)].map { r, a, b in
      [log(r), log(repeats), log(a + b), log(a / b)]
    }
  }
}
