import Marketing

extension ExperimentReportPage {
  /// How the variants stand to the guardrails.
  var guardrails: PageSection {
    guard !analysis.guardrails.isEmpty else {
      return PageSection(
        id: "guardrails", title: "Guardrails", paragraphs: ["Nothing is guarded."])
    }
    let broken = analysis.guardrails.count { $0.status == .broken }
    let verdict =
      broken > 0
      ? "Of \(NumberText.count(analysis.guardrails.count)) checks \(NumberText.count(broken)) "
        + (broken == 1 ? "is broken." : "are broken.")
      : "None of \(NumberText.count(analysis.guardrails.count)) checks is broken."
    let unknown = analysis.guardrails.count { $0.status == .unknown }
    let unsaid =
      unknown > 0
      ? " Of \(NumberText.count(unknown)) nothing is known: nothing or too little is counted." : ""
    return PageSection(
      id: "guardrails", title: "Guardrails",
      paragraphs: [
        "\(verdict)\(unsaid) A check is broken when the variant is certainly worse than allowed, at any "
          + "look."
      ], tables: [guardrailTable])
  }

  private var guardrailTable: ReportTable {
    ReportTable(
      caption: "Guardrails: how much worse than the control",
      columns: [
        .words("Metric"), .words("Variant"), .numbers("Worse by"), .numbers("Surely by"),
        .numbers("Allowed"), .numbers("Rate surely"), .numbers("Limit"), .words("Status"),
      ],
      rows: analysis.guardrails.map { finding in
        func text(_ value: Double?) -> String {
          ExperimentWords.difference(value, finding.metric, currency: experiment.currency)
        }
        return [
          ExperimentWords.name(finding.metric), ModelWords.named(finding.variant),
          text(finding.excess), text(finding.excessLow), text(finding.margin),
          finding.rateLow.map { ExperimentWords.rate(max(0, $0)) } ?? NumberText.missing,
          finding.limit.map(ExperimentWords.rate) ?? NumberText.missing,
          ExperimentWords.name(finding.status),
        ]
      })
  }

  /// What segments say; `nil` where none were looked at.
  var segmentSection: PageSection? {
    guard !segments.isEmpty else { return nil }
    let different = segments.count { $0.isDifferent && $0.isRatioHeld }
    let metric = ExperimentWords.name(experiment.primaryMetric)
    var section = PageSection(
      id: "segments", title: "Segments",
      paragraphs: [
        "\(metric) in \(NumberText.count(Set(segments.map(\.segment)).count)) segments. "
          + (different == 0
            ? "No segment differs, all of them allowed for: what looks different may be chance."
            : "\(NumberText.count(different)) comparisons differ, all of them allowed for.")
      ])
    let rows = segments.prefix(Self.mostSegments).map { finding in
      IntervalPlot.Row(
        name: ModelWords.named(finding.segment), detail: ModelWords.named(finding.variant),
        value: note(finding) == nil ? finding.difference : nil,
        label: note(finding) ?? difference(finding.difference),
        outer: note(finding) == nil
          ? finding.low.map { .init(low: $0, high: finding.high) } : nil)
    }
    let plot = IntervalPlot(
      rows: rows, reference: 0, axis: "Difference to the control",
      unit: experiment.primaryMetric.isBinary ? .percent : .number)
    let drawn =
      segments.count > Self.mostSegments ? " The first \(Self.mostSegments) are drawn." : ""
    let picture = plot.picture(
      id: "segment-plot", title: "Segments: difference to the control",
      summary: "Intervals that hold at any look, each for its comparison alone.\(drawn)")
    section.add(picture, orAlone: segmentTable)
    return section
  }

  private func isEmpty(_ finding: SegmentFinding) -> Bool {
    finding.units == 0 || finding.controlUnits == 0
  }

  /// Why a segment tells nothing; `nil` where it tells something.
  private func note(_ finding: SegmentFinding) -> String? {
    if isEmpty(finding) { return "no units" }
    return finding.isRatioHeld ? nil : "not split as planned"
  }

  private static let mostSegments = 20

  private func difference(_ value: Double?) -> String {
    ExperimentWords.difference(value, experiment.primaryMetric, currency: experiment.currency)
  }

  private var segmentTable: ReportTable {
    ReportTable(
      caption: "Segments",
      columns: [
        .words("Segment"), .words("Variant"), .numbers("Units"), .numbers("Control's"),
        .numbers("Difference"), .numbers("From"), .numbers("To"), .numbers("Lift"),
        .numbers("p corrected"), .words("What follows"),
      ],
      rows: segments.map { finding in
        [
          ModelWords.named(finding.segment), ModelWords.named(finding.variant),
          NumberText.count(finding.units), NumberText.count(finding.controlUnits),
          difference(isEmpty(finding) ? nil : finding.difference), difference(finding.low),
          difference(finding.high),
          ExperimentWords.lift(finding.lift), ExperimentWords.chance(finding.adjustedP),
          note(finding) ?? (finding.isDifferent ? "differs" : "may be chance"),
        ]
      })
  }
}
