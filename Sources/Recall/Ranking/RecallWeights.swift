/// How much each signal counts, and the constants of the formulas behind them.
///
/// The weights of what is said in conversations are learned: the weights under which the records that answer a
/// question are the likeliest of a softmax over all records of the workspace, with a small penalty on
/// great weights (see `RecallFitting`). The others are mild by choice: good records differ by some points.
package struct RecallWeights: Sendable, Hashable {
  /// By the signals' numbers.
  private(set) var values: [Float]

  /// How much of a word's weight is left of it one record later: an answer follows its question.
  package var reachAhead: Float = 0.85
  /// How much is left of it one record before.
  package var reachBack: Float = 0.6
  /// So many records in each direction are reached.
  package var reach = 4
  /// How fast BM25 levels off when a word is repeated in a record, k₁ (Robertson and Zaragoza, "The
  /// Probabilistic Relevance Framework: BM25 and Beyond", 2009).
  package var saturation: Float = 0.9
  /// How far BM25 allows for a record's length, b, 0–1.
  package var lengthShare: Float = 0.4
  /// k₁ for whole threads.
  package var threadSaturation: Float = 1.2
  /// b for whole threads.
  package var threadLengthShare: Float = 0.6
  /// What the nearness of the records before counts in that of a record, the nearest first.
  package var nearnessBefore: [Float] = [0.7, 0.4]
  /// What that of the records behind counts, likewise.
  package var nearnessBehind: [Float] = [0.5, 0.3]
  /// After so many days `recency` is half of what it was.
  package var recencyHalfLifeDays = 90.0
  /// From this share of common stems on a record is taken for a repetition of a better one, and comes
  /// after all others.
  package var repetition = 0.8

  /// The weights that were learned.
  package init() {
    values = [Float](repeating: 0, count: RecallSignal.allCases.count)
    self[.coverage] = 2.61
    self[.session] = 1.39
    self[.share] = 2.55
    self[.answer] = 1.16
    self[.related] = 1.92
    self[.speaker] = 0.6
    self[.date] = 5.69
    self[.time] = 2.26
    self[.question] = -0.92
    self[.opening] = 1.16
    self[.names] = 0.54
    self[.excluded] = -2.61
    self[.kind] = 0.5
    self[.recency] = 0.5
    self[.importance] = 0.5
    self[.use] = 0.1
    self[.trust] = 0.2
  }

  /// The weights for records with the vectors of sentences, learned in the same way.
  package static let withVectors: RecallWeights = {
    var weights = RecallWeights()
    weights[.coverage] = 1.94
    weights[.session] = 1.06
    weights[.share] = 2.07
    weights[.answer] = 0.6
    weights[.related] = 1.2
    weights[.speaker] = 0.57
    weights[.date] = 5.16
    weights[.time] = 2.39
    weights[.question] = -0.92
    weights[.opening] = 0.92
    weights[.names] = 0.5
    weights[.similarity] = 0.79
    weights[.answerSimilarity] = 0.16
    return weights
  }()

  /// The weights for records with averages of the vectors of words, learned in the same way.
  package static let withWordVectors: RecallWeights = {
    var weights = RecallWeights()
    weights[.coverage] = 2.28
    weights[.session] = 1.32
    weights[.share] = 2.28
    weights[.answer] = 0.97
    weights[.related] = 1.49
    weights[.speaker] = 0.6
    weights[.date] = 5.26
    weights[.time] = 2.25
    weights[.question] = -0.9
    weights[.opening] = 1.04
    weights[.names] = 0.54
    weights[.similarity] = 0.51
    weights[.answerSimilarity] = 0.12
    return weights
  }()

  /// The weight of a signal.
  package subscript(signal: RecallSignal) -> Float {
    get { values[signal.rawValue] }
    set { values[signal.rawValue] = newValue }
  }
}
