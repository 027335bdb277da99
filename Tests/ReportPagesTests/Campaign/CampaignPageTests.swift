import Marketing
import ReportPages
import Testing

/// What a campaign's page tells is what its analysis says.
@Suite struct CampaignPageTests {
  private func document(_ sample: SampleCampaign) throws -> PageDocument {
    try PageDocument(sample.page().html())
  }

  @Test(
    arguments: [
      (
        .usual,
        ["No rule is broken beyond doubt.", "All money is in USD.", "Nothing was proposed."]
      ),
      (
        .troubled,
        [
          "It needs a change: one rule is broken beyond doubt.",
          "One change is proposed; see below.",
          "with 95 % certainty; it should be at least 2 %.", "The CTR of Ember is low.",
          "By the end it will be on the budget in all; a day it is below the budget.",
        ]
      ),
      (.sparse, ["With fewer than 28 days weekdays are not told apart."]),
      (
        .bare,
        [
          "Nobody says what it cost", "Nothing is foretold: that needs 7 days with figures.",
          "No rule says that it needs a change.", "No money of it is known.",
          "There are no clicks", "0 conversions on 1 of 28 days.",
          "There are too few days to draw.",
        ]
      ),
    ] as [(SampleCampaign, [String])])
  func theTextTells(sample: SampleCampaign, sentences: [String]) throws {
    let text = try document(sample).root.all("body")[0].text
    for sentence in sentences { #expect(text.contains(sentence), "\(sentence) in \(text)") }
  }

  @Test(arguments: SampleCampaign.allCases)
  func theTablesAreTheAnalysis(sample: SampleCampaign) throws {
    let page = try sample.page()
    let document = try PageDocument(page.html())
    let figures = page.analysis.figures
    let steps = try #require(document.table("From impressions to conversions"))
    let counts = [figures.impressions, figures.clicks, figures.leads, figures.conversions]
    #expect(steps.dropFirst().map { $0[1] } == counts.map(NumberText.count))
    let rates = try #require(document.table("All rates; a ? marks a change that may be chance"))
      .dropFirst()
    #expect(rates.count == CampaignMeasure.allCases.count)
    for (row, section) in zip(rates, page.analysis.sections) where section.measure.isShare {
      let value = section.now.rate.map { NumberText.significant($0.value * 100) + "\u{A0}%" }
      #expect(row[1] == value ?? "–")
    }
    if !page.findings.isEmpty {
      let rules = try #require(document.table("Rules by window")).dropFirst()
      #expect(
        rules.map { $0[6] } == page.findings.map { $0.isBroken ? "broken" : "not broken" })
    }
    for line in page.forecast?.lines ?? [] {
      let name = line.figure.rawValue.prefix(1).uppercased() + line.figure.rawValue.dropFirst()
      let table = try #require(document.table("\(name) a day, expected"))
      #expect(table.count == line.days.count + 1)
    }
  }

  @Test func changesAreMarked() throws {
    let page = try SampleCampaign.troubled.page()
    let picture = try PageDocument(page.html()).picture("CTR by day")
    let section = try #require(page.analysis.sections.first { $0.measure == .ctr })
    #expect(section.changePoints.count == 1)
    #expect(picture.all(class: "change").count == 1)
    #expect(picture.all(class: "event").count == 1)
    #expect(picture.all(class: "limit").count == 1)
    let start = page.analysis.previous.first
    let days = Double(page.analysis.window.last - start)
    let day = try #require(section.changePoints.first).day - start
    let axis = try #require(picture.all(class: "limit").first)
    let (left, right) = (try axis.number("x1"), try axis.number("x2"))
    let change = try #require(picture.all(class: "change").first)
    #expect(try abs(change.number("x1") - left - (right - left) * Double(day) / days) < 0.02)
  }

  @Test func aGapBreaksTheLine() throws {
    let picture = try document(.usual).picture("CTR by day")
    #expect(picture.all(class: "curve").count == 2)
    #expect(try document(.troubled).picture("CTR by day").all(class: "curve").count == 1)
  }

  @Test func partsStandBesideEachOther() throws {
    let table = try #require(try document(.usual).table("Variants: CTR"))
    #expect(
      table.dropFirst().map { "\($0[0]) \($0[1])" }.sorted() == [
        "A search", "A social", "B search", "B social",
      ])
    #expect(try document(.usual).table("Channels: CTR")?.count == 3)
    #expect(try document(.usual).table("Segments: CTR") == nil)
  }
}
