import JSONRPC
package import Recall

/// Measures recall on a file of conversations with questions.
package struct RecallEvaluator: Sendable {
  /// What to measure.
  package struct Request: Sendable {
    /// The file, in LoCoMo's layout.
    package var path: String
    /// The k of recall@k.
    package var cutoffs: [Int]
    /// The tokens that an answer may have; `nil` for any number.
    package var tokenBudget: Int?
    /// What of pictures counts as text.
    package var pictures: BenchmarkFile.Pictures
    /// Whether the weights are learned anew from all conversations but the one that is asked about.
    package var isFitted: Bool

    /// A request.
    package init(
      path: String, cutoffs: [Int], tokenBudget: Int?, pictures: BenchmarkFile.Pictures,
      isFitted: Bool
    ) {
      self.path = path
      self.cutoffs = cutoffs
      self.tokenBudget = tokenBudget
      self.pictures = pictures
      self.isFitted = isFitted
    }
  }

  /// What came out.
  package struct Outcome: Sendable {
    /// What was read.
    package var file: BenchmarkFile
    /// The figures.
    package var report: RecallEvaluation.Report
    /// The weights learned from all conversations, when they were.
    package var weights: RecallWeights?
  }

  /// An evaluator.
  package init() {}

  /// Measures.
  /// - Parameter progress: told what is being done and its share.
  package func evaluate(
    _ request: Request, progress: (String, Double) -> Void
  ) async throws -> Outcome {
    let file = try Self.read(request)
    let analyzer = TextAnalyzer()
    var fold: [RecallWeights] = []
    var all: RecallWeights?
    if request.isFitted {
      guard file.conversations.count > 1 else {
        throw FileError(
          request.path, "holds one conversation, expected two or more to learn weights from others")
      }
      progress("reading signals", 0)
      let fitting = RecallFitting(file, with: analyzer, base: RecallWeights())
      for held in 0..<fitting.conversations {
        progress("learning weights", Double(held) / Double(fitting.conversations + 1))
        fold.append(try fitting.weights(leavingOut: held))
      }
      all = try fitting.weights(leavingOut: nil)
    }
    let weights = fold
    let ingest = RecallEvaluation.indexing(with: analyzer, budget: request.tokenBudget) {
      weights.isEmpty ? RecallWeights() : weights[$0]
    }
    let evaluation = RecallEvaluation(of: file, cutoffs: request.cutoffs)
    let report = try await evaluation.run(ingest) { progress("asking", $0) }
    return Outcome(file: file, report: report, weights: all)
  }

  private static func read(_ request: Request) throws -> BenchmarkFile {
    guard let text = try TextFile.read(request.path) else {
      throw FileError(request.path, "no such file")
    }
    do {
      let json = try JSONParser(maximumBytes: 64 << 20).parse(text)
      return try BenchmarkFile(json, pictures: request.pictures)
    } catch let error as JSONParseError {
      throw FileError(request.path, "not JSON: \(error)")
    } catch let error as BenchmarkFile.Problem {
      throw FileError(request.path, "\(error)")
    }
  }
}
