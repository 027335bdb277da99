import Marketing
import Testing

/// What a model wrote is used only where it says nothing that nobody said.
@Suite struct ModelSummaryTests {
  private static let originals = [
    utterance("Ann", "We need the Oslo rollout by 12 May, for $20,000 at most."),
    utterance(
      "Bob", "Write to ann@acme.test or see acme.test/plan. I will ask Cara for three seats."),
  ]

  private static func utterance(_ speaker: String, _ text: String) -> MemoryRecord {
    let time = Timestamp(milliseconds: 0)
    var record = MemoryRecord(
      id: "u", kind: .longTerm, text: text, content: .utterance,
      source: MemorySource(name: "test"), validFrom: time, recordedAt: time)
    record.speaker = speaker
    return record
  }

  @Test(arguments: [
    ("Ann wants the rollout in Oslo.", "Ann wants the rollout in Oslo."),
    (
      "The customer\n pays $20,000 at most, by 12 May.",
      "The customer pays $20,000 at most, by 12 May."
    ),
    (
      "They write to ann@acme.test. Bob asks Cara for three seats.",
      "They write to ann@acme.test. Bob asks Cara for three seats."
    ),
    ("asked for the rollout, (\"Oslo\")", "asked for the rollout, (\"Oslo\")"),
  ])
  func whatWasSaidMayBeSaid(_ answer: String, _ text: String) {
    #expect(ModelSummary(answer, of: Self.originals, tokens: 40)?.text == text)
  }

  @Test(arguments: [
    "", " \n ", "...", "12", "Ann wants 30 seats.", "Ann wants thirty seats.", "It costs 20%.",
    "It costs 20,000.", "It is due by 12 May 2027.", "They agreed on twenty-one seats.",
    "They write to eve@acme.test.", "They see https://acme.test/plan.", "They see evil.test.",
    "Ann met Dora.", "Dora met Ann.", "They met McCara.", "Ann wants the rollout in Bergen.",
    "They met 王.", "Ann wants\u{202E} it.", "Ann wants ½ of it.",
    "Ann wants the rollout by May " + String(repeating: "and more ", count: 20),
  ])
  func whatNobodySaidIsRefused(_ answer: String) {
    #expect(ModelSummary(answer, of: Self.originals, tokens: 40) == nil)
  }
}
