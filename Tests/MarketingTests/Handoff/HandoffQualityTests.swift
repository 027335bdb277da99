import JSONRPC
import Marketing
import Testing

/// Quality by worked numbers. With the sample's contract every half-life is ten days.
@Suite struct HandoffQualityTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let items: [HandoffItem]
    var hidden: [HandoffItem] = []
    let parts: [Double]
    let score: Double
    var gaps: [String] = []
  }

  private static func item(
    _ kind: HandoffItem.Kind, _ key: String?, _ value: JSONValue, daysAgo: Int = 0,
    _ flags: HandoffItem.Flags = []
  ) -> HandoffItem {
    HandoffItem(kind, key, value, knownSince: handoffTime + .days(-daysAgo), flags: flags)
  }

  // `"email":"a@b.example",` is 22 bytes, 6 tokens; `"need_now":"help",` 18 bytes, 5 tokens;
  // `"colour":"blue",` 16 bytes, 4 tokens.
  private static let email = item(.lead, "email", "a@b.example")
  private static let need = item(.fact, "need_now", "help")
  private static let colour = item(.fact, "colour", "blue")

  static let cases = [
    Case(
      testDescription: "nothing", items: [], parts: [0, 0, 0, 0], score: 0,
      gaps: ["contact", "need"]),
    Case(
      testDescription: "all that is required, of today", items: [email, need],
      parts: [1, 1, 1, 1], score: 1),
    Case(
      testDescription: "what does not matter", items: [email, need, colour],
      // 11 of 15 tokens.
      parts: [1, 1, 1, 0.7333], score: 0.5 + 0.2 + 0.15 + 0.15 * 11 / 15),
    Case(
      testDescription: "half of what is required and known", items: [email], hidden: [need],
      parts: [0.5, 1, 1, 1], score: 0.25 + 0.5),
    Case(
      testDescription: "what nobody knows does not count", items: [email], parts: [1, 1, 1, 1],
      score: 1, gaps: ["need"]),
    Case(
      testDescription: "nothing that is required is known", items: [colour],
      parts: [0, 1, 1, 0], score: 0.35, gaps: ["contact", "need"]),
    Case(
      testDescription: "ten days old, and twenty",
      items: [
        item(.lead, "email", "a@b.example", daysAgo: 10),
        item(.fact, "need_now", "help", daysAgo: 20),
      ],
      // (1/2 + 1/4) ÷ 2
      parts: [1, 1, 0.375, 1], score: 0.85 + 0.15 * 0.375),
    Case(
      testDescription: "one of three properties is told in two ways",
      items: [
        email, need, item(.fact, "preferred_channel", "call"),
        item(.lead, "preferredChannel", "email"),
      ],
      // `"preferredChannel":"email",` 27 bytes, 7 tokens; `"preferred_channel":"call",` 27 bytes, 7 tokens.
      parts: [1, 0.6667, 1, 0.72], score: 0.5 + 0.2 * 2 / 3 + 0.15 + 0.15 * 18 / 25),
    Case(
      testDescription: "spelling is no contradiction",
      items: [
        email, need, item(.fact, "preferred_city", "Tromsø"),
        item(.fact, "preferred_city", "TROMSØ "),
      ], parts: [1, 1, 1, 1], score: 1),
    Case(
      testDescription: "words and bonds are relevant",
      items: [
        email, need, item(.note, nil, "wants a demo"),
        item(.fact, "consent", true, .constraint),
      ], parts: [1, 1, 1, 1], score: 1),
  ]

  @Test(arguments: cases) func quality(_ test: Case) throws {
    let contract = try HandoffContract.sample()
    let known = test.items + test.hidden
    let quality = HandoffQuality(
      of: test.items, known: known, contract: contract, now: handoffTime)
    #expect(
      [quality.completeness, quality.consistency, quality.freshness, quality.relevance]
        == test.parts)
    #expect(abs(quality.score - test.score) < 0.0001)
    #expect(HandoffQuality.gaps(in: known, for: contract) == test.gaps)
  }

  @Test(
    arguments: [
      ("required", ["contact"]), ("required", []), ("halfLifeDays", ["lead": 0]),
      ("weights", ["lead": 1]), ("tokenBudget", 20), ("minimumQuality", 1.5),
      ("required", [["contact": ["nobody.email"]]]), ("required", [["contact": []]]),
    ] as [(String, JSONValue)])
  func aBrokenContractIsRefused(member: String, value: JSONValue) {
    #expect(throws: DecodingError.self) {
      try HandoffContract.sample { $0[member] = value }
    }
  }

  @Test(arguments: [
    ("consent", true), ("consent_sms", true), ("consent.sms", true), ("consent2", true),
    ("consented", false), ("my_consent", false),
  ])
  func keysThatBind(key: String, binds: Bool) throws {
    #expect(try HandoffContract.sample().isConstraint(key) == binds)
  }
}
