import Marketing

extension CampaignReportPage {
  private static let key: [CampaignMeasure] = [.ctr, .cpl, .roas, .conversionsPerClick]

  /// What there is to do, and the rates that matter.
  var summary: PageSection {
    let broken = findings.filter(\.isBroken)
    let rules = Set(broken.map(\.rule.rawValue))
    let open = optimizations.count { $0.state == .proposed }
    var paragraphs: [String]
    switch rules.count {
    case 0:
      paragraphs = [
        findings.isEmpty
          ? "No rule says that it needs a change." : "No rule is broken beyond doubt."
      ]
    case 1: paragraphs = ["It needs a change: one rule is broken beyond doubt."]
    default:
      paragraphs = [
        "It needs somebody to look at it: \(NumberText.count(rules.count)) rules are broken beyond doubt."
      ]
    }
    if open > 0 {
      paragraphs.append(
        open == 1
          ? "One change is proposed; see below."
          : "\(NumberText.count(open)) changes are proposed; see below.")
    }
    let measures = Self.key.map { measure in
      let reading = section(measure)?.now
      let rate = reading?.rate
      return PageMeasure(
        name: CampaignWords.name(measure),
        value: CampaignWords.value(rate?.value, measure, currency: currency),
        meaning: rate.map {
          "\(CampaignWords.meaning(measure)); \(CampaignWords.range($0, measure, currency: currency))"
        } ?? reading?.reason ?? "It was not measured.")
    }
    return PageSection(
      id: "summary", title: "What follows", isMain: true, paragraphs: paragraphs,
      measures: measures, items: broken.map { $0.words(currency: currency) })
  }

  /// The rates against their thresholds, the days before and the siblings.
  var rates: PageSection {
    var section = PageSection(
      id: "rates", title: "How it does",
      paragraphs: [
        "The days \(analysis.window) beside those before, \(analysis.previous). Ranges hold the truth with "
          + "90\u{A0}%, each end with 95\u{A0}%."
      ])
    for measure in Self.key {
      guard let known = self.section(measure) else { continue }
      section.add(picture(known), table(known))
    }
    section.tables.append(allRates)
    return section
  }

  private func picture(_ section: CampaignAnalysis.Section) -> Picture? {
    let measure = section.measure
    guard section.now.rate != nil else { return nil }
    let threshold = threshold(measure)
    func row(_ name: String, _ detail: String, _ reading: RateReading) -> IntervalPlot.Row {
      let rate = reading.rate
      return IntervalPlot.Row(
        name: name, detail: detail, value: rate?.value,
        label: rate.map { CampaignWords.value($0.value, measure, currency: currency) }
          ?? "not known", outer: rate.map { .init(low: $0.low, high: $0.high) }, limit: threshold)
    }
    var rows = [
      row("now", "\(analysis.window.length) days", section.now),
      row("before", "\(analysis.previous.length) days", section.before),
    ]
    if let standing = section.standing {
      rows.append(
        IntervalPlot.Row(
          name: "siblings", detail: "\(standing.siblings) campaigns", value: standing.benchmark,
          label: CampaignWords.value(standing.benchmark, measure, currency: currency)))
    }
    let side = measure.isBetterHigher ? "more is better" : "less is better"
    let unit = measure.isMoney ? currency.map { " in \($0)" } ?? "" : ""
    let plot = IntervalPlot(
      rows: rows, axis: "\(CampaignWords.name(measure))\(unit), \(side)",
      unit: measure.isShare ? .percent : .number)
    return plot.picture(
      id: "rate-\(measure.rawValue)", title: CampaignWords.name(measure), summary: words(section))
  }

  private func words(_ section: CampaignAnalysis.Section) -> String {
    let measure = section.measure
    var text = ""
    if let rate = section.now.rate {
      text = "\(CampaignWords.value(rate.value, measure, currency: currency)), "
      text += "\(CampaignWords.range(rate, measure, currency: currency))."
    }
    if let change = section.change {
      let isSure = change.low > 0 || change.high < 0
      text +=
        " \(ExperimentWords.lift(change.share)) on the days before"
        + (isSure ? "." : ", which may be chance.")
    }
    if let threshold = threshold(measure) {
      text +=
        " The strokes are the threshold, "
        + "\(CampaignWords.value(threshold, measure, currency: currency))."
    }
    return text
  }

  private func table(_ section: CampaignAnalysis.Section) -> ReportTable {
    let measure = section.measure
    func value(_ number: Double?) -> String {
      CampaignWords.value(number, measure, currency: currency)
    }
    var rows = [("Now", section.now), ("Before", section.before)].map { name, reading in
      [name, value(reading.rate?.value), value(reading.rate?.low), value(reading.rate?.high)]
    }
    if let standing = section.standing {
      let missing = NumberText.missing
      rows.append(["Siblings", value(standing.benchmark), missing, missing])
      rows.append(["Drawn to the siblings", value(standing.shrunken), missing, missing])
    }
    if let threshold = threshold(measure) {
      rows.append(["Threshold", value(threshold), NumberText.missing, NumberText.missing])
    }
    return ReportTable(
      caption: "\(CampaignWords.name(measure)): \(CampaignWords.meaning(measure))",
      columns: [.words("When"), .numbers("Value"), .numbers("From"), .numbers("To")], rows: rows)
  }

  private var allRates: ReportTable {
    ReportTable(
      caption: "All rates; a ? marks a change that may be chance",
      columns: [
        .words("Rate"), .numbers("Now"), .numbers("From"), .numbers("To"), .numbers("Change"),
        .numbers("A day"), .numbers("Better than"), .words("Note"),
      ],
      rows: analysis.sections.map { section in
        let (measure, rate) = (section.measure, section.now.rate)
        return [
          CampaignWords.name(measure),
          CampaignWords.value(rate?.value, measure, currency: currency),
          CampaignWords.value(rate?.low, measure, currency: currency),
          CampaignWords.value(rate?.high, measure, currency: currency),
          section.change.map { doubted($0.share, $0.low, $0.high) } ?? NumberText.missing,
          section.trend.map { doubted($0.perDay, $0.low, $0.high) } ?? NumberText.missing,
          section.standing.map { "\(NumberText.percent($0.betterThan)) of \($0.siblings)" }
            ?? NumberText.missing,
          section.missing ?? "",
        ]
      })
  }

  /// A change, with a question mark where its interval holds 0.
  private func doubted(_ share: Double, _ low: Double, _ high: Double) -> String {
    ExperimentWords.lift(share) + (low > 0 || high < 0 ? "" : "\u{A0}?")
  }
}
