import JSONRPC
import Marketing
import Testing

extension MemoryRecord {
  /// A record of long-term memory.
  static func note(
    _ id: String, _ text: String, of lead: LeadID? = nil, at time: Timestamp = noon
  ) -> MemoryRecord {
    var record = MemoryRecord(
      id: MemoryID(rawValue: id), kind: .longTerm, text: text,
      source: MemorySource(name: "crm", reference: "row-7"), validFrom: time, recordedAt: time)
    record.leadID = lead
    return record
  }

  /// A fact that holds from a time on and is recorded at another.
  static func fact(
    _ id: String, _ value: JSONValue, key: String = "budget", of lead: LeadID? = nil,
    trust: TrustLevel = .agent, from validFrom: Int, at recordedAt: Int
  ) -> MemoryRecord {
    var record = MemoryRecord(
      id: MemoryID(rawValue: id), kind: .longTerm, text: "\(key) \(JSONWriter.text(of: value))",
      content: .fact(Fact(key: key, value: value)), source: MemorySource(name: "crm"),
      trust: trust, validFrom: noon + .days(validFrom), recordedAt: noon + .days(recordedAt))
    record.leadID = lead
    return record
  }

  /// An episode that went well.
  static func episode(
    _ id: String, in situation: String = "renewal", of lead: LeadID? = nil,
    conversation: ConversationID? = nil, role: AgentRoleID? = nil
  ) -> MemoryRecord {
    var record = MemoryRecord.note(id, "tried \(id)", of: lead)
    record.kind = .episodic
    record.content = .episode(Episode(situation: situation, actions: ["call"], outcome: 1))
    (record.conversationID, record.role) = (conversation, role)
    return record
  }

  /// With its words as stems, one by one.
  var analyzed: AnalyzedMemory {
    AnalyzedMemory(
      record: self,
      text: AnalyzedText(
        stems: text.lowercased().split(separator: " ").map(String.init),
        traits: TextTraits.isQuestion.withCapitalizedWords(3)))
  }
}

extension Stores {
  @discardableResult
  func remember(
    _ records: MemoryRecord..., events: [Event] = [], in workspace: WorkspaceID = .default
  ) async throws -> [Remembered] {
    try await memories.remember(records.map(\.analyzed), events: events, in: workspace)
  }

  func texts(
    _ query: MemoryQuery, in workspace: WorkspaceID = .default
  ) async throws -> [String] {
    try await memories.list(query, in: workspace).records.map(\.text)
  }
}

extension MemoryQuery {
  /// Everything that holds at a day, known at another, to an agent without a role.
  static func at(
    _ asOf: Int, knownAt: Int, now: Int = 0, role: AgentRoleID? = nil
  ) -> MemoryQuery {
    MemoryQuery(
      for: .agent(role),
      at: MemoryMoment(asOf: noon + .days(asOf), knownAt: noon + .days(knownAt)),
      now: noon + .days(now))
  }
}
