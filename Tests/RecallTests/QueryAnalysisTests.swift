import Marketing
import Recall
import Testing

@Suite("query analysis")
struct QueryAnalysisTests {
  private static let analyzer = TextAnalyzer()
  /// A Wednesday.
  private static let now = Timestamp(iso8601: "2023-06-14T10:00:00Z")

  private func analysis(_ text: String) throws -> QueryAnalysis {
    QueryAnalysis(text, by: Self.analyzer, now: try #require(Self.now))
  }

  @Test(
    "times resolve against the present",
    arguments: [
      ("What came up yesterday?", "2023-06-13", "2023-06-14"),
      ("calls today", "2023-06-14", "2023-06-15"),
      ("calls last week", "2023-06-05", "2023-06-12"),
      ("calls this week", "2023-06-12", "2023-06-19"),
      ("calls last month", "2023-05-01", "2023-06-01"),
      ("leads of last year", "2022-01-01", "2023-01-01"),
      ("leads of last quarter", "2023-01-01", "2023-04-01"),
      ("what was said last Friday", "2023-06-09", "2023-06-10"),
      ("what was said on Monday", "2023-06-12", "2023-06-13"),
      ("calls in the past 3 weeks", "2023-05-24", "2023-06-15"),
      ("a visit 5 days ago", "2023-06-09", "2023-06-10"),
      ("who visited in May", "2023-05-01", "2023-06-01"),
      ("who visited in August", "2022-08-01", "2022-09-01"),
      ("who visited in may 2021", "2021-05-01", "2021-06-01"),
      ("mail of 8 May 2023", "2023-05-08", "2023-05-09"),
      ("mail of May 8th, 2023", "2023-05-08", "2023-05-09"),
      ("mail of the 3rd of March", "2023-03-03", "2023-03-04"),
      ("mail of 2023-05-08", "2023-05-08", "2023-05-09"),
      ("budget of 2022", "2022-01-01", "2023-01-01"),
      ("budget of Q3 2022", "2022-07-01", "2022-10-01"),
      ("plans for the summer of 2022", "2022-06-01", "2022-09-01"),
      ("the week before 8 May 2023", "2023-05-08", "2023-05-09"),
    ])
  func period(_ text: String, _ start: String, _ end: String) throws {
    let periods = try analysis(text).periods
    #expect(periods.map { String($0.start.iso8601.prefix(10)) } == [start])
    #expect(periods.map { String($0.end.iso8601.prefix(10)) } == [end])
  }

  @Test(
    "words that only look like times",
    arguments: [
      "may I call", "they march on", "what comes next", "the last call", "room 12", "sales fall",
      "is this it", "20231 units",
    ])
  func noPeriod(_ text: String) throws { #expect(try analysis(text).periods == []) }

  @Test("periods open at one side")
  func open() throws {
    let since = try #require(try analysis("calls since March").periods.first)
    #expect(since.start.iso8601 == "2023-03-01T00:00:00Z")
    #expect(since.end.milliseconds == .max)
    let before = try #require(try analysis("calls before 2022").periods.first)
    #expect(before.start.milliseconds == .min)
    #expect(before.end.iso8601 == "2022-01-01T00:00:00Z")
    let after = try #require(try analysis("calls after 8 May 2023").periods.first)
    #expect(after.start.iso8601 == "2023-05-09T00:00:00Z")
    #expect(after.closeness(of: Timestamp(milliseconds: 0)) == 0)
    #expect(before.closeness(of: Timestamp(milliseconds: 0)) == 1)
  }

  @Test(
    "what is excluded",
    arguments: [
      ("pricing except discounts", ["price"], ["discount"]),
      ("calls without voicemail, with notes", ["call", "note"], ["voicemail"]),
      ("channels other than email that work", ["channel", "work"], ["email"]),
      ("not retail", [], ["retail"]),
      ("Why did she not buy the piano?", ["buy", "piano"], []),
      ("What did she do without help?", ["without", "help"], []),
      ("What did she play besides piano?", ["play"], ["piano"]),
      ("piano except piano lessons", ["piano"], ["lesson"]),
      ("plain words", ["plain", "word"], []),
    ])
  func excluded(_ text: String, _ stems: [String], _ excluded: [String]) throws {
    let analysis = try analysis(text)
    #expect(analysis.stems == stems)
    #expect(analysis.excludedStems == excluded)
  }

  @Test(
    "kinds, only where the words say so",
    arguments: [
      ("her preferences", [.longTerm]), ("what was tried", [.episodic]),
      ("related entities", [.semantic]), ("her budget", []),
    ] as [(String, Set<MemoryKind>)])
  func kinds(_ text: String, _ kinds: Set<MemoryKind>) throws {
    #expect(try analysis(text).kinds == kinds)
  }

  @Test("what kind of question it is")
  func question() throws {
    #expect(try analysis("When did it end?").asksForTime)
    #expect(try analysis("What day is it?").asksForTime)
    #expect(try !analysis("Who called?").asksForTime)
    #expect(try analysis("How many calls?").asksForNumber)
    #expect(try analysis("Who called?").questionWord == .who)
    #expect(try analysis("calls").questionWord == nil)
    #expect(try analysis("who called anna").isAllLowercase)
  }

  @Test("a question of any length looks for a bounded number of stems")
  func bounded() throws {
    let text = (0..<5000).map { "word\($0)" }.joined(separator: " ")
    #expect(try analysis(text).stems.count == QueryAnalysis.mostStems)
  }
}
