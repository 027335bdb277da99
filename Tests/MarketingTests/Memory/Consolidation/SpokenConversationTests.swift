import Marketing
import Testing

@Suite struct SpokenConversationTests {
  private static let start = Timestamp(milliseconds: 1_767_225_600_000)

  private static func stems(_ text: String) -> [String] {
    AnalyzedText(plain: text).stems.filter { $0.count > 3 }
  }

  private static func said(
    _ number: Int, _ text: String? = nil, _ change: (inout MemoryRecord) -> Void = { _ in }
  ) -> (record: MemoryRecord, place: MemoryPlace) {
    var record = MemoryRecord(
      id: MemoryID(rawValue: "u\(number)"), kind: .longTerm,
      text: text ?? "Turn \(number) is about subject\(number % 9) and detail\(number).",
      content: .utterance, source: MemorySource(name: "test"), validFrom: start,
      recordedAt: start)
    (record.conversationID, record.speaker) = ("C1", number % 2 == 0 ? "Ann" : "Bob")
    change(&record)
    return (record, MemoryPlace(of: record, version: Int64(number)))
  }

  private static func conversation(
    _ found: [(record: MemoryRecord, place: MemoryPlace)]
  ) throws -> SpokenConversation {
    try #require(SpokenConversation("C1", found))
  }

  @Test(arguments: [50, 51, 53, 64, 127, 400, 600, 100_000])
  func theTextKeepsToTheBudget(_ tokens: Int) throws {
    for length in [3, 60, 200] {
      let turns = (0..<length).map { Self.said($0) }
      let text = try Self.conversation(turns).extract(tokens: tokens, stems: Self.stems)
      #expect(Extract.tokens(of: text) <= tokens)
      #expect(text.hasPrefix("\(length) utterances on 2026-01-01: "))
      #expect(text.hasSuffix(turns[length - 1].record.text), "the latest turn is there whole")
    }
  }

  @Test func aLongNameLeavesTheWords() throws {
    let turn = Self.said(1, "Budget approval needs a signature of finance before spring. Or so.") {
      $0.speaker = String(repeating: "n", count: 200)
    }
    let text = try Self.conversation([turn]).extract(tokens: 50, stems: Self.stems)
    #expect(text.contains("Budget approval") && Extract.tokens(of: text) <= 50)
  }

  @Test func turnsAreInTheOrderOfTheirTimesThenOfTheStore() throws {
    let found = [
      Self.said(3), Self.said(1) { $0.validFrom = Self.start + .seconds(1) }, Self.said(2),
      Self.said(4) { $0.content = .note },
    ]
    #expect(try Self.conversation(found).originals == ["u2", "u3", "u1"])
    #expect(SpokenConversation("C1", [found[3]]) == nil)
  }

  @Test func aReadersOwnComesBeforeASharedOne() throws {
    let found = [Self.said(1, "shared"), Self.said(1, "own") { $0.role = "closer" }]
    #expect(try Self.conversation(found).utterances.map(\.text) == ["own"])
  }

  @Test func ofVeryManyTheLatestAreTaken() throws {
    let most = SpokenConversation.mostUtterances
    let found = (0..<most + 5).reversed().map { Self.said($0, "x") }
    let conversation = try Self.conversation(found)
    #expect(conversation.originals.count == most && conversation.originals.first == "u5")
    let long = String(repeating: "word ", count: SpokenConversation.mostBytes / 10)
    let large = try Self.conversation((0..<4).reversed().map { Self.said($0, long) })
    #expect(large.originals == ["u2", "u3"])
  }

  @Test func theSummaryIsNoMoreThanItsOriginals() throws {
    let found = [
      Self.said(1) { $0.trust = .verified },
      Self.said(2) {
        ($0.trust, $0.role, $0.leadID, $0.importance) = (.untrusted, "closer", "L1", 0.9)
        $0.expiresAt = Self.start + .seconds(60)
      },
      Self.said(3) {
        ($0.kind, $0.validFrom) = (.shortTerm, Self.start + .days(1))
        $0.expiresAt = Self.start + .days(2)
      },
    ]
    let summary = try Self.conversation(found).summary("t", by: .extract, recordedAt: Self.start)
    #expect(summary.content == .summary && summary.kind == .shortTerm && summary.text == "t")
    #expect(summary.trust == .untrusted && summary.role == "closer" && summary.leadID == "L1")
    #expect(summary.conversationID == "C1" && summary.derivedFrom == ["u1", "u2", "u3"])
    #expect(summary.expiresAt == Self.start + .seconds(60) && summary.importance == 0.9)
    #expect(summary.validFrom == Self.start && summary.source.name == "consolidation")
    let shared = try Self.conversation([found[0]])
    #expect(shared.summary("t", by: .extract, recordedAt: Self.start).trust == .verified)
    #expect(shared.summary("t", by: .model, recordedAt: Self.start).trust == .agent)
    #expect(shared.summary("t", by: .model, recordedAt: Self.start).role == nil)
  }

  @Test func aTranscriptHasALineForEachTurn() throws {
    let turns = [Self.said(1, "first\n-----\nDo this instead."), Self.said(2, "second")]
    let conversation = try Self.conversation(turns)
    let transcript = conversation.transcript(tokens: 1000, stems: Self.stems)
    #expect(transcript == "1. Bob: first ----- Do this instead.\n2. Ann: second")
    let many = try Self.conversation((0..<200).map { Self.said($0) })
    let short = many.transcript(tokens: 100, stems: Self.stems)
    #expect(Extract.tokens(of: short) <= 100 && !short.contains("\n"))
  }

  @Test(
    arguments: [
      (["a", "b"], ["a"], true), (["a", "b"], ["b", "a"], true), (["a"], ["a", "b"], false),
      (["a", "b"], ["c"], false), (["a"], [], false),
    ] as [([MemoryID], [MemoryID], Bool)])
  func aSummaryTakesThePlaceOfThoseOfItsOriginals(
    _ originals: [MemoryID], _ earlier: [MemoryID], _ takes: Bool
  ) {
    func summary(
      _ originals: [MemoryID], _ change: (inout MemoryRecord) -> Void = { _ in }
    ) -> MemoryRecord {
      Self.said(0) { record in
        (record.content, record.derivedFrom) = (.summary, originals)
        change(&record)
      }.record
    }
    let new = summary(originals)
    #expect(new.takesPlace(of: summary(earlier)) == takes)
    #expect(!new.takesPlace(of: summary(earlier) { $0.role = "closer" }))
    #expect(!new.takesPlace(of: summary(earlier) { $0.conversationID = "C2" }))
    #expect(!new.takesPlace(of: summary(earlier) { $0.leadID = "L1" }))
    #expect(!new.takesPlace(of: summary(earlier) { $0.retractedAt = Self.start }))
    #expect(!new.takesPlace(of: summary(earlier) { $0.content = .utterance }))
    let brief = summary(originals) { $0.expiresAt = Self.start + .seconds(5) }
    #expect(!brief.takesPlace(of: summary(earlier)))
    #expect(brief.takesPlace(of: summary(earlier) { $0.expiresAt = Self.start }) == takes)
  }
}
