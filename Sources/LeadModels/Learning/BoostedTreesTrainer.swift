import Marketing

/// Boosted trees, with a small search for how deep and how cautious they are.
struct BoostedTreesTrainer: CandidateTrainer {
  let kind = ModelKind.boostedTrees

  /// A larger search and its trees see at most so many rows.
  private static let mostSearched = 40_000
  /// Growing ends when so many trees brought no better loss.
  private static let patience = 40

  /// What is tried first: how many fields act together.
  private static let depths = [3, 4, 5]
  /// What is tried then, with the depth that did best.
  private static let refinements: [@Sendable (inout TreeParameters) -> Void] = [
    { $0.minimumChildWeight = 8 },
    { $0.columnSample = 0.3 },
    { ($0.columnSample, $0.lambda) = (0.3, 20) },
  ]
  /// A tree sees at least so many features: of very few, one alone would say nothing of what they are together.
  private static let fewestFeatures = 6.0

  /// One setting's losses on one part, one for each number of trees.
  private struct Growth: Sendable {
    let setting: Int
    let part: Int
    let losses: [Double]
  }

  func judge(
    _ learning: Learning, progress: @escaping @Sendable (Double) -> Void
  ) async throws(TrainingFailure) -> CandidateJudgement {
    let settings = Self.depths.count + Self.refinements.count
    let least = min(1, Self.fewestFeatures / Double(max(1, learning.width)))
    let done = Counter(of: (settings + 1) * learning.partCount, progress)
    var tried = Self.depths.map { depth in
      var parameters = TreeParameters()
      parameters.depth = depth
      parameters.columnSample = max(least, parameters.columnSample)
      return parameters
    }
    var growths = try await grow(tried, learning, done)
    let best = Self.choice(growths, of: tried.count, without: learning.latest, learning.latest)
    for refinement in Self.refinements {
      var parameters = tried[best.setting]
      refinement(&parameters)
      parameters.columnSample = max(least, parameters.columnSample)
      // Where the most trees are too few, each must say more.
      if best.rounds > parameters.mostRounds * 9 / 10 { parameters.eta *= 2 }
      tried.append(parameters)
    }
    growths += try await grow(tried, from: Self.depths.count, learning, done)
    // Each part with the settings that did best on the other parts.
    let choices = (0..<learning.partCount).map { part in
      let choice = Self.choice(growths, of: tried.count, without: part, learning.latest)
      return (parameters: tried[choice.setting], rounds: choice.rounds)
    }
    let margins = try await predict(choices, learning, done)
    let final = Self.choice(growths, of: tried.count, without: nil, nil)
    var parameters = tried[final.setting].byName
    parameters["rounds"] = Double(final.rounds)
    return CandidateJudgement(margins: margins, parameters: parameters)
  }

  /// The setting and number of trees with the lowest mean loss over the parts but one.
  private static func choice(
    _ growths: [Growth], of settings: Int, without part: Int?, _ latest: Int?
  ) -> (setting: Int, rounds: Int) {
    var best = (loss: Double.infinity, setting: 0, rounds: 1)
    for setting in 0..<settings {
      var curves = growths.filter { $0.setting == setting && $0.part != part && $0.part != latest }
        .map(\.losses)
      if curves.isEmpty { curves = growths.filter { $0.setting == setting }.map(\.losses) }
      let length = curves.map(\.count).max() ?? 0
      for round in 0..<length {
        // A part that stopped earlier was past its best and would not have come back.
        let loss = curves.reduce(0) { $0 + $1[min(round, $1.count - 1)] } / Double(curves.count)
        if loss < best.loss { best = (loss, setting, round + 1) }
      }
    }
    return (best.setting, best.rounds)
  }

  private func grow(
    _ tried: [TreeParameters], from first: Int = 0, _ learning: Learning, _ done: Counter
  ) async throws(TrainingFailure) -> [Growth] {
    let jobs = (first..<tried.count).flatMap { setting in
      (0..<learning.partCount).map { (setting, $0) }
    }
    let results = await withTaskGroup(of: Result<Growth, TrainingFailure>.self) { group in
      for (setting, part) in jobs {
        group.addTask {
          defer { done.step() }
          do throws(TrainingFailure) {
            return .success(
              Growth(
                setting: setting, part: part,
                losses: try Self.losses(tried[setting], learning, part: part)))
          } catch {
            return .failure(error)
          }
        }
      }
      var results: [Result<Growth, TrainingFailure>] = []
      for await result in group { results.append(result) }
      return results
    }
    var growths: [Growth] = []
    for result in results { growths.append(try result.get()) }
    return growths
  }

  /// Grows trees until the part's loss gets no better.
  private static func losses(
    _ parameters: TreeParameters, _ learning: Learning, part: Int
  ) throws(TrainingFailure) -> [Double] {
    do throws(XGBoostError) {
      let rows = Folds.sample(
        of: learning.training(without: part), labels: learning.labels, count: mostSearched,
        seed: learning.seed)
      let training = try training(
        parameters, learning, without: part, rows: rows, watched: learning.judged(part))
      var losses: [Double] = []
      var best = (loss: Double.infinity, round: 0)
      while losses.count < parameters.mostRounds, losses.count - best.round <= patience {
        if Task.isCancelled { break }
        try training.step()
        let loss = try training.watchedLoss()
        losses.append(loss)
        if loss < best.loss - 1e-6 { best = (loss, losses.count) }
      }
      if Task.isCancelled { throw XGBoostError("cancelled") }
      return losses
    } catch {
      throw Task.isCancelled ? .cancelled : .unavailable(error.description)
    }
  }

  private func predict(
    _ choices: [(parameters: TreeParameters, rounds: Int)], _ learning: Learning, _ done: Counter
  ) async throws(TrainingFailure) -> [Double] {
    let results = await withTaskGroup(of: (Int, Result<[Double], TrainingFailure>).self) { group in
      for (part, choice) in choices.enumerated() {
        group.addTask {
          defer { done.step() }
          do throws(XGBoostError) {
            let training = try Self.training(
              choice.parameters, learning, without: part,
              rows: learning.training(without: part), watched: nil)
            for _ in 0..<choice.rounds where !Task.isCancelled { try training.step() }
            let rows = try TreeMatrix(
              learning.rows(learning.judged(part), without: part), library: try .shared())
            return (part, .success(try training.margins(of: rows, rounds: 0)))
          } catch {
            return (part, .failure(.unavailable(error.description)))
          }
        }
      }
      var results: [Int: Result<[Double], TrainingFailure>] = [:]
      for await (part, result) in group { results[part] = result }
      return results
    }
    if Task.isCancelled { throw .cancelled }
    var margins = [Double](repeating: 0, count: learning.labels.count)
    for (part, result) in results {
      for (row, margin) in zip(learning.judged(part), try result.get()) { margins[row] = margin }
    }
    return margins
  }

  func train(_ learning: Learning, parameters: [String: Double]) throws(TrainingFailure) -> Learner
  {
    var chosen = TreeParameters()
    chosen.depth = Int(parameters["max_depth"] ?? 4)
    chosen.eta = parameters["eta"] ?? chosen.eta
    chosen.subsample = parameters["subsample"] ?? chosen.subsample
    chosen.columnSample = parameters["colsample_bytree"] ?? chosen.columnSample
    chosen.lambda = parameters["lambda"] ?? chosen.lambda
    chosen.minimumChildWeight = parameters["min_child_weight"] ?? chosen.minimumChildWeight
    do throws(XGBoostError) {
      let training = try Self.training(
        chosen, learning, without: nil, rows: Array(learning.labels.indices), watched: nil)
      for _ in 0..<Int(parameters["rounds"] ?? 1) {
        if Task.isCancelled { break }
        try training.step()
      }
      if Task.isCancelled { throw XGBoostError("cancelled") }
      return Learner(kind: kind, trees: try training.content())
    } catch {
      throw Task.isCancelled ? .cancelled : .unavailable(error.description)
    }
  }

  private static func training(
    _ parameters: TreeParameters, _ learning: Learning, without part: Int?, rows: [Int],
    watched: [Int]?
  ) throws(XGBoostError) -> TreeTraining {
    let library = try XGBoostLibrary.shared()
    func matrix(_ rows: [Int]) throws(XGBoostError) -> TreeMatrix {
      try TreeMatrix(
        learning.rows(rows, without: part), labels: rows.map { learning.labels[$0] ? 1 : 0 },
        library: library)
    }
    let positives = rows.count { learning.labels[$0] }
    return try TreeTraining(
      parameters, train: try matrix(rows), watched: try watched.map(matrix),
      baseRate: Double(positives) / Double(max(1, rows.count)), seed: learning.seed,
      library: library)
  }
}
