import Marketing
import ReportPages
import Testing

/// Every figure of a report is on its page, where it belongs.
@Suite struct PageFiguresTests {
  @Test(arguments: [
    (
      "Calibration, in bins of about equal count",
      ["2.0\u{A0}%", "1.1\u{A0}%", "0.5\u{A0}%", "2.2\u{A0}%", "646"]
    ),
    ("Converted leads found, by other leads taken with them", ["20.0\u{A0}%", "71.4\u{A0}%"]),
    ("Lift by tenth, highest probability first", ["2", "259", "244", "94.2\u{A0}%", "1.98"]),
    (
      "Conversions among the leads with the highest probabilities",
      ["2", "518", "495", "40.1\u{A0}%"]
    ),
    (
      "Importance: the mean size of each field's contribution in log-odds",
      ["Lead Origin", "0.641", "18.8\u{A0}%"]
    ),
    (
      "Categories",
      ["Cold lead", "12.1\u{A0}%", "2\u{202F}587", "40.0\u{A0}%", "32.2\u{A0}%"]
    ),
    ("Population stability index by field", ["Last Activity", "0.133", "warning"]),
    (
      "Share that converted (status: alarm)",
      ["Since then", "29.2\u{A0}%", "25.1\u{A0}%", "33.6\u{A0}%", "439"]
    ),
    (
      "Models on the same judged leads",
      ["incremental", "439", "128", "0.469", "0.843", "0.766", "0.150", "0.0734"]
    ),
    (
      "Families by log loss on held-out rows, the best first",
      [
        "Boosted trees (chosen)", "isotonic", "0.357", "0.911", "0.892", "0.115", "0.0123",
        "eta\u{A0}0.05, lambda\u{A0}5, max_depth\u{A0}4, rounds\u{A0}250",
      ]
    ),
    (
      "Families by log loss on held-out rows, the best first",
      ["Scorecard", "–", "–", "–", "–", "–", "–", "not trained"]
    ),
    (
      "Columns that the model uses: 11",
      ["Lead Source", "category", "12.5\u{A0}%", "531", "0.590", "read as source"]
    ),
    (
      "Columns left out: 3",
      ["Tags", "category", "36.2\u{A0}%", "26", "0.972", "excluded; leakage suspect"]
    ),
  ])
  func aTableHoldsItsRow(caption: String, row: [String]) throws {
    let table = try #require(try SamplePage.usual.document().table(caption))
    #expect(table.contains(row), "\(table)")
  }

  @Test func noRowIsLeftOut() throws {
    let document = try SamplePage.unusual.document()
    let report = SampleModels.unusual.report
    func rows(_ caption: String) throws -> Int { try #require(document.table(caption)).count - 1 }
    #expect(try rows("Calibration, in bins of about equal count") == report.calibrationCurve.count)
    #expect(
      try rows("Importance: the mean size of each field's contribution in log-odds")
        == report.importance.count)
    #expect(try rows("Columns that the model uses: 60") == 60)
    #expect(try rows("Columns left out: 3") == 3)
    #expect(
      try rows("Population stability index by field") == SampleModels.unusualDrift.fields.count)
  }

  @Test(arguments: [
    "Gives each lead the chance that Converted is 1. It learned from 6\u{202F}468 leads, of which "
      + "2\u{202F}487 (38.5\u{A0}%) converted, and uses 11 of 14 columns.",
    "Version 3 of x-education, stored 2026-01-01 00:00 UTC by ops. Training took 4.27 s.",
    "184\u{202F}213 bytes", "9f86d0819f86d081", "1\u{202F}204: the row has too few cells",
    "3: the target is empty", "Cross-validation in 5 folds",
    "Tags: alone it ranks the leads with AUC 0.972; the model does not use it.",
    "Tags alone ranks the leads with AUC 0.972 and was left out.",
    "The leads of now differ much from those of training",
    "1\u{202F}812 leads of now were compared", "Overall: alarm.",
    "Scorecard could not be trained: No column is mapped to a lead field.",
    "the base rate alone gets 0.666", "the base rate alone gets 0.237",
  ])
  func theTextTells(sentence: String) throws {
    let text = try SamplePage.usual.document().root.all("body")[0].text
    #expect(text.contains(sentence))
  }

  @Test(arguments: [
    ("AUC", "0.911"), ("Calibration error", "0.0123"), ("Log loss", "0.357"),
    ("Brier score", "0.115"), ("PR-AUC", "0.892"),
  ])
  func theMeasuresAreTold(name: String, value: String) throws {
    let measures = try SamplePage.usual.document().root.all(class: "measures")[0].children
    let measure = try #require(measures.first { $0.all("dt")[0].text == name })
    #expect(measure.all(class: "figure")[0].text == value)
  }

  /// Where leads make several rows, leads are told, with their own share; the categories' share is that of the
  /// rows that were judged.
  @Test func leadsAreNotRows() throws {
    var page = SamplePage.usual.page
    (page.model.report.leads, page.model.report.convertedLeads) = (2000, 600)
    page.model.report.metrics.rows = 1000
    page.model.report.metrics.positives = 210
    page.drift?.baseRate?.trained = page.model.report.baseRate
    let document = try PageDocument(page.html())
    let text = document.root.all("body")[0].text
    #expect(
      text.contains("It learned from 2\u{202F}000 leads, of which 600 (30.0\u{A0}%) converted"))
    #expect(text.contains("30.0\u{A0}% of 2\u{202F}000 leads converted in training"))
    let table = try #require(document.table("Share that converted (status: alarm)"))
    #expect(
      table.contains {
        $0.first == "In training" && $0.last == "2\u{202F}000" && $0[1] == "30.0\u{A0}%"
      })
    #expect(text.contains("all leads 21.0\u{A0}%"))
  }

  @Test func whatIsNotThereIsSaid() throws {
    let text = try SamplePage.bare.document().root.all("body")[0].text
    for sentence in [
      "No field's importance was recorded.", "No categories were recorded.",
      "The leads of now were not compared with those of training.",
      "No other model was scored beside it.", "No families were recorded.", "No row was left out.",
      "No column is suspected to be known only after the outcome.",
      "There are no judged leads to rank.",
    ] {
      #expect(text.contains(sentence), "\(sentence)")
    }
    #expect(!text.contains("Warnings"))
    #expect(!text.contains("Training took"))
  }

  @Test func aStableDriftIsNoWarning() throws {
    var page = SamplePage.usual.page
    page.model.report.warnings = []
    page.drift?.status = .stable
    page.drift?.baseRate = nil
    let text = try PageDocument(page.html()).root.all("body")[0].text
    #expect(!text.contains("Warnings"))
    #expect(text.contains("No outcomes are known yet"))
  }
}
