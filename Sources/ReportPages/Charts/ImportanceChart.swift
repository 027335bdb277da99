package import Marketing

/// How much each field moves the model's log-odds.
package struct ImportanceChart: Sendable, Hashable {
  /// How many fields are drawn; the table has them all.
  package static let most = 20

  /// The fields, the most important first.
  package var fields: [ModelReport.Importance]

  /// A chart.
  package init(fields: [ModelReport.Importance]) { self.fields = fields }

  /// The chart as a picture; `nil` when there are no fields.
  package func picture(id: String) -> Picture? {
    guard !fields.isEmpty else { return nil }
    var drawing = Drawing()
    let bars = RankedBars(
      rows: fields.prefix(Self.most).map {
        RankedBars.Row(
          name: ModelWords.named($0.field), value: $0.meanContribution,
          label: NumberText.percent($0.share))
      })
    bars.draw(in: &drawing)
    return Picture(
      id: id, title: "Importance", summary: summary, height: bars.height, drawing: drawing)
  }

  /// What can be seen, in words.
  package var summary: String {
    guard let first = fields.first else { return "The model weighs no field." }
    var text =
      "The most important of \(fields.count) is \(ModelWords.isolated(first.field)): it moves the "
      + "log-odds by "
      + "\(NumberText.significant(first.meanContribution)) on average, "
      + "\(NumberText.percent(first.share)) of the sum over all fields."
    if fields.count > Self.most { text += " The first \(Self.most) are drawn." }
    return text
  }
}
