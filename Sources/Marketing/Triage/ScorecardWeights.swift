/// What one value of a field is worth.
struct ScorecardWeight: Sendable {
  /// Points of the score.
  let points: Double
  /// Log-odds of the probability; of the same sign as the points.
  let logOdds: Double
  /// Why, as a part of a sentence.
  let reason: String
  /// The reason with its points, for the result.
  let text: String

  init(points: Double, logOdds: Double, reason: String) {
    self.points = points
    self.logOdds = logOdds
    self.reason = reason
    self.text = reason + Self.points(points)
  }

  /// Points with their sign, to one decimal, as they stand behind a reason: ` (+14 points)`.
  static func points(_ points: Double) -> String {
    let tenths = Int((points * 10).rounded())
    let (whole, fraction) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    var text = tenths < 0 ? " (-" : " (+"
    text += String(whole)
    if fraction != 0 {
      text += "."
      text += String(fraction)
    }
    text += whole == 1 && fraction == 0 ? " point)" : " points)"
    return text
  }
}

/// What each value of a field is worth, by the value's spelling.
struct ScorecardTable: Sendable {
  private var weights: [String: ScorecardWeight] = [:]
  /// How far apart the field's values and its absence can move the log-odds.
  private(set) var range = 0.0

  /// Sets a value's weight, under its spelling and its folded spelling.
  /// - Returns: whether the value had no weight yet.
  mutating func add(_ weight: ScorecardWeight, for value: String) -> Bool {
    let folded = TextFolding.folded(value)
    guard weights[folded] == nil else { return false }
    weights[folded] = weight
    weights[value] = weight
    let values = weights.values.map(\.logOdds)
    range = max(0, values.max() ?? 0) - min(0, values.min() ?? 0)
    return true
  }

  /// The weight of a value, however it is spelled.
  func weight(of value: String) -> ScorecardWeight? {
    weights[value] ?? weights[TextFolding.folded(value)]
  }
}

/// What the words of a job title are worth, by the first level that one of them belongs to.
struct ScorecardLevels: Sendable {
  private var matcher = PhraseMatcher()
  private var weights: [ScorecardWeight] = []
  /// How far apart the levels and their absence can move the log-odds.
  private(set) var range = 0.0

  /// Adds a level below the ones that are there.
  mutating func add(_ weight: ScorecardWeight, phrases: [String]) {
    for phrase in phrases { matcher.add(phrase, tag: weights.count) }
    weights.append(weight)
    let values = weights.map(\.logOdds)
    range = max(0, values.max() ?? 0) - min(0, values.min() ?? 0)
  }

  /// The weight of the first level that has a phrase of the title.
  func weight(ofTitle title: String) -> ScorecardWeight? {
    let words = matcher.words(of: title)
    var level: Int?
    var at = 0
    while at < words.count {
      guard let match = matcher.match(in: words, at: at) else {
        at += 1
        continue
      }
      level = min(level ?? match.tag, match.tag)
      at = match.words.upperBound
    }
    return level.map { weights[$0] }
  }
}

/// What each time that something happened is worth.
struct ScorecardCount: Sendable {
  /// What the reason's field is called, for example `interactions.reply`.
  let field: String
  /// What one time is worth.
  let weight: ScorecardWeight
  /// How many times count; more change nothing.
  let limit: Int
  /// Whether its worth halves with every half-life since the lead was last active.
  let fades: Bool

  /// How far it can move the log-odds.
  var range: Double { abs(weight.logOdds) * Double(limit) }
}
