/// Tells what a lead wants by the phrases in its message: the same answer for the same text, no model.
///
/// Each phrase found votes for its intent with the number of its words; the most votes win, ties by
/// the order of the table. A phrase shortly behind a negation does not vote. Decisive intents win over
/// all others, whatever the votes.
package struct MessageIntentClassifier: Sendable {
  /// The phrases of one intent.
  struct Entry: Sendable {
    let intent: MessageIntent
    /// Whether one phrase is enough, whatever else is said.
    let isDecisive: Bool
    let phrases: [String]
    /// What speaks for the intent only as the whole message, for example `stop`.
    let wholeMessages: [String]
  }

  private static let noVote = -1
  private let entries: [Entry]
  private let negationReach: Int
  private var matcher = PhraseMatcher()
  private var negations: Set<Int32> = []
  private var negationEnds: Set<Int32> = []
  private var wholeMessages: [PhraseMatcher.Words: MessageIntent] = [:]

  /// A classifier.
  /// - Parameters:
  ///   - entries: intents in the order that decides ties.
  ///   - negations: words behind which phrases do not vote, for `negationReach` words or up to the
  ///     end of the clause.
  ///   - negationEnds: words that end a negation's reach, for example `but`.
  ///   - exceptions: phrases that hold a negation and negate nothing, for example `why not`.
  init(
    entries: [Entry], negations: [String], negationReach: Int, negationEnds: [String],
    exceptions: [String]
  ) {
    self.entries = entries
    self.negationReach = negationReach
    self.negations = Set(negations.flatMap { matcher.learn($0) })
    self.negationEnds = Set(negationEnds.flatMap { matcher.learn($0) })
    for exception in exceptions { matcher.add(exception, tag: Self.noVote) }
    for (tag, entry) in entries.enumerated() {
      for phrase in entry.phrases { matcher.add(phrase, tag: tag) }
      for whole in entry.wholeMessages {
        let words = matcher.learn(whole)
        if wholeMessages[words] == nil { wholeMessages[words] = entry.intent }
      }
    }
  }

  /// The intent of a message: `none` when there is none, `general` when nothing in it is known.
  package func intent(of message: String?) -> MessageIntent {
    guard let message else { return .none }
    let words = matcher.words(of: message)
    let said = words.filter { $0 >= PhraseMatcher.unknown }
    if said.isEmpty { return message.utf8.allSatisfy { $0 <= 0x20 } ? .none : .general }
    if let whole = wholeMessages[said] { return whole }
    let votes = votes(in: words)
    for (entry, count) in zip(entries, votes) where entry.isDecisive && count > 0 {
      return entry.intent
    }
    var winner: (intent: MessageIntent, votes: Int) = (.general, 0)
    for (entry, count) in zip(entries, votes) where count > winner.votes {
      winner = (entry.intent, count)
    }
    return winner.intent
  }

  private func votes(in words: PhraseMatcher.Words) -> [Int] {
    var votes = [Int](repeating: 0, count: entries.count)
    var negatedUntil = -1
    var at = 0
    while at < words.count {
      if let match = matcher.match(in: words, at: at) {
        if match.tag != Self.noVote, at > negatedUntil { votes[match.tag] += match.words.count }
        at = match.words.upperBound
        continue
      }
      let word = words[at]
      if word == PhraseMatcher.sentenceEnd || word == PhraseMatcher.pause {
        negatedUntil = -1
      } else if word >= 0 {
        if negations.contains(word) { negatedUntil = at + negationReach }
        if negationEnds.contains(word) { negatedUntil = -1 }
      }
      at += 1
    }
    return votes
  }
}
