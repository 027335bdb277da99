import Marketing
import Recall

/// Records for tests.
enum SampleMemory {
  static let analyzer = TextAnalyzer()
  static let start = Timestamp(milliseconds: 1_686_000_000_000)

  /// A note.
  static func note(
    _ text: String, at day: Int = 0, lead: String? = nil, role: String? = nil,
    _ change: (inout MemoryRecord) -> Void = { _ in }
  ) -> AnalyzedMemory {
    var record = MemoryRecord(
      id: MemoryID(rawValue: "m"), kind: .longTerm, text: text, source: MemorySource(name: "test"),
      validFrom: start + .days(day), recordedAt: start + .days(day))
    record.leadID = lead.map { LeadID(rawValue: $0) }
    record.role = role.map { AgentRoleID(rawValue: $0) }
    change(&record)
    return AnalyzedMemory(record: record, text: analyzer.analyze(record.text))
  }

  /// A turn of a conversation.
  static func turn(
    _ speaker: String, _ text: String, in conversation: String = "c1", second: Int = 0
  ) -> AnalyzedMemory {
    note(text) {
      $0.kind = .episodic
      $0.content = .utterance
      $0.speaker = speaker
      $0.conversationID = ConversationID(rawValue: conversation)
      $0.validFrom = start + .seconds(second)
    }
  }

  /// A request for all that a reader sees at the end.
  static func request(
    _ text: String, for reader: MemoryReader = .agent(nil), day: Int = 1000, limit: Int = 10,
    _ change: (inout RecallRequest) -> Void = { _ in }
  ) -> RecallRequest {
    let now = start + .days(day)
    var request = RecallRequest(
      QueryAnalysis(text, by: analyzer, now: now),
      in: RecallScope(for: reader, at: MemoryMoment(now: now), now: now), limit: limit)
    change(&request)
    return request
  }

  /// An index of records, their versions counted from 1.
  static func index(_ memories: [AnalyzedMemory]) -> RecallIndex {
    var index = RecallIndex(analyzer: analyzer)
    for (place, memory) in memories.enumerated() { index.store(Int64(place + 1), memory) }
    return index
  }
}
