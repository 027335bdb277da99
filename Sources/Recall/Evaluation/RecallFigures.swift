#if canImport(Glibc)
  import Glibc
#endif

/// How well questions were answered.
package struct RecallFigures: Sendable, Hashable {
  /// How many questions.
  package private(set) var questions = 0
  /// The share of the evidence among the first k, by k; a mean over questions as all that follow.
  package var recall: [Int: Double] { recallSums.mapValues { $0 / Double(max(1, questions)) } }
  /// Normalized discounted cumulative gain of the first 10 (Järvelin and Kekäläinen, 2002).
  package var ndcg: Double { ndcgSum / Double(max(1, questions)) }
  /// One divided by the place of the first evidence.
  package var reciprocalRank: Double { rankSum / Double(max(1, questions)) }
  /// The share of the evidence's sessions among those of the first 10.
  package var sessionRecall: Double { sessionSum / Double(max(1, questions)) }

  private var recallSums: [Int: Double]
  private var ndcgSum = 0.0
  private var rankSum = 0.0
  private var sessionSum = 0.0

  /// No questions yet.
  package init(cutoffs: [Int]) {
    recallSums = Dictionary(cutoffs.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Counts an answer.
  /// - Parameters:
  ///   - ranked: the turns that were found, the best first.
  ///   - evidence: the turns that should be.
  ///   - session: a turn's session.
  package mutating func count(_ ranked: [Int], evidence: [Int], session: (Int) -> Int) {
    let wanted = Set(evidence)
    guard !wanted.isEmpty else { return }
    questions += 1
    for k in recallSums.keys {
      let found = ranked.prefix(k).count { wanted.contains($0) }
      recallSums[k, default: 0] += Double(found) / Double(wanted.count)
    }
    let ten = ranked.prefix(10)
    let gain = ten.enumerated().reduce(0.0) {
      $0 + (wanted.contains($1.element) ? Self.discount($1.offset) : 0)
    }
    let ideal = (0..<min(10, wanted.count)).reduce(0.0) { $0 + Self.discount($1) }
    ndcgSum += gain / ideal
    if let first = ranked.firstIndex(where: wanted.contains) { rankSum += 1 / Double(first + 1) }
    let sessions = Set(evidence.map(session))
    sessionSum += Double(sessions.intersection(ten.map(session)).count) / Double(sessions.count)
  }

  private static func discount(_ place: Int) -> Double {
    // 1 divided by the logarithm to the base of 2 of the place, counted from 2.
    1 / log2(Double(place + 2))
  }
}
