import Marketing
import ReportPages
import Testing

/// Names come from files that anyone may have written.
@Suite struct PageEscapingTests {
  @Test(arguments: SampleModels.hostileNames)
  func aNameIsReadBackAsItWas(name: String) throws {
    let document = try PageDocument(
      "<p title=\"\(Markup(escaping: name).text)\">\(Markup(escaping: name).text)</p>")
    let expected = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
    #expect(document.root.children[0].text == expected)
    #expect(document.root.children[0].attributes == ["title": expected])
  }

  @Test(arguments: SampleModels.hostileNames)
  func everyPlaceOfANameIsEscaped(name: String) throws {
    var page = SamplePage.usual.page
    let plain = try PageDocument(page.html()).root.descendants.map(\.name)
    page.model.id = ScoringModelID(rawValue: name)
    page.model.name = name
    page.model.createdBy = name
    page.model.digest = name
    page.model.report.target = name
    page.model.report.positive = name
    page.model.report.warnings[0] = name
    page.model.report.skipped = ["the target is empty": 3, name: 2]
    page.model.report.validation.timeColumn = name
    page.model.report.validation.judgedFrom = name
    page.model.report.validation.method = .outOfTime
    page.model.report.candidates[0].parameters = [name: 1]
    page.model.report.candidates[3].problem = name
    page.model.report.importance[0].field = name
    page.model.report.columns[0].name = name
    page.model.report.columns[0].field = name
    page.model.report.columns[1].reason = name
    page.model.report.columns[13].name = name
    page.drift?.fields[0].field = name
    page.shadows[0].model = name
    #expect(try PageDocument(page.html()).root.descendants.map(\.name) == plain)
  }

  @Test(arguments: SampleModels.hostileNames.filter { !$0.isEmpty })
  func everyPlaceOfAnExperimentsNameIsEscaped(name: String) throws {
    for sample in [SampleExperiment.shipped, .several] {
      let plain = try PageDocument(sample.page().html()).root.descendants.map(\.name)
      // The variant's is not the control's, and the segments' stay in their order.
      let page = try sample.page(name: name, variant: name, segment: "A" + name)
      #expect(try PageDocument(page.html()).root.descendants.map(\.name) == plain)
    }
  }

  @Test(arguments: SampleModels.hostileNames.filter { !$0.isEmpty })
  func everyPlaceOfACampaignsNameIsEscaped(name: String) throws {
    let sample = SampleCampaign.troubled
    let plain = try PageDocument(sample.page().html()).root.descendants.map(\.name)
    let page = try sample.page(name: name, part: name)
    #expect(try PageDocument(page.html()).root.descendants.map(\.name) == plain)
  }

  @Test func aMarkBehindAQuotationMarkDoesNotHideIt() {
    let text = Markup(escaping: "\"\u{0301}<\u{0338}'\u{20DD}&\u{FE0F}>\u{0301}").text
    for scalar in text.unicodeScalars { #expect(!["\"", "<", "'", ">"].contains(scalar)) }
  }

  @Test func namesAreNotFilledInAgain() throws {
    var page = SamplePage.usual.page
    page.model.createdBy = "{{digest}} {{{style}}}"
    #expect(try page.html().contains("by <bdi>{{digest}} {{{style}}}</bdi>"))
  }
}
