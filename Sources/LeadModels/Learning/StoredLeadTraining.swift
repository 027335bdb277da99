import JSONRPC
package import Marketing

/// Turns stored leads and what became of them into training data.
///
/// What happened with a lead is looked at from some fixed ages of the lead, each a row of its own, and only
/// while it was not yet known what would become of it (landmarking: van Houwelingen, "Dynamic Prediction by
/// Landmarking in Event History Analysis", 2007): looked at from the outcome, the past of converted leads would
/// always end in a conversion.
package struct StoredLeadTraining: Sendable {
  /// The ages in days from which a lead's past is looked at.
  private static let ages = [0, 3, 14]
  static let target = "converted"
  static let positive = "yes"
  /// Fields of a lead that are neither its outcome nor set by agents or models.
  static let fields: [LeadColumn] = [
    .source, .campaignID, .industry, .companySize, .region, .persona, .jobTitle,
    .preferredChannel, .hasConsent, .email, .phone, .company, .domain, .timeZone, .createdAt,
  ]

  private let scorecard: Scorecard
  private let keepsPlusTags: Bool

  /// - Parameter scorecard: reads what messages are about.
  package init(scorecard: Scorecard, keepsPlusTags: Bool) {
    self.scorecard = scorecard
    self.keepsPlusTags = keepsPlusTags
  }

  /// The rows of leads.
  /// - Parameters:
  ///   - excluded: fields, attributes and counts that are not to be used.
  ///   - byTime: whether the latest leads are judged, instead of a cross-validation.
  package func data(
    _ leads: [LabelledLead], excluded: [String], byTime: Bool
  ) throws(DataError) -> TrainingData {
    // Where files bring outcomes without a time, nothing is known of what came before them.
    let usesHistory = leads.allSatisfy(\.isDated)
    let ages = usesHistory ? Self.ages : [0]
    var rows: [(subject: ScoringSubject, lead: Int)] = []
    for (place, lead) in leads.enumerated() {
      if place % 1000 == 0, Task.isCancelled { break }
      for age in ages {
        let now = lead.lead.createdAt + .days(age)
        guard age == 0 || now < lead.decidedAt else { continue }
        rows.append((subject(lead, at: now), place))
      }
    }
    var data = TrainingData(
      table: table(rows.map(\.subject), usesHistory: usesHistory),
      labels: rows.map { leads[$0.lead].isConverted }, target: Self.target,
      positive: Self.positive)
    data.groups = ages.count > 1 ? rows.map(\.lead) : nil
    for field in Self.fields { data.fields[field.rawValue] = field }
    for field in HistoryField.all { data.histories[field.name] = field }
    let names = data.table.columns.map(\.name)
    for name in excluded where !Task.isCancelled {
      guard let known = ColumnName.match(name, among: names) else {
        throw DataError(ColumnName.unknown(name, "excluded column", among: names))
      }
      data.excluded[known] = TrainingData.excludedByRequest
    }
    if byTime {
      data.times = rows.map { $0.subject.lead.createdAt }
      data.timeColumn = LeadColumn.createdAt.rawValue
    }
    if !usesHistory {
      data.warnings.append(
        "Some outcomes were imported without a time: what happened with leads is not used.")
    } else if ages.count > 1 {
      data.warnings.append(
        "\(leads.count) leads make \(rows.count) rows: each is looked at when it came in and, while "
          + "nothing was known of its outcome, after 3 and 14 days.")
    }
    return data
  }

  private func subject(_ labelled: LabelledLead, at now: Timestamp) -> ScoringSubject {
    var history = LeadHistory()
    for event in labelled.past where event.occurredAt < now {
      history.interactions[event.kind, default: 0] += 1
      history.outcomes[event.outcome, default: 0] += 1
      if event.kind.isFromLead {
        history.lastLeadActivity = max(
          history.lastLeadActivity ?? event.occurredAt, event.occurredAt)
      }
    }
    var lead = labelled.lead
    // It may have been active since.
    lead.lastActiveAt = nil
    return ScoringSubject(
      lead: lead, identity: LeadIdentity(of: lead, keepsPlusTags: keepsPlusTags),
      history: history, intent: scorecard.intent(of: lead.message), now: now)
  }

  private func table(_ subjects: [ScoringSubject], usesHistory: Bool) -> DataTable {
    var attributes: [String] = []
    var seen: Set<String> = []
    for subject in subjects {
      for name in subject.lead.attributes.keys where seen.insert(name).inserted {
        attributes.append(name)
      }
    }
    let reserved = Set(Self.fields.map(\.rawValue) + HistoryField.all.map(\.name))
    attributes.removeAll(where: reserved.contains)
    let histories = HistoryField.all.filter { usesHistory || $0 == .intent }
    let missing = MissingMarkers()
    let reading = ColumnReading(kind: .number)
    var columns =
      Self.fields.map {
        FeatureColumn(
          name: $0.rawValue, field: $0, reading: reading, bins: ColumnBins([], kind: .number))
      }
      + histories.map {
        FeatureColumn(
          name: $0.name, history: $0, reading: reading, bins: ColumnBins([], kind: .number))
      }
    columns += attributes.prefix(Self.mostAttributes).map {
      FeatureColumn(name: $0, reading: reading, bins: ColumnBins([], kind: .number))
    }
    var table = DataTable(columns: columns.map { DataTable.Column(name: $0.name) })
    for (row, subject) in subjects.enumerated() {
      if row % 1000 == 0, Task.isCancelled { break }
      var cells = LeadCells(subject, missing: missing)
      for place in columns.indices {
        table.columns[place].append(ColumnReading.text(of: cells.cell(of: columns[place])))
      }
    }
    return table
  }

  private static let mostAttributes = 500
}
