/// Who writes the summary of a conversation.
package enum Summarizer: String, Sendable, Hashable, Codable {
  /// Nobody: it is made of the conversation's own sentences.
  case extract
  /// The host's model.
  case model
}

/// What one reader sees of a conversation's utterances, to be condensed.
package struct SpokenConversation: Sendable, Hashable {
  /// The most utterances that are condensed together; of more the latest ones.
  package static let mostUtterances = MemoryRecord.mostOrigins
  /// The most bytes that their texts may have together; of more the latest ones.
  package static let mostBytes = 1 << 20

  /// The conversation.
  package let id: ConversationID
  /// The utterances, the first one first; at least one.
  package let utterances: [MemoryRecord]

  /// Takes the utterances from a conversation's records.
  /// - Parameter found: the latest recorded first; each with its place in the list.
  /// - Returns: `nil` where there are no utterances among them.
  package init?(_ id: ConversationID, _ found: [(record: MemoryRecord, place: MemoryPlace)]) {
    // As everywhere, a reader's own record comes before a shared one of its name.
    let own = Set(found.map(\.record).filter { $0.role != nil }.map(\.id))
    var bytes = 0
    let taken = found.filter {
      $0.record.content == .utterance && ($0.record.role != nil || !own.contains($0.record.id))
    }.prefix(Self.mostUtterances).enumerated().prefix { index, found in
      bytes += found.record.text.utf8.count
      return index == 0 || bytes <= Self.mostBytes
    }.map(\.element)
    if taken.isEmpty { return nil }
    self.id = id
    utterances = taken.sorted {
      ($0.record.validFrom, $0.place.version) < ($1.record.validFrom, $1.place.version)
    }.map(\.record)
  }

  /// The leads that it is about.
  package var leads: Set<LeadID> { Set(utterances.compactMap(\.leadID)) }

  /// How many tokens the texts have together.
  package var tokens: Int { utterances.reduce(0) { $0 + Extract.tokens(of: $1.text) } }

  /// The names of the utterances.
  package var originals: [MemoryID] { utterances.map(\.id) }

  /// The role that a summary is private to: that of whatever is private in it.
  package var role: AgentRoleID? { utterances.lazy.compactMap(\.role).first }

  private var turns: [Extract.Source] {
    utterances.map { Extract.Source(id: $0.id, speaker: $0.speaker, text: $0.text) }
  }

  /// What a summary begins with.
  package var opening: String {
    PlannedConsolidation.Summary.opening(of: utterances.count, "utterances", within: period)
  }

  private var period: ClosedRange<Timestamp> {
    let times = utterances.map(\.validFrom)
    let first = times.min() ?? Timestamp(milliseconds: 0)
    return first...max(first, times.max() ?? first)
  }

  /// The conversation in its own words, within a budget: the latest turns whole, of those before the
  /// sentences that tell most.
  package func extract(tokens: Int, stems: (String) -> [String]) -> String {
    let room = tokens - Extract.tokens(of: opening)
    let condensed = CondensedConversation(turns, tokens: room, stems: stems).text
    if !condensed.isEmpty { return opening + condensed }
    // A speaker's name may take all of the room.
    let unnamed = turns.map { Extract.Source(id: $0.id, text: $0.text) }
    return opening + CondensedConversation(unnamed, tokens: room, stems: stems).text
  }

  /// The conversation for a model to read: a line for each turn, each with its number, so that no line is
  /// anything else. Of one that is too long, an extract as a single turn.
  package func transcript(tokens: Int, stems: (String) -> [String]) -> String {
    let lines = turns.enumerated().map { number, turn in
      TextFolding.collapsingSpaces(
        "\(number + 1). \(Extract.written(turn.text, by: turn.speaker))")
    }
    let whole = lines.joined(separator: "\n")
    if Extract.tokens(of: whole) <= tokens { return whole }
    return TextFolding.collapsingSpaces(
      "1. " + CondensedConversation(turns, tokens: tokens - 1, stems: stems).text)
  }

  /// Whether a record is the summary that a model wrote of these utterances.
  package func isSummarized(byModel record: MemoryRecord, tokens: Int) -> Bool {
    record.content == .summary && record.role == role && record.derivedFrom == originals
      && record.source == source(by: .model) && Extract.tokens(of: record.text) <= tokens
  }

  private func source(by summarizer: Summarizer) -> MemorySource {
    MemorySource(
      name: ActionPatterns.sourceName,
      reference: summarizer == .model ? Summarizer.model.rawValue : nil)
  }

  /// The record that stands for the utterances. What a model wrote is no more than what an agent concludes.
  /// - Parameter text: the whole text.
  package func summary(_ text: String, by summarizer: Summarizer, recordedAt: Timestamp)
    -> MemoryRecord
  {
    var fingerprint = Fingerprint()
    for field in ["conversation", role?.rawValue ?? "", text] + originals.map(\.rawValue) {
      fingerprint.add(field: Array(field.utf8))
    }
    let trust = utterances.map(\.trust).min() ?? .untrusted
    var record = MemoryRecord(
      id: MemoryID(rawValue: PlannedConsolidation.Summary.idPrefix + fingerprint.text),
      kind: kind, text: text, content: .summary,
      importance: utterances.map(\.importance).max() ?? 0, source: source(by: summarizer),
      trust: summarizer == .model ? min(trust, .agent) : trust, validFrom: period.lowerBound,
      recordedAt: recordedAt)
    (record.leadID, record.role, record.conversationID) = (leads.first, role, id)
    record.derivedFrom = originals
    // No words are there longer than where they are from.
    record.expiresAt = utterances.compactMap(\.expiresAt).min()
    return record
  }

  private var kind: MemoryKind {
    let isBrief = utterances.contains { $0.kind == .shortTerm }
    return isBrief ? .shortTerm : utterances.last?.kind ?? .longTerm
  }
}

extension MemoryRecord {
  /// Whether this summary of a conversation takes the place of another: it is of all that one's originals, for
  /// the same readers, and is there for as long.
  package func takesPlace(of other: MemoryRecord) -> Bool {
    guard content == .summary, other.content == .summary, other.retractedAt == nil,
      conversationID != nil, conversationID == other.conversationID, role == other.role,
      other.leadID == nil || other.leadID == leadID, !other.derivedFrom.isEmpty
    else { return false }
    let isThereAsLong = expiresAt.map { end in other.expiresAt.map { $0 <= end } ?? false } ?? true
    return isThereAsLong && Set(other.derivedFrom).isSubset(of: derivedFrom)
  }
}

extension Set<OwnedMemoryID> {
  /// Whether an original of a summary is among them: a private summary may be of what is shared, too.
  package func contains(original id: MemoryID, ofSummaryOf role: AgentRoleID?) -> Bool {
    contains(OwnedMemoryID(id, role)) || role != nil && contains(OwnedMemoryID(id, nil))
  }
}
