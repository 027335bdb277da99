/// A conversation brought within a budget of tokens: its latest turns as they were said, of the older ones
/// the sentences that tell most, each with the turn it is from.
package struct CondensedConversation: Sendable, Hashable {
  /// What part of the budget the latest turns may take where not all turns fit.
  private static let latestShare = 0.6

  /// What is left of the older turns, in their order.
  package let condensed: Extract
  /// The latest turns, in their order, word by word.
  package let latest: [Extract.Source]
  /// How many turns were condensed.
  package let condensedTurns: Int

  /// How many tokens both have together.
  package var tokens: Int { condensed.tokens + latest.reduce(0) { $0 + Self.tokens(of: $1) } }

  /// Condenses a conversation.
  /// - Parameters:
  ///   - turns: the turns, the first one first.
  ///   - tokens: the most tokens of all.
  ///   - stems: the stems of a sentence.
  package init(_ turns: [Extract.Source], tokens: Int, stems: (String) -> [String]) {
    let all = turns.reduce(0) { $0 + Self.tokens(of: $1) }
    var room = all <= tokens ? tokens : Int(Double(tokens) * Self.latestShare)
    var first = turns.endIndex
    while first > turns.startIndex {
      let needed = Self.tokens(of: turns[first - 1])
      guard needed <= room else { break }
      room -= needed
      first -= 1
    }
    latest = Array(turns[first...])
    condensedTurns = first
    let taken = latest.reduce(0) { $0 + Self.tokens(of: $1) }
    condensed = Extract(
      of: Array(turns[..<first]), tokens: max(0, tokens - taken), stems: stems)
  }

  private static func tokens(of turn: Extract.Source) -> Int {
    Extract.tokens(of: turn.speaker.map { "\($0): \(turn.text)" } ?? turn.text)
  }
}
