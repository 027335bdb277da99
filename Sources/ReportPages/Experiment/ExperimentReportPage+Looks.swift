import Marketing

extension ExperimentReportPage {
  /// The primary metric at every look; `nil` where there are no planned looks.
  var looks: PageSection? {
    guard !analysis.sequential.isEmpty else { return nil }
    let name = ExperimentWords.name(experiment.primaryMetric)
    var section = PageSection(
      id: "looks", title: "Looking early",
      paragraphs: [
        "\(name) decides as soon as the statistic z reaches the boundary at a planned look. Looks between "
          + "do not count."
      ])
    for (index, test) in analysis.sequential.enumerated() {
      let chart = BoundaryChart(test: test, isMoreBetter: experiment.primaryMetric.isMoreBetter)
      section.add(chart.picture(id: "look-\(index)"), orAlone: table(test))
    }
    return section
  }

  private func table(_ test: SequentialTest) -> ReportTable {
    ReportTable(
      caption: "Looks at \(ModelWords.named(test.variant)), alpha "
        + NumberText.setting(test.alpha),
      columns: [
        .numbers("Look"), .numbers("Day"), .numbers("Information"), .numbers("z"),
        .numbers("Boundary"), .numbers("Alpha used"), .words("State"),
      ],
      rows: test.looks.map { look in
        [
          NumberText.count(look.number), NumberText.count(look.day),
          NumberText.percent(look.fraction), BoundaryChart.number(look.z),
          BoundaryChart.number(look.boundary), ExperimentWords.chance(look.spent),
          look.number == test.crossedAt ? "crossed" : look.number <= test.made ? "made" : "ahead",
        ]
      }, marked: test.crossedAt.map { $0 - 1 })
  }

  /// What is believed by Bayes; `nil` where nothing can be.
  var beliefs: PageSection? {
    let rows = analysis.metrics.filter { $0.role != .guardrail }.flatMap { metric in
      metric.comparisons.compactMap { comparison in
        comparison.bayesian.map { belief in
          [
            ModelWords.named(comparison.variant), ExperimentWords.name(metric.metric),
            NumberText.percent(belief.chanceToWin), NumberText.percent(belief.chanceToBeBest),
            metric.metric.isBinary
              ? "\(NumberText.significant(belief.expectedLoss * 100))\u{A0}pp"
              : ExperimentWords.value(belief.expectedLoss, metric),
          ]
        }
      }
    }
    guard !rows.isEmpty, analysis.sufficiency.status != .none else { return nil }
    let warning =
      experiment.kind == .bandit
      ? ""
      : " These chances do not say when to stop: looked at daily until one reaches 95\u{A0}%, they are "
        + "wrong far more often than in 5 of 100 tests."
    return PageSection(
      id: "beliefs", title: "What to believe",
      paragraphs: [
        "The expected loss is what is lost on average by choosing the variant where another is the best."
          + warning
      ],
      tables: [
        ReportTable(
          caption: "Chances by Bayes",
          columns: [
            .words("Variant"), .words("Metric"), .numbers("Better than the control"),
            .numbers("Best of all"), .numbers("Expected loss"),
          ], rows: rows)
      ])
  }
}
