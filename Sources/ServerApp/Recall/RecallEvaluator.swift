import JSONRPC
package import Marketing
import MarketingTools
package import Recall
import SQLiteStores
import Sealing

/// Measures recall on a file of conversations with questions, through the stores and indexes that the server
/// uses: each conversation is a workspace of a database that is gone afterwards.
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
    /// What makes vectors; `nil` for words alone.
    package var embedder: (any TextEmbedder)?

    /// A request.
    package init(
      path: String, cutoffs: [Int], tokenBudget: Int?, pictures: BenchmarkFile.Pictures,
      isFitted: Bool, embedder: (any TextEmbedder)? = nil
    ) {
      self.path = path
      self.cutoffs = cutoffs
      self.tokenBudget = tokenBudget
      self.pictures = pictures
      self.isFitted = isFitted
      self.embedder = embedder
    }
  }

  /// What came out.
  package struct Outcome: Sendable {
    /// What was read.
    package var file: BenchmarkFile
    /// The figures.
    package var report: RecallEvaluation.Report
    /// The weights that are built in for what was measured.
    package var standard: RecallWeights
    /// Those learned from all conversations, when they were.
    package var weights: RecallWeights?
    /// The signals that weights were learned of.
    package var signals: [RecallSignal] = RecallSignal.learned
    /// The model of the vectors.
    package var model: String?
  }

  /// So many records are stored at a time.
  private static let batch = 500

  /// An evaluator.
  package init() {}

  /// Measures.
  /// - Parameter progress: told what is being done and its share.
  package func evaluate(
    _ request: Request, progress: (String, Double) -> Void
  ) async throws -> Outcome {
    let file = try Self.read(request)
    let analyzer = TextAnalyzer()
    let embedder = request.embedder.map(RememberingEmbedder.init)
    var vectors: [RecallFitting.Vectors]?
    if let embedder {
      vectors = try await Self.vectors(of: file, analyzer, embedder, progress)
    }
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let path = "\(folder.path)/recall.sqlite"
    let database = try SQLiteDatabase.open(
      path: path, keysAt: KeyRing.path(besideDatabase: path))
    defer { database.close() }
    let sources = embedder.map { MemoryVectors(store: database.memories, embedder: $0) }
    var outcome = Outcome(
      file: file, report: RecallEvaluation.Report(cutoffs: request.cutoffs),
      standard: sources?.weights ?? RecallWeights(), model: embedder?.model)
    var folds: [RecallWeights] = []
    if request.isFitted {
      guard file.conversations.count > 1 else {
        throw FileError(
          request.path, "holds one conversation, expected two or more to learn weights from others")
      }
      progress("reading signals", 0)
      let fitting = RecallFitting(
        file, with: analyzer, base: outcome.standard, vectors: vectors)
      for held in 0..<fitting.conversations {
        progress("learning weights", Double(held) / Double(fitting.conversations + 1))
        folds.append(try fitting.weights(leavingOut: held))
      }
      outcome.weights = try fitting.weights(leavingOut: nil)
      outcome.signals = fitting.signals
    }
    let desk = MemoryDesk(store: database.memories, vectors: sources, analyzer: analyzer)
    let ingest = Self.storing(at: desk, weights: folds, budget: request.tokenBudget)
    let evaluation = RecallEvaluation(of: file, cutoffs: request.cutoffs)
    outcome.report = try await evaluation.run(ingest) { progress("asking", $0) }
    return outcome
  }

  /// Takes records into a workspace of their own, and answers from there.
  private static func storing(
    at desk: MemoryDesk, weights: [RecallWeights], budget: Int?
  ) -> RecallEvaluation.Ingest {
    { records, number in
      let workspace = WorkspaceID(rawValue: "conversation_\(number + 1)")
      var rest = records[...]
      while !rest.isEmpty {
        let batch = rest.prefix(batch).map { desk.analyzed($0) }
        rest = rest.dropFirst(batch.count)
        _ = try await desk.store.remember(batch, events: { _ in [] }, in: workspace)
      }
      if let vectors = desk.vectors { try await embed(vectors) }
      let weights = weights.isEmpty ? nil : weights[number]
      return { question, now, limit in
        let request = RecallEvaluation.request(
          question, now, limit: limit, budget: budget, desk.analyzer)
        return try await desk.recall(request, weights: weights, in: workspace).found
          .map(\.record.id)
      }
    }
  }

  /// Stores the vectors of all that has none.
  private static func embed(_ vectors: MemoryVectors) async throws {
    let embedding = MemoryEmbedding(vectors, now: { Timestamp(milliseconds: 0) })
    while true {
      switch await embedding.embed() {
      case .upToDate: return
      case .hasMore: try Task.checkCancellation()
      case .failed(let error): throw error
      }
    }
  }

  private static func vectors(
    of file: BenchmarkFile, _ analyzer: TextAnalyzer, _ embedder: RememberingEmbedder,
    _ progress: (String, Double) -> Void
  ) async throws -> [RecallFitting.Vectors] {
    var vectors: [RecallFitting.Vectors] = []
    for (number, conversation) in file.conversations.enumerated() {
      let records = RecallEvaluation.records(of: conversation)
      let index = RecallEvaluation.index(of: records, with: analyzer)
      let questions = conversation.questions.map { question in
        index.textWithoutSpeakers(
          QueryAnalysis(question.text, by: analyzer, now: Timestamp(milliseconds: 0)))
      }
      let texts = records.map(\.text) + questions
      var made: [[Float]] = []
      while made.count < texts.count {
        try Task.checkCancellation()
        let share = Double(made.count) / Double(texts.count)
        progress(
          "making vectors", (Double(number) + share) / Double(file.conversations.count))
        made += try await embedder.vectors(
          of: Array(texts[made.count...].prefix(embedder.batchLimit)))
      }
      vectors.append(
        RecallFitting.Vectors(
          records: Array(made.prefix(records.count)),
          questions: Array(made.dropFirst(records.count))))
    }
    return vectors
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
