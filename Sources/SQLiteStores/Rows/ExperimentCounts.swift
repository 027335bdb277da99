import Marketing

/// What the leads of an experiment did, as sums. Of each lead what happened from its assignment to the end counts.
struct ExperimentCounts {
  let experiment: Experiment
  let workspace: WorkspaceID
  let connection: SQLConnection
  /// Only the leads with such a value count; `nil` for all.
  var segment: (field: LeadField, value: String)?

  private static let dayLength = 86_400_000
  /// The number of the parameter that holds the segment's value.
  private static let segmentPlace = 7

  private var ofUnits: String {
    let units = "u.experiment_id = ?1 AND u.workspace = ?2"
    guard let segment else { return units }
    return """
      \(units) AND u.lead_id IN (
        SELECT l.id FROM leads AS l
        WHERE l.workspace = ?2 AND l.\(segment.field.column) = ?\(Self.segmentPlace))
      """
  }

  /// A row for each metric that a lead has shown, with the first time.
  private var shown: String {
    """
    SELECT u.variant, u.lead_id, u.assigned_at,
      CASE i.kind WHEN 'reply' THEN 'reply' WHEN 'sms_reply' THEN 'reply'
        WHEN 'email_click' THEN 'click' WHEN 'ad_click' THEN 'click' WHEN 'email_open' THEN 'open'
        WHEN 'meeting' THEN 'meeting' WHEN 'bounce' THEN 'bounce' WHEN 'complaint' THEN 'complaint'
        END AS metric, i.occurred_at AS at
    FROM experiment_units AS u JOIN interactions AS i
      ON i.lead_id = u.lead_id AND i.workspace = u.workspace AND i.occurred_at >= u.assigned_at
        AND i.occurred_at < ?3
    WHERE \(ofUnits) AND metric IS NOT NULL
    UNION ALL
    SELECT u.variant, u.lead_id, u.assigned_at, 'unsubscribe', i.occurred_at
    FROM experiment_units AS u JOIN interactions AS i
      ON i.lead_id = u.lead_id AND i.workspace = u.workspace AND i.occurred_at >= u.assigned_at
        AND i.occurred_at < ?3 AND i.outcome = 'unsubscribe'
    WHERE \(ofUnits)
    UNION ALL
    SELECT u.variant, u.lead_id, u.assigned_at, 'conversion', o.occurred_at
    FROM experiment_units AS u JOIN outcomes AS o
      ON o.lead_id = u.lead_id AND o.workspace = u.workspace AND o.disposition = 'converted'
        AND o.occurred_at >= u.assigned_at AND o.occurred_at < ?3
    WHERE \(ofUnits)
    UNION ALL
    SELECT u.variant, u.lead_id, u.assigned_at, 'meeting', o.occurred_at
    FROM experiment_units AS u JOIN outcomes AS o
      ON o.lead_id = u.lead_id AND o.workspace = u.workspace AND o.disposition = 'converted'
        AND o.conversion_type IN ('demo_booked', 'meeting_scheduled')
        AND o.occurred_at >= u.assigned_at AND o.occurred_at < ?3
    WHERE \(ofUnits)
    """
  }

  /// What came in from each lead on each day; no row for nothing.
  private var worth: String {
    """
    SELECT u.variant, u.lead_id, (o.occurred_at - ?5) / \(Self.dayLength) AS day,
      sum(o.amount) AS amount
    FROM experiment_units AS u JOIN outcomes AS o
      ON o.lead_id = u.lead_id AND o.workspace = u.workspace AND o.disposition = 'converted'
        AND o.currency = ?4 AND o.occurred_at >= u.assigned_at AND o.occurred_at < ?3
    WHERE \(ofUnits) GROUP BY u.variant, u.lead_id, day
    """
  }

  /// How often each lead had acted before its assignment; no row for never.
  private var past: String {
    """
    SELECT u.variant, u.lead_id, (u.assigned_at - ?5) / \(Self.dayLength) AS day, count(*) AS x
    FROM experiment_units AS u JOIN interactions AS i
      ON i.lead_id = u.lead_id AND i.workspace = u.workspace AND i.occurred_at < u.assigned_at
        AND i.occurred_at >= u.assigned_at - \(Experiment.pastDays * Self.dayLength)
        AND i.kind NOT IN ('email_sent', 'sms_sent', 'call_made', 'bounce')
    WHERE \(ofUnits) GROUP BY u.variant, u.lead_id, day
    """
  }

  /// Everything.
  func data(withPast: Bool) throws -> ExperimentData {
    var data = ExperimentData(exposures: try exposures())
    data.outcomes = try successes()
    if let currency = experiment.currency, experiment.metrics.contains(.revenue) {
      data.outcomes += try amounts(in: currency)
    }
    if withPast { data.covariates = try covariates() }
    return data
  }

  private func exposures() throws -> [ExperimentData.Exposure] {
    var select = try connection.prepare(
      """
      SELECT (u.assigned_at - ?3) / \(Self.dayLength), u.variant, count(*)
      FROM experiment_units AS u WHERE \(ofUnits) GROUP BY 1, 2 ORDER BY 1, 2
      """)
    select.bind(experiment.id)
    select.bind(workspace)
    select.bind(experiment.startedAt)
    bindSegment(behind: 3, to: &select)
    var found: [ExperimentData.Exposure] = []
    while try select.step() {
      found.append(
        ExperimentData.Exposure(
          day: Int(select.integer()), variant: select.text(), units: Int(select.integer())))
    }
    return found
  }

  private func successes() throws -> [ExperimentData.Outcome] {
    var select = try connection.prepare(
      """
      SELECT (at - ?4) / \(Self.dayLength), variant, metric, count(*) FROM (
        SELECT variant, lead_id, metric, min(at) AS at FROM (\(shown))
        GROUP BY variant, lead_id, metric)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    bind(to: &select)
    select.bind(experiment.startedAt)
    bindSegment(behind: 4, to: &select)
    var found: [ExperimentData.Outcome] = []
    while try select.step() {
      let (day, variant) = (Int(select.integer()), select.text())
      let metric: ExperimentMetric = try select.choice()
      found.append(
        ExperimentData.Outcome(
          day: day, variant: variant, metric: metric, successes: Int(select.integer())))
    }
    return found.filter { experiment.metrics.contains($0.metric) }
  }

  /// Of each day, with the growth of the squares: (t + a)² − t² = a·(2t + a) for what a lead had before.
  private func amounts(in currency: String) throws -> [ExperimentData.Outcome] {
    var select = try connection.prepare(
      """
      SELECT day, variant, sum(amount), sum(amount * (2 * total - amount)) FROM (
        SELECT day, variant, amount,
          sum(amount) OVER (PARTITION BY lead_id ORDER BY day) AS total
        FROM (\(worth)))
      GROUP BY 1, 2 ORDER BY 1, 2
      """)
    bind(to: &select)
    select.bind(currency)
    select.bind(experiment.startedAt)
    bindSegment(behind: 5, to: &select)
    var found: [ExperimentData.Outcome] = []
    while try select.step() {
      let (day, variant) = (Int(select.integer()), select.text())
      found.append(
        ExperimentData.Outcome(
          day: day, variant: variant, metric: .revenue, sum: select.double(),
          sumOfSquares: select.double()))
    }
    return found
  }

  /// For what decides, the past on the day of the assignment, its product on that of the outcome; nothing where
  /// nobody had a past.
  private func covariates() throws -> [ExperimentData.Covariate] {
    let metric = experiment.primaryMetric
    let y =
      metric.isBinary
      ? """
      SELECT lead_id, (min(at) - ?5) / \(Self.dayLength) AS day, 1.0 AS y
      FROM (\(shown)) WHERE metric = ?6 GROUP BY lead_id
      """ : "SELECT lead_id, day, amount AS y FROM (\(worth)) WHERE ?6 IS NOT NULL"
    var select = try connection.prepare(
      """
      WITH past AS MATERIALIZED (\(past))
      SELECT day, variant, sum(x), sum(xx), sum(xy) FROM (
        SELECT day, variant, x, x * x AS xx, 0.0 AS xy FROM past
        UNION ALL
        SELECT s.day, p.variant, 0, 0, p.x * s.y
        FROM past AS p JOIN (\(y)) AS s ON s.lead_id = p.lead_id)
      GROUP BY 1, 2 ORDER BY 1, 2
      """)
    bind(to: &select)
    select.bind(experiment.currency)
    select.bind(experiment.startedAt)
    select.bind(metric)
    bindSegment(behind: 6, to: &select)
    var found: [ExperimentData.Covariate] = []
    while try select.step() {
      found.append(
        ExperimentData.Covariate(
          day: Int(select.integer()), variant: select.text(), metric: metric, sum: select.double(),
          sumOfSquares: select.double(), sumOfProducts: select.double()))
    }
    return found
  }

  private func bind(to statement: inout SQLStatement) {
    statement.bind(experiment.id)
    statement.bind(workspace)
    statement.bind(experiment.end)
  }

  /// - Parameter place: the number of the last parameter that was bound.
  private func bindSegment(behind place: Int, to statement: inout SQLStatement) {
    guard let segment else { return }
    for _ in (place + 1)..<Self.segmentPlace { statement.bind(nil as Int64?) }
    statement.bind(segment.value)
  }

  /// The values of a field that most of the leads have, with how many, the largest first.
  static func segments(
    of experiment: Experiment, by field: LeadField, limit: Int, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [String] {
    var select = try connection.prepare(
      """
      SELECT l.\(field.column) FROM experiment_units AS u
      JOIN leads AS l ON l.id = u.lead_id AND l.workspace = u.workspace
      WHERE u.experiment_id = ? AND u.workspace = ? AND l.\(field.column) IS NOT NULL
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?
      """)
    select.bind(experiment.id)
    select.bind(workspace)
    select.bind(limit)
    var values: [String] = []
    while try select.step() { values.append(select.text()) }
    return values
  }
}
