package import Marketing

/// How many leads fall into each category, and how often they convert.
package struct BandsChart: Sendable, Hashable {
  /// The categories, the best first.
  package var bands: [ModelReport.Band]
  /// The share of all leads that converted, 0–1.
  package var baseRate: Double

  /// A chart.
  package init(bands: [ModelReport.Band], baseRate: Double) {
    self.bands = bands
    self.baseRate = baseRate
  }

  /// The chart as a picture; `nil` when there are no categories.
  package func picture(id: String) -> Picture? {
    guard !bands.isEmpty else { return nil }
    var drawing = Drawing()
    let pitch = 46.0
    let top = 52.0
    let bottom = top + Double(bands.count) * pitch
    let shares = LinearScale(domain: 0...1, start: 0, end: 150)
    let rates = LinearScale(domain: 0...1, start: 232, end: 382)
    drawing.text("Share of the leads", at: Spot(shares.start, 12), .start, .note)
    drawing.text("Share that converted", at: Spot(rates.start, 12), .start, .note)
    drawBaseRate(on: rates, from: top - 12, to: bottom - 18, in: &drawing)
    for (index, band) in bands.enumerated() {
      let y = top + Double(index) * pitch
      drawing.text(
        "\(Self.name(band.category)), \(NumberText.count(band.rows)) leads", at: Spot(0, y), .start,
        .name)
      draw(band.share, on: shares, at: y, ink: .faint, in: &drawing)
      if band.rows > 0 {
        draw(band.rate, on: rates, at: y, ink: .fill, in: &drawing)
      } else {
        drawing.text("no leads", at: Spot(rates.start + 6, y + 19), .start, .value)
      }
    }
    return Picture(
      id: id, title: "Categories", summary: summary, height: bottom - 6, drawing: drawing)
  }

  private func drawBaseRate(
    on scale: LinearScale, from top: Double, to bottom: Double, in drawing: inout Drawing
  ) {
    guard baseRate.isFinite else { return }
    let place = scale.position(baseRate)
    drawing.line(Spot(place, top), Spot(place, bottom), .reference)
    drawing.text(
      "all leads \(NumberText.percent(baseRate))", at: Spot(place, top - 4), .middle, .note)
  }

  private func draw(
    _ share: Double, on scale: LinearScale, at y: Double, ink: Ink, in drawing: inout Drawing
  ) {
    let end = scale.position(share)
    drawing.bar(Spot(scale.start, y + 7), Spot(end, y + 23), ink)
    drawing.line(Spot(scale.start, y + 5), Spot(scale.start, y + 25), .axis)
    drawing.text(NumberText.percent(share), at: Spot(end + 6, y + 19), .start, .value)
  }

  /// What can be seen, in words.
  package var summary: String {
    bands.map {
      let rate = $0.rows > 0 ? ", of which \(NumberText.percent($0.rate)) converted" : ""
      return "\(Self.name($0.category)): \(NumberText.percent($0.share)) of the leads\(rate)."
    }.joined(separator: " ")
  }

  /// A category's name in words.
  static func name(_ category: LeadCategory) -> String {
    switch category {
    case .campaignQualified: "Campaign qualified"
    case .coldLead: "Cold lead"
    case .generalInquiry: "General inquiry"
    }
  }
}
