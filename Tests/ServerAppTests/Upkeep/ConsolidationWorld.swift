import JSONRPC
import Marketing
import MarketingTools
import Testing

/// A memory of some leads in which everything happens that consolidation looks for, at random.
struct ConsolidationWorld: Sendable {
  static let start = Timestamp(milliseconds: 1_767_225_600_000)
  private static let words = [
    "pricing", "security", "contract", "renewal", "support", "budget", "calls", "mornings", "team",
    "review", "pilot", "oslo", "quarter", "invoice", "training", "roadmap",
  ]

  let memories: any MemoryStore & MemoryConsolidationStore
  let leads: any LeadStore
  /// What ages count to.
  var now = Self.start

  func consolidator(
    _ settings: ConsolidationSettings = ConsolidationSettings(), after time: Duration = .zero
  ) -> Consolidator {
    let now = now + time
    return Consolidator(
      memories: memories, store: memories, settings: settings,
      analyze: { AnalyzedText(plain: $0) }, now: { now })
  }

  func run(
    _ settings: ConsolidationSettings = ConsolidationSettings(), after time: Duration = .zero,
    limit: Int? = nil
  ) async throws -> Consolidator.Report {
    var request = Consolidator.Request(actor: "tests")
    request.limit = limit
    return try await consolidator(settings, after: time).run(request, in: .default)
  }

  func fill(seed: UInt64, leads count: Int = 6) async throws {
    var random = WorldGenerator(state: seed)
    for number in 0..<count {
      try await addLead("L\(number)")
      try await remember(records(of: LeadID(rawValue: "L\(number)"), number, &random))
    }
    try await remember(records(of: nil, count, &random))
    var patterns: [MemoryRecord] = []
    for number in 0..<80 {
      let isPlanted = number % 4 == 0
      let isGood = Double.random(in: 0..<1, using: &random) < (isPlanted ? 0.95 : 0.3)
      patterns.append(
        episode(
          "p\(number)", number % 60,
          Episode(
            situation: "Security review", actions: isPlanted ? ["page", "call"] : ["wait"],
            outcome: isGood ? 1 : 0), LeadID(rawValue: "L\(number % count)")))
    }
    try await remember(patterns)
  }

  private func records(
    of lead: LeadID?, _ part: Int, _ random: inout WorldGenerator
  ) -> [MemoryRecord] {
    var records: [MemoryRecord] = []
    let name = lead?.rawValue ?? "none"
    for number in 0..<Int.random(in: 20...60, using: &random) {
      let text = (0..<6).map { _ in Self.words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
      var note = record("\(name)_n\(number)", Int.random(in: 0...600, using: &random), text)
      note.leadID = lead
      note.trust = [.agent, .verified, .untrusted].randomElement(using: &random) ?? .agent
      note.importance = Double.random(in: 0...1, using: &random)
      note.uses = Int.random(in: 0...3, using: &random)
      records.append(note)
      if number % 3 == 0 {
        var copy = note
        copy.id = MemoryID(rawValue: "\(name)_c\(number)")
        copy.importance = Double.random(in: 0...1, using: &random)
        records.append(copy)
      }
    }
    for number in 0..<Int.random(in: 0...70, using: &random) {
      var words = episode(
        "\(name)_e\(number)", Int.random(in: 0...900, using: &random),
        Episode(
          situation: "renewal",
          actions: (0..<Int.random(in: 1...4, using: &random)).map { _ in
            ["call", "mail", "demo"].randomElement(using: &random) ?? "call"
          }, outcome: Bool.random(using: &random) ? 1 : 0), lead)
      words.importance = Double.random(in: 0...0.5, using: &random)
      if number % 5 == 0 { words.role = AgentRoleID(rawValue: "closer") }
      records.append(words)
      var said = record(
        "\(name)_u\(number)", Int.random(in: 0...200, using: &random), "We spoke of \(number).")
      said.kind = .episodic
      said.content = .utterance
      said.leadID = lead
      said.conversationID = ConversationID(rawValue: "C_\(name)_\(part % 2)")
      records.append(said)
    }
    return records
  }

  func record(_ id: String, _ daysAgo: Int, _ text: String) -> MemoryRecord {
    let time = now + .days(-daysAgo)
    return MemoryRecord(
      id: MemoryID(rawValue: id), kind: .longTerm, text: text, source: MemorySource(name: "test"),
      validFrom: time, recordedAt: time)
  }

  func episode(
    _ id: String, _ daysAgo: Int, _ episode: Episode, _ lead: LeadID? = nil
  ) -> MemoryRecord {
    var record = record(id, daysAgo, "In \(episode.situation) did \(episode.actions) on day \(id).")
    record.kind = .episodic
    record.content = .episode(episode)
    record.leadID = lead
    return record
  }

  func remember(_ records: [MemoryRecord]) async throws {
    _ = try await memories.remember(
      records.map { AnalyzedMemory(record: $0, text: AnalyzedText(plain: $0.text)) }, events: [],
      in: .default)
  }

  func addLead(_ id: String) async throws {
    let lead = Lead(id: LeadID(rawValue: id), createdAt: now)
    try await leads.saveTriage(
      TriageRecord(
        leadID: lead.id, triagedAt: now, score: 50, probability: 0.5, isCalibrated: false,
        category: .coldLead, confidence: 1, reasons: [], modelVersion: "scorecard-1"),
      of: lead, identity: LeadIdentity(), basis: .new(hasDuplicates: true),
      events: [
        Event(
          id: EventID(rawValue: "evt_\(id)"), kind: .leadCreated, leadID: lead.id,
          occurredAt: now, actor: "tests")
      ], in: .default)
  }

  /// Every version that there is, but for the times of the record clock where those may differ.
  func versions(ignoringRecordTimes: Bool = false) async throws -> Set<MemoryRecord> {
    var found: Set<MemoryRecord> = []
    var place = ChangePlace.start
    while true {
      let page = try #require(
        try await memories.changes(after: place, limit: 500, in: .default))
      for case .stored(_, let memory) in page.changes {
        var record = memory.record
        if ignoringRecordTimes { record.forgetRecordTimes() }
        found.insert(record)
      }
      place = page.place
      if !page.hasMore { return found }
    }
  }
}

extension MemoryRecord {
  fileprivate mutating func forgetRecordTimes() {
    let zero = Timestamp(milliseconds: 0)
    retractedAt = retractedAt.map { _ in zero }
    expiresAt = expiresAt.map { _ in zero }
    guard source.name == ActionPatterns.sourceName else { return }
    recordedAt = zero
    if fact != nil { (id, validFrom) = (MemoryID(rawValue: "pattern"), zero) }
  }
}

/// SplitMix64.
private struct WorldGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
