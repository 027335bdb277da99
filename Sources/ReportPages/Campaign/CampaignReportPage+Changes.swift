import Marketing

extension CampaignReportPage {
  /// How the campaign stands to the rules.
  var rules: PageSection {
    guard !findings.isEmpty else {
      return PageSection(
        id: "rules", title: "Rules",
        paragraphs: ["No window was held against a rule, or no rule is broken."])
    }
    return PageSection(
      id: "rules", title: "Rules",
      paragraphs: [
        "A rule is broken where even the value in the campaign's favour that is just credible, one-sided "
          + "with 95\u{A0}%, breaks its threshold."
      ],
      tables: [
        ReportTable(
          caption: "Rules by window",
          columns: [
            .words("Rule"), .words("Channel"), .words("Days"), .numbers("Measured"),
            .numbers("Just credible"), .numbers("Threshold"), .words("Status"),
          ],
          rows: findings.map { finding in
            func value(_ number: Double) -> String {
              CampaignWords.value(number, finding.measure, currency: currency)
            }
            return [
              CampaignWords.name(finding.measure), finding.channel ?? "all",
              finding.window.description, value(finding.estimate), value(finding.bound),
              value(finding.threshold), finding.isBroken ? "broken" : "not broken",
            ]
          })
      ])
  }

  /// What was proposed, applied and measured.
  var changes: PageSection {
    var section = PageSection(id: "changes", title: "Changes")
    section.paragraphs =
      optimizations.isEmpty
      ? ["Nothing was proposed."]
      : applied.isEmpty
        ? ["Nothing was applied yet."]
        : ["The letters mark in the pictures when a change was applied."]
    if !optimizations.isEmpty { section.tables += optimizationTables }
    section.tables.append(controlTable)
    section.items = optimizations.flatMap(sentences)
    return section
  }

  private func label(_ optimization: Optimization) -> String {
    applied.first { $0.optimization.id == optimization.id }?.label ?? ""
  }

  private var optimizationTables: [ReportTable] {
    let proposed = ReportTable(
      caption: "Changes that were proposed",
      columns: [
        .words("Change"), .words("Letter"), .words("State"), .words("What"), .words("Risk"),
        .words("How it is undone"),
      ],
      rows: optimizations.map { optimization in
        [
          optimization.kind.words, label(optimization), state(optimization),
          optimization.changes.map(\.words).joined(separator: "; "),
          optimization.risk.level.rawValue, optimization.undo,
        ]
      })
    let effects = ReportTable(
      caption: "What they were expected to do, and did",
      columns: [
        .words("Change"), .words("Measure"), .numbers("Expected"), .numbers("From"),
        .numbers("To"), .numbers("Measured"), .numbers("From"), .numbers("To"),
        .words("Verdict"),
      ],
      rows: optimizations.map { optimization in
        let (expected, measured) = (optimization.expected, optimization.measurement)
        let measure = measured?.measure ?? expected?.measure
        return [
          "\(optimization.kind.words) \(label(optimization))",
          measure.map(CampaignWords.name) ?? NumberText.missing,
          ExperimentWords.lift(expected?.estimate), ExperimentWords.lift(expected?.low),
          ExperimentWords.lift(expected?.high), ExperimentWords.lift(measured?.effect),
          ExperimentWords.lift(measured?.low), ExperimentWords.lift(measured?.high),
          measured.map { CampaignWords.name($0.verdict) } ?? "not measured",
        ]
      })
    return [proposed, effects]
  }

  private func state(_ optimization: Optimization) -> String {
    let day = (optimization.revertedAt ?? optimization.appliedAt ?? optimization.createdAt)
    return "\(optimization.state.rawValue) \(CalendarDay(day))"
  }

  /// What speaks for a change and against it, in its own words.
  private func sentences(_ optimization: Optimization) -> [String] {
    let name = "\(optimization.kind.words) of \(CalendarDay(optimization.createdAt))"
    var text = optimization.evidence.map { ModelWords.isolated($0.words) }
    if let expected = optimization.expected { text.append(ModelWords.isolated(expected.words)) }
    text.append(ModelWords.isolated(optimization.risk.words))
    text += optimization.conflicts.map(ModelWords.isolated)
    if let measurement = optimization.measurement {
      text.append(ModelWords.isolated(measurement.words))
    }
    if let reason = optimization.revertReason {
      text.append("It was \(optimization.state.rawValue): \(ModelWords.isolated(reason))")
    }
    let first = name.prefix(1).uppercased() + name.dropFirst()
    return ["\(first): \(text.joined(separator: " "))"]
  }

  private var controlTable: ReportTable {
    let values = controls.values.sorted { $0.key.description < $1.key.description }
    return ReportTable(
      caption: "What it is set to, revision \(NumberText.count(controls.revision))",
      columns: [.words("Control"), .words("Value")],
      rows: values.isEmpty
        ? [["Nothing has been set", NumberText.missing]]
        : values.map { [$0.key.words, $0.value.words] })
  }

  /// How much is known of the days.
  var data: PageSection {
    let coverage = analysis.coverage
    let length = coverage.window.length
    var items = analysis.notes
    for section in analysis.sections {
      if let missing = section.missing {
        items.append("\(CampaignWords.name(section.measure)): \(missing)")
      }
    }
    var paragraphs = [
      "\(NumberText.count(coverage.daysWithFigures)) of \(NumberText.count(length)) days have figures; "
        + "\(NumberText.count(coverage.missingDays)) days between them have none, and of "
        + "\(NumberText.count(coverage.daysWithoutCost)) the cost is not known."
    ]
    if coverage.countedDays > 0 {
      paragraphs.append(
        "\(NumberText.count(coverage.countedDays)) days are counted here, wholly or in part, rather than "
          + "reported.")
    }
    return PageSection(
      id: "data", title: "The data", paragraphs: paragraphs, items: items)
  }

  /// How everything was computed, with its sources.
  var methods: PageSection {
    PageSection(
      id: "methods", title: "How it was computed",
      items: [
        "Shares have Wilson's score interval (Wilson 1927); what clicks, leads and conversions cost is the "
          + "spend divided by the exact bounds of a Poisson mean; ROAS puts the error of the count and of "
          + "the mean worth together on the logarithmic scale (Donner, Zou 2012).",
        "Changes of level are found by binary segmentation with the Poisson likelihood ratio (Scott, Knott "
          + "1974), divided by how much more neighbouring days differ than chance allows.",
        "Trends are slopes of the logarithm by weighted least squares with robust errors.",
        "Among siblings every value is drawn to their mean as far as it is uncertain (Efron, Morris 1973).",
        "Variants and segments are compared within their channels (Mantel, Haenszel 1959), all of them "
          + "allowed for (Holm 1979).",
        "Rules fire on one-sided 95\u{A0}% bounds with enough volume: chance alone breaks the raw figures of "
          + "every third day.",
        "The forecast is a damped trend with weekdays, and holds if nothing is changed.",
      ])
  }
}
