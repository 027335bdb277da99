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

  /// Both as one text.
  package var text: String {
    let parts = [condensed.text] + latest.map { Extract.written($0.text, by: $0.speaker) }
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// How many tokens the text has.
  package var tokens: Int { Extract.tokens(of: text) }

  /// Condenses a conversation.
  /// - Parameters:
  ///   - turns: the turns, the first one first.
  ///   - tokens: the most tokens of the text.
  ///   - stems: the stems of a sentence.
  package init(_ turns: [Extract.Source], tokens: Int, stems: (String) -> [String]) {
    let all = turns.reduce(0) { $0 + Self.bytes(of: $1) }
    var left = max(0, tokens) * 4
    var room = all <= left ? left : Int(Double(left) * Self.latestShare)
    var first = turns.endIndex
    while first > turns.startIndex {
      let needed = Self.bytes(of: turns[first - 1])
      guard needed <= room else { break }
      room -= needed
      left -= needed
      first -= 1
    }
    latest = Array(turns[first...])
    condensedTurns = first
    condensed = Extract(of: Array(turns[..<first]), tokens: left / 4, stems: stems)
  }

  /// What a turn adds to the text at most, the space before it among that.
  private static func bytes(of turn: Extract.Source) -> Int {
    Extract.written(turn.text, by: turn.speaker).utf8.count + 1
  }
}
