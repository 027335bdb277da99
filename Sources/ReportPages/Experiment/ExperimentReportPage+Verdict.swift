import Marketing

extension ExperimentReportPage {
  /// What follows, and by which rule.
  var verdict: PageSection {
    let verdict = analysis.verdict
    var decision = ExperimentWords.name(verdict.decision)
    if let winner = verdict.winner { decision += ": \(ModelWords.isolated(winner))" }
    // Some texts begin with the rule themselves.
    let isNamed = verdict.text.hasPrefix(verdict.rule)
    let rule = isNamed ? "" : "By the rule \u{201C}\(verdict.rule)\u{201D}: "
    var paragraphs = ["\(decision).", rule + verdict.text]
    if let stop = experiment.stop {
      let winner = stop.winner.map { " (\(ModelWords.isolated($0)))" } ?? ""
      paragraphs.append(
        "It was ended: \(ExperimentWords.name(stop.decision))\(winner). The reason given: "
          + "\(ModelWords.isolated(stop.reason))")
    }
    return PageSection(
      id: "verdict", title: "What follows", isMain: true, paragraphs: paragraphs,
      measures: measures)
  }

  private var measures: [PageMeasure] {
    let sufficiency = analysis.sufficiency
    let units = analysis.allocations.reduce(0.0) { $0 + Double($1.units) }
    var measures = [
      PageMeasure(
        name: "Units", value: NumberText.decimals(units, 0),
        meaning: sufficiency.unitsPerArm.map {
          "in \(analysis.allocations.count) variants; \(NumberText.count($0)) planned for each"
        } ?? "in \(analysis.allocations.count) variants"),
      PageMeasure(
        name: "Days", value: NumberText.count(sufficiency.daysElapsed),
        meaning: "of \(NumberText.count(experiment.design.horizonDays)); "
          + "\(NumberText.count(sufficiency.daysLeft)) to the horizon"),
    ]
    if let fraction = sufficiency.fraction {
      measures.append(
        PageMeasure(
          name: "Information", value: NumberText.percent(fraction),
          meaning: "of what was planned, for the variant that has least"))
    }
    if units > 0, let best, let belief = best.bayesian {
      measures.append(
        PageMeasure(
          name: "Lift", value: ExperimentWords.lift(best.lift),
          meaning: "of \(ModelWords.isolated(best.variant)) over the control, measured so far"))
      measures.append(
        PageMeasure(
          name: "Chance to win", value: NumberText.percent(belief.chanceToWin),
          meaning: "of \(ModelWords.isolated(best.variant)) against the control; no rule to stop by"
        ))
    }
    return measures
  }

  /// The variant that is the likeliest to be the best.
  private var best: MetricAnalysis.Comparison? {
    primary?.comparisons.filter { $0.bayesian != nil }.max {
      ($0.bayesian?.chanceToBeBest ?? 0) < ($1.bayesian?.chanceToBeBest ?? 0)
    }
  }

  /// What was planned before it began.
  var plan: PageSection {
    let design = experiment.design
    var rows = [
      ["Unit", experiment.unit],
      ["Variants", variants],
      ["Decides", ExperimentWords.name(experiment.primaryMetric)],
      ["Told beside it", names(experiment.secondaryMetrics)],
      ["Guarded", names(experiment.guardrails.map(\.metric))],
      ["Smallest effect worth finding", ExperimentWords.lift(design.minimumEffect)],
      ["Chance of a false positive", NumberText.percent(design.alpha)],
      ["Chance to find the effect", NumberText.percent(design.power)],
      [
        "Units of each variant",
        design.unitsPerArm.map(NumberText.count) ?? "not planned",
      ],
      [
        "Horizon",
        "\(NumberText.count(design.horizonDays)) days, to \(experiment.horizon.iso8601.prefix(10))",
      ],
      [
        "Looks",
        "\(NumberText.count(design.plannedLooks)), "
          + (design.daysPerLook == 1
            ? "daily" : "every \(NumberText.count(design.daysPerLook)) days"),
      ],
      ["Correction", experiment.correction.title],
    ]
    if let rate = design.baselineRate {
      rows.append(["Expected rate", ExperimentWords.rate(rate)])
    }
    if let mean = design.baselineMean {
      let currency = experiment.currency
      rows.append([
        "Expected mean",
        ExperimentWords.amount(mean, experiment.primaryMetric, currency: currency),
      ])
    }
    if let days = design.expectedDays {
      rows.append(["Days at the expected traffic", NumberText.count(days)])
    }
    if experiment.kind == .bandit {
      rows.append(["Least share of a variant", NumberText.percent(experiment.banditFloor)])
    }
    return PageSection(
      id: "plan", title: "The plan", paragraphs: progress,
      tables: [
        ReportTable(
          caption: "What was planned", columns: [.words("What"), .words("Plan")], rows: rows)
      ])
  }

  /// How far the data have come on the plan.
  private var progress: [String] {
    var paragraphs = [ExperimentWords.name(analysis.sufficiency.status)]
    let isShort = [.collecting, .tooFew].contains(analysis.sufficiency.status)
    if experiment.state == .running, isShort {
      paragraphs[0] +=
        " At the pace so far it takes \(NumberText.count(analysis.sufficiency.expectedDaysLeft)) days more."
    }
    if experiment.design.isHorizonTooShort {
      paragraphs.append("The expected traffic does not bring the units before the horizon.")
    }
    return paragraphs
  }

  private var variants: String {
    experiment.variants.map {
      ModelWords.isolated($0.name) + ($0.isControl ? " (control)" : "")
    }.joined(separator: ", ")
  }

  private func names(_ metrics: [ExperimentMetric]) -> String {
    metrics.isEmpty ? "nothing" : metrics.map(ExperimentWords.name).joined(separator: ", ")
  }
}
