import Marketing
import Testing

@Suite struct ExtractTests {
  private static func stems(_ text: String) -> [String] {
    AnalyzedText(plain: text).stems.filter { $0.count > 3 }
  }

  private static func source(_ id: Int, _ text: String, by speaker: String? = nil) -> Extract.Source
  {
    Extract.Source(id: MemoryID(rawValue: "t\(id)"), speaker: speaker, text: text)
  }

  @Test(arguments: [
    ("One. Two! Three?", ["One.", "Two!", "Three?"]),
    ("Dr. Smith pays 3.5 percent. Fine.", ["Dr. Smith pays 3.5 percent.", "Fine."]),
    ("See No. 5 now. I said no. Then yes", ["See No. 5 now.", "I said no.", "Then yes"]),
    ("e.g. this one… And J. Doe", ["e.g. this one…", "And J. Doe"]),
    ("line one\n\n line  two ", ["line one", "line two"]), ("", []), (" \n ", []),
    ("はい。いいえ", ["はい。", "いいえ"]), ("It was I. You know", ["It was I.", "You know"]),
  ])
  func textsAreCutIntoSentences(_ text: String, _ sentences: [String]) {
    #expect(Sentences.of(text) == sentences)
  }

  @Test(arguments: [8, 20, 40, 100, 1000])
  func theBudgetIsKeptAndTheOrderToo(_ tokens: Int) {
    let sources = (0..<30).map {
      Self.source(
        $0, "Topic\($0) matters because reason\($0 % 7) holds. Pricing came up again. Ok.",
        by: $0 % 2 == 0 ? "Ann" : "Bob")
    }
    let extract = Extract(of: sources, tokens: tokens, stems: Self.stems)
    #expect(extract.tokens <= tokens)
    #expect(!extract.sentences.isEmpty)
    let places = extract.sentences.map { Int($0.source.rawValue.dropFirst()) ?? -1 }
    #expect(places == places.sorted())
    #expect(Extract(of: sources, tokens: tokens, stems: Self.stems) == extract)
    for sentence in extract.sentences where !sentence.text.hasSuffix("…") {
      let original = sources.first { $0.id == sentence.source }
      #expect(original?.text.contains(sentence.text) == true)
      #expect(original?.speaker == sentence.speaker)
    }
  }

  @Test func whatIsSaidAgainIsNotTakenAgain() {
    let sources =
      (0..<10).map { Self.source($0, "Budget approval needs finance signature before spring.") }
      + [Self.source(10, "Competitor pilot starts within Oslo office.")]
    let extract = Extract(of: sources, tokens: 28, stems: Self.stems)
    #expect(extract.sentences.count == 2)
    #expect(extract.sentences.contains { $0.text.hasPrefix("Competitor") })
  }

  @Test func whereNothingFitsTheBeginningIsTaken() {
    let long = "Extraordinarily complicated negotiations continued throughout"
    let extract = Extract(of: [Self.source(1, long)], tokens: 10, stems: Self.stems)
    #expect(extract.text == "Extraordinarily complicated…")
    #expect(extract.tokens <= 10)
    #expect(Extract(of: [], tokens: 10, stems: Self.stems).sentences == [])
    #expect(Extract(of: [Self.source(1, long)], tokens: 0, stems: Self.stems).sentences == [])
  }

  @Test(arguments: [30, 60, 120, 400, 100_000])
  func aConversationKeepsItsLatestTurns(_ tokens: Int) throws {
    let turns = (0..<60).map {
      Self.source(
        $0, "Turn \($0) about subject\($0 % 9) and detail\($0).", by: $0 % 2 == 0 ? "A" : "B")
    }
    let condensed = CondensedConversation(turns, tokens: tokens, stems: Self.stems)
    #expect(condensed.tokens <= tokens)
    #expect(condensed.latest == Array(turns.suffix(condensed.latest.count)))
    #expect(condensed.latest.last == turns.last)
    #expect(condensed.condensedTurns + condensed.latest.count == 60)
    let older = Set(turns.prefix(condensed.condensedTurns).map(\.id))
    #expect(condensed.condensed.sentences.allSatisfy { older.contains($0.source) })
    #expect((condensed.condensedTurns == 0) == (tokens == 100_000))
    if condensed.condensedTurns > 0 { #expect(!condensed.condensed.sentences.isEmpty) }
  }

  @Test(arguments: [
    (0.5, 0, 0.0, 0.5), (0.5, 0, 90.0, 0.25), (1.0, 0, 180.0, 0.25),
    (1.0, 1, 0.0, 1.6931471805599454),
    (0.02, 0, -5.0, 0.02),
  ])
  func strengthFades(_ importance: Double, _ uses: Int, _ days: Double, _ strength: Double) {
    let decay = MemoryDecay(halfLifeDays: 90)
    let start = Timestamp(milliseconds: 0)
    let found = decay.strength(
      importance: importance, uses: uses, happenedAt: start, lastUsedAt: nil,
      asOf: start + .milliseconds(Int64(days * 86_400_000)))
    #expect(abs(found - strength) < 1e-12)
    let used = decay.strength(
      importance: importance, uses: uses, happenedAt: start, lastUsedAt: start + .days(365),
      asOf: start + .days(365))
    #expect(used >= found - 1e-12, "use stops it")
  }
}
