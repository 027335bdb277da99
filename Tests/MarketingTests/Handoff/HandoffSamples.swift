import JSONRPC
import Marketing

/// The moment that handoffs of tests are prepared at: 2025-07-15T12:00:00Z.
let handoffTime = Timestamp(milliseconds: 1_752_580_800_000)

extension HandoffContract {
  /// A contract that requires a contact and a need, with half-lives of ten days.
  static func sample(_ change: (inout JSONObject) -> Void = { _ in }) throws -> HandoffContract {
    let kinds = HandoffItem.Kind.allCases.map(\.rawValue)
    var json: JSONObject = [
      "role": "engagement",
      "required": [
        ["contact": ["lead.email", "lead.phone"]], ["need": ["fact.need*", "turn"]],
      ],
      "wanted": [["preferences": ["fact.preferred_*"]]],
      "halfLifeDays": .object(JSONObject(kinds.map { ($0, 10) })),
      "weights": .object(JSONObject(kinds.map { ($0, 0.5) })),
      "tokenBudget": 4000, "minimumQuality": 0.7, "words": ["budget", "demo"],
      "constraints": ["consent", "quiet_hours"], "promises": ["promise"],
    ]
    change(&json)
    return try JSONValueDecoder().decode(HandoffContract.self, from: .object(json))
  }
}

extension HandoffPacket.Header {
  static let sample = HandoffPacket.Header(
    leadID: LeadID(rawValue: "L1"), sender: AgentRoleID(rawValue: "triage"),
    receiver: AgentRoleID(rawValue: "engagement"), reason: "asks for a demo",
    preparedAt: handoffTime)
}

extension Handoff {
  static func sample(_ id: String = "h1", state: State = .prepared) -> Handoff {
    Handoff(
      id: HandoffID(rawValue: id), header: .sample, sender: "tests/prepare_handoff", state: state,
      quality: HandoffQuality(
        score: 0.9, completeness: 1, consistency: 1, freshness: 0.8, relevance: 0.5),
      gaps: [], attempts: 1, tokens: 100)
  }
}

extension HandoffCollection {
  mutating func add(
    _ kind: HandoffItem.Kind, _ key: String?, _ value: JSONValue,
    _ flags: HandoffItem.Flags = [], from store: HandoffProvenance.Store = .memory,
    _ name: String? = nil, daysAgo: Int = 0
  ) {
    let time = handoffTime + .days(-daysAgo)
    add(
      HandoffItem(kind, key, value, knownSince: time, flags: flags),
      from: HandoffProvenance(store, name: name, at: time))
  }
}

/// A generator that gives the same numbers for the same seed.
struct HandoffWords: RandomNumberGenerator {
  private var generator: SplitMix64
  private static let words = [
    "we", "buy", "ten", "seats", "in", "may", "when", "legal", "signs", "the", "new", "deal", "for",
    "our", "team", "of", "sales", "who", "work", "from", "oslo", "and", "need", "a", "quick",
    "start", "with", "full", "data", "move",
  ]

  init(seed: UInt64) { generator = SplitMix64(state: seed) }

  mutating func next() -> UInt64 { generator.next() }

  /// So many words that nobody else gets, as the last one is the number.
  mutating func text(_ count: Int, number: Int) -> String {
    var words: [String] = []
    for _ in 1..<count { words.append(Self.words.randomElement(using: &self) ?? "") }
    return (words + ["n\(number)"]).joined(separator: " ")
  }
}
