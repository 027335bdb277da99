import Marketing

extension ExperimentReportPage {
  /// What each metric is in each variant, and how far from the control.
  var effects: PageSection {
    var section = PageSection(
      id: "effects", title: "What it does",
      paragraphs: [
        "Thick: the interval for one look at the horizon"
          + (isFixedValid ? ", which is reached." : ", which is not reached: not to be used yet.")
          + " Thin: the interval that holds at any look\(together). Where it leaves out 0, there is a "
          + "difference, whenever that is seen."
      ])
    if experiment.kind == .bandit {
      section.paragraphs = [
        "The shares of a bandit follow the results: no interval of it holds at any look, and those drawn "
          + "are rough."
      ]
    }
    if analysis.metrics.allSatisfy({ $0.comparisons.isEmpty }) {
      section.paragraphs = ["No variants are compared: the ratio of their units is not as planned."]
    }
    section.tables.append(armTable)
    var unvaried: [String] = []
    for (index, metric) in analysis.metrics.enumerated() where !metric.comparisons.isEmpty {
      let picture = differences(metric, id: "difference-\(index)")
      section.add(picture, table(metric))
      if picture == nil { unvaried.append(ExperimentWords.name(metric.metric)) }
    }
    if !unvaried.isEmpty {
      section.paragraphs.append(
        "Nothing varies yet, so there is nothing to compare: \(unvaried.joined(separator: ", ")).")
    }
    section.add(lifts, liftTable)
    if let adjustedTable { section.tables.append(adjustedTable) }
    return section
  }

  private var together: String {
    experiment.variants.count > 2 ? ", for all variants together" : ""
  }

  private var armTable: ReportTable {
    ReportTable(
      caption: "Metrics by variant",
      columns: [
        .words("Metric"), .words("Variant"), .numbers("Units"), .numbers("Showed it"),
        .numbers("Value"), .numbers("From"), .numbers("To"),
      ],
      rows: analysis.metrics.flatMap { metric in
        metric.arms.map { arm in
          [
            "\(ExperimentWords.name(metric.metric)) (\(ExperimentWords.name(metric.role)))",
            ModelWords.named(arm.variant), NumberText.count(arm.units),
            arm.successes.map(NumberText.count) ?? NumberText.missing,
            ExperimentWords.value(arm.value, metric), ExperimentWords.value(arm.low, metric),
            ExperimentWords.value(arm.high, metric),
          ]
        }
      })
  }

  private func differences(_ metric: MetricAnalysis, id: String) -> Picture? {
    // Rates are drawn in per cent, so that their differences are points.
    let rows = metric.comparisons.filter { $0.fixed != nil }.map { comparison in
      IntervalPlot.Row(
        name: ModelWords.named(comparison.variant),
        detail: comparison.alwaysValid.map { "any-look p \(ExperimentWords.chance($0.p))" } ?? "",
        value: comparison.difference,
        label: ExperimentWords.difference(
          comparison.difference, metric.metric, currency: metric.currency),
        inner: comparison.fixed.map { .init(low: $0.low, high: $0.high) },
        outer: comparison.alwaysValid.map { .init(low: $0.low, high: $0.high) })
    }
    let unit = metric.currency.map { " in \($0)" } ?? ""
    let side =
      metric.metric.isMoreBetter ? "right of 0 is better" : "right of 0 is worse"
    let plot = IntervalPlot(
      rows: rows, reference: 0, axis: "Difference to the control\(unit), \(side)",
      unit: metric.metric.isBinary ? .percent : .number)
    let title = "\(ExperimentWords.name(metric.metric)): difference to the control"
    return plot.picture(id: id, title: title, summary: summary(metric))
  }

  private func summary(_ metric: MetricAnalysis) -> String {
    metric.comparisons.map { comparison in
      let difference = ExperimentWords.difference(
        comparison.difference, metric.metric, currency: metric.currency)
      let name = ModelWords.isolated(comparison.variant)
      guard let valid = comparison.alwaysValid else { return "\(name): \(difference)." }
      let (low, high) = (valid.low, valid.high)
      let verdict =
        low > 0 || high < 0 ? "leaves out 0 at any look" : "holds 0 at any look"
      return "\(name): \(difference), whose interval \(verdict)."
    }.joined(separator: " ")
  }

  private func table(_ metric: MetricAnalysis) -> ReportTable {
    func text(_ value: Double?) -> String {
      ExperimentWords.difference(value, metric.metric, currency: metric.currency)
    }
    return ReportTable(
      caption: "\(ExperimentWords.name(metric.metric)): variant minus control",
      columns: [
        .words("Variant"), .numbers("Difference"), .numbers("Fixed from"), .numbers("to"),
        .numbers("z"), .numbers("p"), .numbers("p corrected"), .numbers("Any look from"),
        .numbers("to"), .numbers("p any look"),
      ],
      rows: metric.comparisons.map { comparison in
        let (fixed, valid) = (comparison.fixed, comparison.alwaysValid)
        return [
          ModelWords.named(comparison.variant), text(comparison.difference), text(fixed?.low),
          text(fixed?.high), BoundaryChart.number(fixed?.z), ExperimentWords.chance(fixed?.p),
          ExperimentWords.chance(fixed?.adjustedP), text(valid?.low), text(valid?.high),
          ExperimentWords.chance(valid?.p),
        ]
      })
  }

  /// What is left after what was known before is taken out; `nil` where nothing was known.
  private var adjustedTable: ReportTable? {
    let rows = analysis.metrics.flatMap { metric in
      metric.comparisons.compactMap { comparison in
        comparison.adjusted.map { adjusted in
          let numbers = [adjusted.difference, adjusted.low, adjusted.high].map {
            ExperimentWords.difference($0, metric.metric, currency: metric.currency)
          }
          return [ModelWords.named(comparison.variant), ExperimentWords.name(metric.metric)]
            + numbers
            + [
              ExperimentWords.chance(adjusted.p), NumberText.percent(adjusted.varianceReduction),
            ]
        }
      }
    }
    guard !rows.isEmpty else { return nil }
    return ReportTable(
      caption: "Differences after what was known before is taken out",
      columns: [
        .words("Variant"), .words("Metric"), .numbers("Difference"), .numbers("From"),
        .numbers("To"), .numbers("p"), .numbers("Less variance"),
      ], rows: rows)
  }

  private var comparisons: [(metric: MetricAnalysis, comparison: MetricAnalysis.Comparison)] {
    analysis.metrics.flatMap { metric in metric.comparisons.map { (metric, $0) } }
      .filter { $0.comparison.lift != nil }
  }

  private var lifts: Picture? {
    // What is rare changes by so much that the others could not be told apart beside it.
    let rows = comparisons.filter { $0.metric.role != .guardrail }.map { metric, comparison in
      IntervalPlot.Row(
        name: ModelWords.named(comparison.variant), detail: ExperimentWords.name(metric.metric),
        value: comparison.lift, label: ExperimentWords.lift(comparison.lift),
        inner: comparison.liftLow.map { .init(low: $0, high: comparison.liftHigh) })
    }
    let plot = IntervalPlot(
      rows: rows, reference: 0, axis: "Change relative to the control", unit: .percent)
    return plot.picture(
      id: "lift", title: "Lift",
      summary:
        "By what share each metric differs from the control, with the interval for one look; guarded "
        + "ones are in the table."
    )
  }

  private var liftTable: ReportTable {
    ReportTable(
      caption: "Lift over the control",
      columns: [
        .words("Variant"), .words("Metric"), .numbers("Lift"), .numbers("From"), .numbers("To"),
      ],
      rows: comparisons.map { metric, comparison in
        [
          ModelWords.named(comparison.variant), ExperimentWords.name(metric.metric),
          ExperimentWords.lift(comparison.lift), ExperimentWords.lift(comparison.liftLow),
          ExperimentWords.lift(comparison.liftHigh),
        ]
      })
  }
}
