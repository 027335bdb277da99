import Marketing

extension CampaignReportPage {
  private static let mostParts = 16

  /// A channel, variant or segment within the window.
  private struct Reading {
    var part: CampaignSeries.Part
    var rates: CampaignRates
  }

  /// The channels, variants and segments beside each other.
  var parts: PageSection {
    var section = PageSection(id: "parts", title: "Channels, variants and segments")
    let kinds = [
      ("Channels", series.channels), ("Variants", series.variants), ("Segments", series.segments),
    ]
    for (kind, parts) in kinds {
      let known = readings(parts)
      // One part alone is the campaign once more.
      guard known.count > 1 else { continue }
      for measure in [CampaignMeasure.ctr, .conversionsPerClick] {
        let picture = picture(kind, known, measure)
        if picture != nil { section.add(picture, table(kind, known, measure)) }
      }
      if kind != "Channels" { section.tables += contrasts(kind, parts) }
    }
    section.paragraphs =
      section.figures.isEmpty
      ? ["Its figures are not divided by channel, variant or segment."]
      : [
        "The days \(analysis.window). Ranges hold the truth with 90\u{A0}%, each for its part alone: among "
          + "many parts one always looks different."
      ]
    return section
  }

  private func readings(_ parts: [CampaignSeries.Part]) -> [Reading] {
    parts.compactMap { part in
      let days = part.days.within(analysis.window)
      guard !days.isEmpty else { return nil }
      return Reading(part: part, rates: CampaignRates(days))
    }
  }

  private func picture(
    _ kind: String, _ readings: [Reading], _ measure: CampaignMeasure
  ) -> Picture? {
    let rows = readings.prefix(Self.mostParts).map { reading in
      let rate = reading.rates[measure].rate
      let channel = reading.part.channel.map { $0 == reading.part.name ? "" : $0 } ?? ""
      return IntervalPlot.Row(
        name: CampaignWords.name(reading.part), detail: channel, value: rate?.value,
        label: rate.map { CampaignWords.value($0.value, measure, currency: currency) }
          ?? "not known", outer: rate.map { .init(low: $0.low, high: $0.high) })
    }
    let plot = IntervalPlot(
      rows: Array(rows), reference: section(measure)?.now.rate?.value,
      axis: CampaignWords.name(measure), unit: .percent)
    let left =
      readings.count > Self.mostParts ? " The first \(Self.mostParts) are drawn." : ""
    return plot.picture(
      id: "parts-\(kind.lowercased())-\(measure.rawValue)",
      title: "\(kind): \(CampaignWords.name(measure))",
      summary: "The dashed line is the whole campaign.\(left)")
  }

  private func table(
    _ kind: String, _ readings: [Reading], _ measure: CampaignMeasure
  ) -> ReportTable {
    ReportTable(
      caption: "\(kind): \(CampaignWords.name(measure))",
      columns: [
        .words("Name"), .words("Channel"), .numbers("Impressions"), .numbers("Clicks"),
        .numbers("Conversions"), .numbers("Spend"), .numbers("Value"), .numbers("From"),
        .numbers("To"),
      ],
      rows: readings.map { reading in
        let (figures, rate) = (reading.rates.sums.all, reading.rates[measure].rate)
        return [
          CampaignWords.name(reading.part), reading.part.channel ?? "all",
          NumberText.count(figures.impressions), NumberText.count(figures.clicks),
          NumberText.count(figures.conversions), CampaignWords.money(figures.spend, currency),
          CampaignWords.value(rate?.value, measure, currency: currency),
          CampaignWords.value(rate?.low, measure, currency: currency),
          CampaignWords.value(rate?.high, measure, currency: currency),
        ]
      })
  }

  private func contrasts(_ kind: String, _ parts: [CampaignSeries.Part]) -> [ReportTable] {
    let measures: [(String, PartContrast.Measure)] = [
      ("CTR", .ctr), ("conversions per click", .conversionsPerClick),
    ]
    return measures.compactMap { name, measure in
      let found = PartContrast.all(parts, measure, over: analysis.window)
      guard !found.isEmpty else { return nil }
      return ReportTable(
        caption: "\(kind) against the others of their channels: \(name)",
        columns: [
          .words("Name"), .numbers("Rate"), .numbers("To the others"), .numbers("z"),
          .numbers("p corrected"),
        ],
        rows: found.map { part in
          [
            ModelWords.named(part.name), ExperimentWords.rate(part.rate),
            "\(NumberText.significant(part.ratio))\u{A0}×", BoundaryChart.number(part.z),
            ExperimentWords.chance(part.p),
          ]
        })
    }
  }
}
