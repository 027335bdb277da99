/// A row of a campaign report, read by what its columns mean.
struct MetricCells {
  let row: CSVRow
  let header: [String]
  let places: [MetricColumn: Int]
  let segments: [Int]
  let mapping: MetricMapping
  let missing: Set<String>

  /// What the row reports.
  func metric(now: Timestamp) throws(CellProblem) -> CampaignMetric {
    guard let campaign = text(.campaignID) else {
      throw problem(.campaignID, "the cell is empty, each row needs a campaign")
    }
    guard let dayText = text(.day) else {
      throw problem(.day, "the cell is empty, each row needs a day")
    }
    let moment = Timestamp(iso8601: dayText) ?? LocalDate.timestamp(dayText, order: mapping.dates)
    guard let moment else {
      throw problem(
        .day,
        "found \(CellText.described(dayText)), expected an existing day such as 2025-07-15, or one in the order "
          + "that the mapping's dates name")
    }
    var key = CampaignMetric.Key(
      campaignID: Self.identifier(campaign), day: CalendarDay(moment))
    key.channel = text(.channel)?.lowercased()
    key.variant = text(.variant)
    key.segment = segment
    var figures = CampaignFigures()
    figures.impressions = try count(.impressions)
    figures.clicks = try count(.clicks)
    figures.leads = try count(.leads)
    figures.conversions = try count(.conversions)
    figures.spend = try amount(.spend)
    figures.revenue = try amount(.revenue)
    let namesMoney = figures.spend != nil || figures.revenue != nil
    let metric = CampaignMetric(key, figures, currency: namesMoney ? text(.currency) : nil)
    if let flaw = CampaignMetricCheck.problems(metric, at: "", now: now).first {
      let column = MetricColumn(rawValue: String(flaw.field.dropFirst()))
      throw CellProblem(
        column: column.flatMap { places[$0] }.map { header[$0] } ?? String(flaw.field.dropFirst()),
        reason: "found \(flaw.found), expected \(flaw.expected)")
    }
    return metric
  }

  /// The cell, else what the mapping says for all rows; `nil` where nothing is known.
  private func text(_ column: MetricColumn) -> String? {
    if let place = places[column], let text = known(place) { return text }
    return mapping.constants[column]
  }

  private func known(_ place: Int) -> String? {
    let text = String(decoding: row[place].trimmingASCIISpace, as: UTF8.self)
    return missing.contains(text.lowercased()) ? nil : text
  }

  /// `age=30-34` for one column, for several `age=30-34 gender=M`.
  private var segment: String? {
    let parts = segments.compactMap { place in known(place).map { "\(header[place])=\($0)" } }
    return parts.isEmpty ? mapping.constants[.segment] : parts.joined(separator: " ")
  }

  private func count(_ column: MetricColumn) throws(CellProblem) -> Int {
    guard let number = try number(column) else { return 0 }
    guard number >= 0, number <= Double(CampaignMetricCheck.largestCount),
      number == number.rounded()
    else {
      throw problem(
        column,
        "found \(number), expected a whole number of 0 to \(CampaignMetricCheck.largestCount)")
    }
    return Int(number)
  }

  private func amount(_ column: MetricColumn) throws(CellProblem) -> Double? {
    guard let number = try number(column) else { return nil }
    guard (0...CampaignMetricCheck.largestAmount).contains(number) else {
      throw problem(column, "found \(number), expected an amount of 0 to 1e12")
    }
    return number
  }

  private func number(_ column: MetricColumn) throws(CellProblem) -> Double? {
    guard let text = text(column) else { return nil }
    guard let number = CellText.decimal(text) else {
      throw problem(
        column, "found \(CellText.described(text)), expected a number such as 1234.5")
    }
    return number
  }

  private func problem(_ column: MetricColumn, _ reason: String) -> CellProblem {
    CellProblem(column: places[column].map { header[$0] } ?? column.rawValue, reason: reason)
  }

  /// A campaign's name as the file gives it; one that is no identifier is made into one.
  private static func identifier(_ text: String) -> CampaignID {
    if let id = CampaignID(checking: text) { return id }
    var fingerprint = Fingerprint()
    fingerprint.add(field: "campaign".utf8)
    fingerprint.add(field: text.utf8)
    return CampaignID(rawValue: "campaign_\(fingerprint.text)")
  }
}
