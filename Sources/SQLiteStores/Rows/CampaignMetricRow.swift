import Marketing

/// What is reported of a campaign as its table keeps it: what is absent in a key is an empty text.
enum CampaignMetricRow {
  private static let figures = "impressions, clicks, leads, conversions, spend, revenue"
  private static let key = "campaign_id, workspace, day, channel, variant, segment"

  static let ofCampaignSQL = """
    SELECT day, channel, variant, segment, \(figures) FROM campaign_metrics
    WHERE campaign_id = ? AND workspace = ? AND day BETWEEN ? AND ?
    ORDER BY day, channel, variant, segment
    """

  private static let insertSQL = """
    INSERT INTO campaign_metrics (\(key), \(figures), recorded_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
    """

  private static let updateSQL = """
    UPDATE campaign_metrics SET impressions = ?7, clicks = ?8, leads = ?9, conversions = ?10,
      spend = ?11, revenue = ?12, recorded_at = ?13
    WHERE campaign_id = ?1 AND workspace = ?2 AND day = ?3 AND channel = ?4 AND variant = ?5
      AND segment = ?6 AND NOT (
        impressions = ?7 AND clicks = ?8 AND leads = ?9 AND conversions = ?10 AND spend IS ?11
        AND revenue IS ?12)
    """

  /// Stores a report of a campaign that `CampaignStateRow.take` has taken it for.
  /// - Parameter isOtherMoney: whether that has put the campaign's currency right: the same amounts are others then.
  static func store(
    _ metric: CampaignMetric, isOtherMoney: Bool = false, at now: Timestamp,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> ImportChange {
    var insert = try connection.prepare(insertSQL)
    bind(metric, at: now, in: workspace, to: &insert)
    try insert.run()
    if connection.changedRows > 0 { return .added }
    var update = try connection.prepare(updateSQL)
    bind(metric, at: now, in: workspace, to: &update)
    try update.run()
    return connection.changedRows > 0 || isOtherMoney && metric.currency != nil
      ? .changed : .unchanged
  }

  /// A campaign's reports in the order of a record.
  static func all(
    of id: CampaignID, _ days: ClosedRange<CalendarDay>, currency: String?,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [CampaignMetric] {
    var select = try connection.prepare(ofCampaignSQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(days.lowerBound.rawValue)
    select.bind(days.upperBound.rawValue)
    var metrics: [CampaignMetric] = []
    while try select.step() {
      let key = key(of: id, &select)
      var figures = CampaignFigures(reading: &select)
      figures.spend = select.optionalDouble()
      figures.revenue = select.optionalDouble()
      let namesMoney = figures.spend != nil || figures.revenue != nil
      metrics.append(CampaignMetric(key, figures, currency: namesMoney ? currency : nil))
    }
    return metrics
  }

  /// Which of a campaign's reports name money.
  static func keysOfMoney(
    of id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Set<CampaignMetric.Key> {
    var select = try connection.prepare(
      """
      SELECT day, channel, variant, segment FROM campaign_metrics
      WHERE campaign_id = ? AND workspace = ? AND (spend IS NOT NULL OR revenue IS NOT NULL)
      """)
    select.bind(id)
    select.bind(workspace)
    var keys: Set<CampaignMetric.Key> = []
    while try select.step() { keys.insert(key(of: id, &select)) }
    return keys
  }

  private static func key(
    of id: CampaignID, _ select: inout SQLStatement
  ) -> CampaignMetric.Key {
    var key = CampaignMetric.Key(
      campaignID: id, day: CalendarDay(rawValue: Int(select.integer())))
    key.channel = select.filledText()
    key.variant = select.filledText()
    key.segment = select.filledText()
    return key
  }

  private static func bind(
    _ metric: CampaignMetric, at now: Timestamp, in workspace: WorkspaceID,
    to statement: inout SQLStatement
  ) {
    let (key, figures) = (metric.key, metric.figures)
    statement.bind(key.campaignID)
    statement.bind(workspace)
    statement.bind(key.day.rawValue)
    statement.bind(key.channel ?? "")
    statement.bind(key.variant ?? "")
    statement.bind(key.segment ?? "")
    statement.bind(figures.impressions)
    statement.bind(figures.clicks)
    statement.bind(figures.leads)
    statement.bind(figures.conversions)
    statement.bind(figures.spend)
    statement.bind(figures.revenue)
    statement.bind(now)
  }
}

/// What is counted of a campaign. Triggers keep it.
enum CampaignCountRow {
  static let ofCampaignSQL = """
    SELECT day, channel, variant, currency, impressions, clicks, leads, conversions, revenue
    FROM campaign_counts WHERE campaign_id = ? AND workspace = ? AND day BETWEEN ? AND ?
    """

  static func all(
    of id: CampaignID, _ days: ClosedRange<CalendarDay>, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [CountedFigures] {
    var select = try connection.prepare(ofCampaignSQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(days.lowerBound.rawValue)
    select.bind(days.upperBound.rawValue)
    var counted: [CountedFigures] = []
    while try select.step() {
      var key = CampaignMetric.Key(
        campaignID: id, day: CalendarDay(rawValue: Int(select.integer())))
      key.channel = select.filledText()
      key.variant = select.filledText()
      let currency = select.filledText()
      var figures = CampaignFigures(reading: &select)
      let revenue = select.double()
      figures.revenue = currency == nil ? nil : revenue
      counted.append(CountedFigures(key, figures, currency: currency))
    }
    return counted
  }
}

extension CampaignFigures {
  /// The four counts.
  fileprivate init(reading statement: inout SQLStatement) {
    self.init(
      impressions: Int(statement.integer()), clicks: Int(statement.integer()),
      leads: Int(statement.integer()), conversions: Int(statement.integer()))
  }
}

extension SQLStatement {
  /// A text of which an empty one stands for none.
  fileprivate mutating func filledText() -> String? {
    let text = text()
    return text.isEmpty ? nil : text
  }
}
