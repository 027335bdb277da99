import Marketing

/// Rows of a file as leads, as far as the scorecard reads them.
enum ScorecardRows {
  private static let fields: Set<LeadColumn> = [
    .source, .companySize, .industry, .region, .jobTitle, .persona, .hasConsent,
    .preferredChannel, .email, .phone, .name, .company, .message,
  ]

  /// Whether the scorecard reads a field.
  static func reads(_ field: LeadColumn?) -> Bool { field.map(fields.contains) ?? false }

  /// The log-odds that the scorecard gives a row.
  static func logOdds(
    _ scorecard: Scorecard, columns: [FeatureColumn], values: [ColumnReading.Value]
  ) -> Double {
    let scoring = scoring(scorecard, columns, values)
    return scoring.reasons.reduce(scoring.intercept) { $0 + $1.contribution }
  }

  /// Each column's part in that. What the scorecard makes of several columns at once, such as a title and a
  /// persona, counts for the first of them.
  static func parts(
    _ scorecard: Scorecard, columns: [FeatureColumn], values: [ColumnReading.Value]
  ) -> (intercept: Double, parts: [Double]) {
    let scoring = scoring(scorecard, columns, values)
    var parts = [Double](repeating: 0, count: columns.count)
    var intercept = scoring.intercept
    for reason in scoring.reasons {
      let names: [LeadColumn] =
        switch reason.field {
        case ScorecardField.seniority.rawValue: [.jobTitle, .persona]
        case ScorecardField.consent.rawValue: [.hasConsent]
        default: [LeadColumn(rawValue: reason.field)].compactMap(\.self)
        }
      if let place = columns.firstIndex(where: { $0.field.map(names.contains) ?? false }) {
        parts[place] += reason.contribution
      } else {
        intercept += reason.contribution
      }
    }
    return (intercept, parts)
  }

  private static func scoring(
    _ scorecard: Scorecard, _ columns: [FeatureColumn], _ values: [ColumnReading.Value]
  ) -> LeadScoring {
    let lead = lead(columns, values)
    let subject = ScoringSubject(
      lead: lead, identity: LeadIdentity(of: lead, keepsPlusTags: false), history: LeadHistory(),
      intent: scorecard.intent(of: lead.message), now: lead.createdAt)
    return scorecard.scoring(of: subject)
  }

  private static func lead(_ columns: [FeatureColumn], _ values: [ColumnReading.Value]) -> Lead {
    var lead = Lead(id: LeadID(rawValue: "row"), createdAt: Timestamp(milliseconds: 0))
    for (column, value) in zip(columns, values) {
      let text: String? =
        switch value {
        case .word(let word): word
        case .number(let number): number == 1 ? "yes" : "no"
        case .moment, .missing, .unreadable: nil
        }
      guard let text else { continue }
      switch column.field {
      case .source: lead.source = text
      case .companySize: lead.account.companySize = text
      case .industry: lead.account.industry = text
      case .region: lead.region = text
      case .jobTitle: lead.contact.jobTitle = text
      case .persona: lead.persona = text
      case .hasConsent: lead.hasConsent = ColumnReading.flag(text)
      case .preferredChannel: lead.preferredChannel = Channel(rawValue: text)
      case .name: lead.contact.name = text
      case .company: lead.account.company = text
      case .phone: lead.contact.phone = text
      case .message: lead.message = text
      default: break
      }
    }
    return lead
  }
}
