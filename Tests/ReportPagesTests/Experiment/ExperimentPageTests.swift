import Marketing
import ReportPages
import Testing

/// What an experiment's page tells is what its analysis says.
@Suite struct ExperimentPageTests {
  private func text(_ sample: SampleExperiment) throws -> String {
    try PageDocument(sample.page().html()).root.all("body")[0].text
  }

  @Test(
    arguments: [
      (
        .going,
        [
          "Go on.",
          "O'Brien–Fleming boundary at look 12 of 28: 'b' |z| 2.86 < "
            + "3.08.", "The units are split as planned", "which is not reached: not to be used yet",
          "At the pace so far it takes 16 days more.",
          "None of 2 checks is broken. Of 2 nothing is known: nothing or too little is counted.",
        ]
      ),
      (
        .shipped,
        [
          "Use the winner for all: \u{2068}b\u{2069}.", "stopped 2025-07-13 15:06 UTC",
          "It was ended: the winner is used for all (\u{2068}b\u{2069}).",
          "The boundary 3.08 was crossed on day 12 with z 3.31.", "which is reached",
        ]
      ),
      (
        .several,
        [
          "Of 4 checks 1 is broken.", "was taken out on 2025-06-23 15:06 UTC for unsubscription",
          "2 variants share alpha 0.05 by Holm",
        ]
      ),
      (
        .bandit,
        [
          "Thompson sampling: 'b' is the best", "Each variant gets at least 10.0\u{A0}%",
          "their ratio is not checked",
        ]
      ),
      (
        .uneven,
        [
          "The data cannot be trusted.", "By the rule “sample ratio mismatch”: Units are not split",
          "The units are not split as planned",
          "No variants are compared",
        ]
      ),
      (
        .empty,
        [
          "No unit was exposed yet", "There are no data yet.", "Nothing varies yet",
          "There are no units of two",
        ]
      ),
    ] as [(SampleExperiment, [String])])
  func theTextTells(sample: SampleExperiment, sentences: [String]) throws {
    let text = try text(sample)
    for sentence in sentences { #expect(text.contains(sentence), "\(sentence) in \(text)") }
  }

  @Test(
    arguments: [
      (.going, "Metrics by variant", ["Conversion (decides)", "b", "6\u{202F}000", "372"]),
      (.going, "Units by variant", ["today", "6\u{202F}000", "50.0\u{A0}%", "50.0\u{A0}%"]),
      (
        .several, "Units by variant",
        ["c", "6\u{202F}000", "33.3\u{A0}%", "–", "taken out"]
      ),
      (.several, "Units by variant", ["b", "6\u{202F}000", "33.3\u{A0}%", "50.0\u{A0}%"]),
      (.bandit, "Units by variant", ["b", "6\u{202F}000", "33.3\u{A0}%", "–"]),
      (
        .going, "Conversion: variant minus control",
        ["b", "+1.20\u{A0}pp", "+0.378\u{A0}pp", "+2.02\u{A0}pp", "2.86"]
      ),
      (.going, "Lift over the control", ["b", "Conversion", "+24.0\u{A0}%"]),
      (.going, "Looks at b, alpha 0.05", ["12", "12", "42.9\u{A0}%", "2.86", "3.08"]),
      (.going, "Chances by Bayes", ["b", "Conversion", "99.8\u{A0}%"]),
      (.bandit, "Shares of the next units", ["today"]),
      (.several, "Segments", ["North", "b", "6\u{202F}000", "6\u{202F}000", "+1.20\u{A0}pp"]),
      (
        .several, "Differences after what was known before is taken out",
        ["b", "Conversion", "+1.20\u{A0}pp"]
      ),
      (.amounts, "Metrics by variant", ["Revenue per unit (decides)", "b", "14\u{202F}000", "–"]),
    ] as [(SampleExperiment, String, [String])])
  func aTableHoldsItsRow(sample: SampleExperiment, caption: String, row: [String]) throws {
    let table = try #require(try PageDocument(sample.page().html()).table(caption))
    #expect(table.contains { $0.starts(with: row) }, "\(table)")
  }

  /// Whatever the sample: each number in the tables is the analysis' own, written as people read it.
  @Test(arguments: SampleExperiment.allCases)
  func theTablesAreTheAnalysis(sample: SampleExperiment) throws {
    let page = try sample.page()
    let document = try PageDocument(page.html())
    for test in page.analysis.sequential {
      let caption = "Looks at \(test.variant), alpha \(NumberText.setting(test.alpha))"
      let rows = try #require(document.table(caption)).dropFirst()
      #expect(rows.count == test.looks.count)
      for (row, look) in zip(rows, test.looks) {
        #expect(row[3] == (look.z.map { NumberText.decimals($0, 2) } ?? "–"))
        #expect(row[4] == (look.boundary.map { NumberText.decimals($0, 2) } ?? "–"))
      }
    }
    let checks = try #require(
      document.table("Guardrails: how much worse than the control")
    ).dropFirst()
    #expect(checks.map { $0[1] } == page.analysis.guardrails.map(\.variant))
    #expect(
      checks.count { $0[7] == "broken" }
        == page.analysis.guardrails.count { $0.status == .broken })
    let units = try #require(document.table("Units by variant")).dropFirst()
    #expect(units.map { $0[1] } == page.analysis.allocations.map { NumberText.count($0.units) })
  }

  @Test func theCrossingIsRinged() throws {
    let page = try SampleExperiment.shipped.page()
    let test = try #require(page.analysis.sequential.first)
    let picture = try PageDocument(page.html()).picture("Looks at b")
    let ring = try #require(picture.all(class: "ring").first)
    let dots = picture.all(class: "dot")
    #expect(dots.count == test.made)
    let crossing = try #require(test.crossedAt)
    #expect(try dots[crossing - 1].number("cx") == ring.number("cx"))
    #expect(try dots[crossing - 1].number("cy") == ring.number("cy"))
    #expect(try PageDocument(SampleExperiment.going.page().html()).root.all(class: "ring").isEmpty)
  }

  @Test func theIntervalsAreDrawnToScale() throws {
    let page = try SampleExperiment.going.page()
    let picture = try PageDocument(page.html()).picture("Conversion: difference to the control")
    let comparison = try #require(page.analysis.metrics.first?.comparisons.first)
    let fixed = try #require(comparison.fixed)
    let span = try #require(picture.all(class: "span").first)
    let zero = try #require(picture.all(class: "reference").first)
    let dot = try #require(picture.all(class: "dot").first)
    let unit = try (dot.number("cx") - zero.number("x1")) / comparison.difference
    #expect(unit > 0)
    #expect(try abs((span.number("x1") - zero.number("x1")) / unit - fixed.low) < 1e-5)
    #expect(try abs((span.number("x2") - zero.number("x1")) / unit - fixed.high) < 1e-5)
  }
}
