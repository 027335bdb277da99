import Marketing
import Recall
import Testing

@Suite("text analysis")
struct TextAnalyzerTests {
  private static let analyzer = TextAnalyzer()

  @Test(
    "stems of words",
    arguments: [
      ("She bought 3 pianos, didn't she?", ["buy", "3", "piano"]),
      ("Our pricing PRICED the prices", ["price", "price", "price"]),
      ("café CAFÉ Cafe\u{301}", ["cafe", "cafe", "cafe"]),
      ("“Hello”—world…ok", ["hello", "world", "ok"]),
      ("O'Brien’s go-live", ["o", "brien", "go", "live"]),
      ("ann@example.com", ["ann", "exampl", "com"]),
      ("", []), (" \n\t", []), ("!?…🎉", []), ("the of and", []),
      ("went gone going", ["go", "go", "go"]),
      ("東京都", ["東京", "京都"]), ("я", ["я"]), ("東 x", ["東", "x"]),
      ("soft\u{AD}hyphen", ["softhyphen"]),
    ])
  func stems(_ text: String, _ stems: [String]) {
    #expect(Self.analyzer.analyze(text).stems == stems)
  }

  @Test(
    "traits",
    arguments: [
      ("Is it late?", [.isQuestion, .endsWithQuestion]),
      ("Is it late? It is.", [.isQuestion]),
      ("Is it late? [a clock on a wall]", [.isQuestion, .endsWithQuestion]),
      ("It is “late?”", [.isQuestion, .endsWithQuestion]),
      ("I like it", [.isFirstPerson]),
      ("They met last week", [.hasTime]),
      ("Back in 2021", [.hasTime, .hasNumber]),
      ("He has 2 dogs", [.hasNumber]), ("He has two dogs", [.hasNumber]), ("He barks", []),
    ] as [(String, TextTraits)])
  func traits(_ text: String, _ traits: TextTraits) {
    #expect(Self.analyzer.analyze(text).traits.withCapitalizedWords(0) == traits)
  }

  @Test(
    "capitalized words within sentences",
    arguments: [
      ("Talk to Anna in Berlin", 2), ("Anna came. Bert left.", 0), ("it's McDonald's", 1),
      ("we use CRM", 1), ("a New Big Old Red Hot Tin Cup For Bob", 7), ("So I Am", 0),
    ])
  func capitals(_ text: String, _ count: Int) {
    #expect(Self.analyzer.analyze(text).traits.capitalizedWords == count)
  }

  @Test("a text of one endless word fills no vocabulary")
  func longWord() {
    let stems = Self.analyzer.analyze(String(repeating: "ab", count: 100_000)).stems
    #expect(stems.map(\.utf8.count) == [64])
  }

  @Test("another language has its stemmer and no English stop words")
  func german() throws {
    let analyzer = try #require(TextAnalyzer(language: "german"))
    #expect(analyzer.analyze("Häuser about").stems == ["haus", "about"])
    #expect(TextAnalyzer(language: "klingon") == nil)
    #expect(TextAnalyzer.languages.contains("german"))
  }

  @Test("many threads at once get what one gets")
  func threads() async {
    let texts = (0..<200).map { "Customer \($0) asked about prices of \($0 % 7) licences" }
    let expected = texts.map { TextAnalyzer().analyze($0) }
    let analyzer = TextAnalyzer()
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { texts.map(analyzer.analyze) == expected } }
      for await isSame in group { #expect(isSame) }
    }
  }
}
