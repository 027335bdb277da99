package import Marketing

/// How far each field is from what the model was trained on.
package struct StabilityChart: Sendable, Hashable {
  /// How many fields are drawn; the table has them all.
  package static let most = 20

  /// The fields, the most changed first.
  package var fields: [DriftReport.Field]
  /// Leads that were looked at.
  package var rows: Int

  /// A chart.
  package init(fields: [DriftReport.Field], rows: Int) {
    self.fields = fields
    self.rows = rows
  }

  /// The chart as a picture; `nil` when there are no fields.
  package func picture(id: String) -> Picture? {
    guard !fields.isEmpty else { return nil }
    var drawing = Drawing()
    let bars = RankedBars(
      rows: fields.prefix(Self.most).map {
        RankedBars.Row(
          name: ModelWords.named($0.field), value: $0.index,
          label: NumberText.decimals($0.index, 3)
            + ($0.status == .insufficient ? "" : " \(Self.word($0.status))"),
          ink: Self.ink($0.status))
      },
      lines: [
        Self.line("warning", at: DriftReport.warningIndex),
        Self.line("alarm", at: DriftReport.alarmIndex),
      ],
      labelRoom: 96)
    bars.draw(reach: 0.3, in: &drawing)
    return Picture(
      id: id, title: "Population stability", summary: summary, height: bars.height,
      drawing: drawing)
  }

  private static func line(_ name: String, at index: Double) -> RankedBars.Line {
    .init(value: index, label: "\(name) \(NumberText.decimals(index, 2))")
  }

  /// What can be seen, in words.
  package var summary: String {
    guard let first = fields.first else { return "No field was compared." }
    let changed = fields.count { $0.status == .warning || $0.status == .alarm }
    return "\(NumberText.count(rows)) leads of now against training. \(changed) of \(fields.count) "
      + "fields are in warning or alarm; the most changed is \(ModelWords.isolated(first.field)) with "
      + "\(NumberText.decimals(first.index, 3))."
  }

  /// A status in words.
  static func word(_ status: DriftReport.Status) -> String {
    switch status {
    case .insufficient: "too few leads to tell"
    case .stable: "stable"
    case .warning: "warning"
    case .alarm: "alarm"
    }
  }

  private static func ink(_ status: DriftReport.Status) -> Ink {
    switch status {
    case .alarm, .warning: .strong
    case .stable: .fill
    case .insufficient: .faint
    }
  }
}
