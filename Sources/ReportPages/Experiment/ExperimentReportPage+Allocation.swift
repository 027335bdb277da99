import Marketing

extension ExperimentReportPage {
  /// How units are divided, and whether as planned.
  var allocation: PageSection {
    var section = PageSection(
      id: "allocation", title: "Who got what", paragraphs: [ratioSentence])
    let rows = analysis.allocations.map {
      ShareChart.Row(
        name: ModelWords.named($0.variant), share: $0.share,
        planned: planned($0),
        label: NumberText.percent($0.share))
    }
    let picture = ShareChart(rows: rows).picture(
      id: "shares", title: "Units by variant", summary: shareSummary)
    section.add(picture, orAlone: shareTable)
    if let shares = analysis.nextShares { addNext(shares, to: &section) }
    return section
  }

  /// The share that a variant is to have; `nil` in a bandit, and where it was taken out.
  private func planned(_ allocation: ExperimentAnalysis.Allocation) -> Double? {
    experiment.kind == .test && !allocation.isSwitchedOff ? allocation.plannedShare : nil
  }

  private var ratioSentence: String {
    guard let ratio = analysis.ratioCheck else {
      return experiment.kind == .bandit
        ? "The shares of a bandit follow the results, so their ratio is not checked."
        : "There are no units of two variants whose ratio could be checked."
    }
    let numbers =
      "χ² \(NumberText.decimals(ratio.chiSquare, 2)), p \(ExperimentWords.chance(ratio.p))"
    return ratio.isMismatch
      ? "The units are not split as planned (\(numbers), below 0.001): something loses units of one "
        + "variant, and nothing is concluded."
      : "The units are split as planned, as far as can be told (\(numbers); below 0.001 nothing would be "
        + "concluded)."
  }

  private var shareSummary: String {
    let parts = analysis.allocations.map {
      "\(ModelWords.isolated($0.variant)) has \(NumberText.percent($0.share))"
    }
    let strokes =
      experiment.switchedOff.isEmpty
      ? " The strokes are the planned shares."
      : " The strokes are the planned shares among the variants that are left."
    return parts.joined(separator: ", ") + "." + (experiment.kind == .test ? strokes : "")
  }

  private var shareTable: ReportTable {
    ReportTable(
      caption: "Units by variant",
      columns: [
        .words("Variant"), .numbers("Units"), .numbers("Share"), .numbers("Planned"),
        .words("Note"),
      ],
      rows: analysis.allocations.map {
        [
          ModelWords.named($0.variant), NumberText.count($0.units), NumberText.percent($0.share),
          planned($0).map(NumberText.percent) ?? NumberText.missing,
          $0.isSwitchedOff ? "taken out" : $0.isControl ? "control" : "",
        ]
      })
  }

  private func addNext(_ shares: [String: Double], to section: inout PageSection) {
    // In the experiment's order, for a dictionary has none.
    let known = experiment.variants.compactMap { variant in
      shares[variant.name].map { (name: ModelWords.named(variant.name), share: $0) }
    }
    let table = ReportTable(
      caption: "Shares of the next units", columns: [.words("Variant"), .numbers("Share")],
      rows: known.map { [$0.name, NumberText.percent($0.share)] })
    let summary =
      "Each variant gets at least \(NumberText.percent(experiment.banditFloor)), the rest by its chance to "
      + "be the best."
    let rows = known.map {
      ShareChart.Row(name: $0.name, share: $0.share, label: NumberText.percent($0.share))
    }
    section.add(
      ShareChart(rows: rows).picture(
        id: "next-shares", title: "Shares of the next units", summary: summary), table)
  }

  /// The variants that were taken out; `nil` when none was.
  var switchedOff: PageSection? {
    guard !experiment.switchedOff.isEmpty || !analysis.toStop.isEmpty else { return nil }
    var items = experiment.switchedOff.map { variant in
      let why =
        variant.guardrail.map { "for \(ExperimentWords.name($0).lowercased()), a guardrail" }
        ?? "by decision"
      return "\(ModelWords.isolated(variant.variant)) was taken out on "
        + "\(ModelWords.moment(variant.at)) \(why): \(ModelWords.isolated(variant.reason))"
    }
    items += analysis.toStop.map {
      "\(ModelWords.isolated($0)) breaks a guardrail and is to be taken out."
    }
    return PageSection(id: "switched-off", title: "What was taken out", items: items)
  }
}
