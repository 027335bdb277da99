import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// Learns the weights of `RecallSignal.learned` from conversations with known answers: those under which the
/// evidence is the likeliest of a softmax over all records of the conversation (listwise learning to
/// rank, ListNet; Cao et al., 2007), with a penalty on great weights.
package struct RecallFitting: Sendable {
  /// The penalty on a squared weight, in units of its signal's deviation, for each question.
  private static let penalty = 1e-3

  /// One question with the signals of every record.
  private struct Example: Sendable {
    var conversation: Int
    /// One record's signals after the other's.
    var rows: [Float]
    var evidence: [Int]
  }

  /// The vectors of a conversation.
  package struct Vectors: Sendable {
    /// Of its turns, in their order.
    package var records: [[Float]]
    /// Of its questions, without the names of speakers.
    package var questions: [[Float]]

    /// Vectors.
    package init(records: [[Float]], questions: [[Float]]) {
      self.records = records
      self.questions = questions
    }
  }

  /// The signals whose weights are learned.
  package let signals: [RecallSignal]
  private let examples: [Example]
  private let deviations: [Double]
  private let base: RecallWeights
  /// How many conversations there are.
  package let conversations: Int

  /// Reads the signals of every question.
  /// - Parameters:
  ///   - base: the weights of the signals that are not learned, and the formulas' constants.
  ///   - vectors: by conversation; `nil` to learn the weights for words alone.
  package init(
    _ file: BenchmarkFile, with analyzer: TextAnalyzer, base: RecallWeights,
    vectors: [Vectors]? = nil
  ) {
    self.base = base
    let learned = vectors == nil ? RecallSignal.learned : RecallSignal.learnedWithVectors
    signals = learned
    conversations = file.conversations.count
    var examples: [Example] = []
    var scratch = RecallScratch()
    for (number, conversation) in file.conversations.enumerated() {
      let records = RecallEvaluation.records(of: conversation)
      var index = RecallEvaluation.index(of: records, with: analyzer)
      var table = VectorTable()
      for (place, vector) in (vectors?[number].records ?? []).enumerated() {
        table.store(Int64(place + 1), vector)
      }
      index.follow(table)
      let now = (conversation.turns.map(\.at).max() ?? Timestamp(milliseconds: 0)) + .days(1)
      for (place, question) in conversation.questions.enumerated() {
        var request = RecallEvaluation.request(
          question.text, now, limit: 10, budget: nil, analyzer)
        request.vectors = vectors.map {
          RecallVectors(question: $0[number].questions[place], table: table)
        }
        let rows = index.searching(request, base, using: &scratch) { $0.rows(of: learned) }
        examples.append(
          Example(conversation: number, rows: rows, evidence: question.evidence))
      }
    }
    self.examples = examples
    deviations = Self.deviations(examples, width: signals.count)
  }

  private static func deviations(_ examples: [Example], width: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    var count = 0.0
    for example in examples {
      for (place, value) in example.rows.enumerated() {
        sums[place % width] += Double(value)
        squares[place % width] += Double(value) * Double(value)
      }
      count += Double(example.rows.count / width)
    }
    return zip(sums, squares).map { sum, square in
      let mean = sum / max(1, count)
      let deviation = max(0, square / max(1, count) - mean * mean).squareRoot()
      return deviation > 1e-9 ? deviation : 1
    }
  }

  /// The weights learned from all conversations but one.
  /// - Parameter held: the one that is left out; `nil` for none.
  /// - Throws: `CancellationError` when the task is cancelled.
  package func weights(leavingOut held: Int?) throws -> RecallWeights {
    let chosen = examples.filter { $0.conversation != held }
    guard !chosen.isEmpty else { return base }
    let descent = QuasiNewton(range: -1000...1000, tolerance: 1e-6, limit: 300)
    let start = [Double](repeating: 0, count: signals.count)
    let end = try descent.minimum(from: start) { point in
      try Task.checkCancellation()
      return loss(point, chosen)
    }
    var weights = base
    for (place, signal) in signals.enumerated() {
      weights[signal] = Float(end.place.point[place] / deviations[place])
    }
    return weights
  }

  /// The mean loss and its slope at weights in units of the signals' deviations.
  private func loss(
    _ point: [Double], _ examples: [Example]
  ) -> (value: Double, gradient: [Double]) {
    let width = point.count
    let weights = zip(point, deviations).map { Float($0 / $1) }
    var value = 0.0
    var gradient = [Double](repeating: 0, count: width)
    var scores: [Float] = []
    for example in examples {
      let count = example.rows.count / width
      scores.removeAll(keepingCapacity: true)
      example.rows.withUnsafeBufferPointer { rows in
        for row in 0..<count {
          var score: Float = 0
          for place in 0..<width { score += weights[place] * rows[row * width + place] }
          scores.append(score)
        }
      }
      let most = scores.max() ?? 0
      var total: Float = 0
      for row in 0..<count {
        scores[row] = exp(scores[row] - most)
        total += scores[row]
      }
      let share = 1 / Float(example.evidence.count)
      var slope = [Float](repeating: 0, count: width)
      example.rows.withUnsafeBufferPointer { rows in
        for row in 0..<count {
          let likelihood = scores[row] / total
          guard likelihood > 1e-7 else { continue }
          for place in 0..<width { slope[place] += likelihood * rows[row * width + place] }
        }
        for row in example.evidence {
          value -= Double(share * log(max(scores[row], 1e-30) / total))
          for place in 0..<width { slope[place] -= share * rows[row * width + place] }
        }
      }
      for place in 0..<width { gradient[place] += Double(slope[place]) }
    }
    let questions = Double(examples.count)
    let penalty = point.reduce(0) { $0 + $1 * $1 } * Self.penalty
    return (
      value / questions + penalty,
      (0..<width).map {
        gradient[$0] / questions / deviations[$0] + 2 * Self.penalty * point[$0]
      }
    )
  }
}

extension RecallSearch {
  /// Some signals of every document in order, in their order.
  func rows(of signals: [RecallSignal]) -> [Float] {
    let places = Dictionary(uniqueKeysWithValues: signals.enumerated().map { ($1, $0) })
    let width = places.count
    var rows = [Float](repeating: 0, count: documents.count * width)
    for document in documents.indices {
      eachSignal(of: UInt32(document)) { signal, value in
        if let place = places[signal] { rows[document * width + place] = value }
      }
    }
    return rows
  }
}
