import JSONRPC
import Marketing

/// A stored lead as a row of the columns that a model reads.
struct LeadCells {
  private let subject: ScoringSubject
  private let missing: MissingMarkers
  /// Attributes by their folded names, made when a name is not found as it is written.
  private var folded: [String: JSONValue]?

  init(_ subject: ScoringSubject, missing: MissingMarkers) {
    self.subject = subject
    self.missing = missing
  }

  /// The cell of a column: of the lead's field that it is read as, where that has a value; else of the
  /// attribute of its name.
  mutating func cell(of column: FeatureColumn) -> Cell {
    if let history = column.history { return history.cell(of: subject) }
    if let field = column.field {
      let cell = cell(of: field)
      if cell != .missing { return cell }
    }
    return attribute(column.name)
  }

  private func cell(of field: LeadColumn) -> Cell {
    let lead = subject.lead
    func text(_ text: String?) -> Cell {
      text.flatMap(missing.value(of:)).map(Cell.text) ?? .missing
    }
    switch field {
    case .id, .converted, .convertedAt, .conversionValueUSD, .score, .firstName, .lastName:
      return .missing
    case .createdAt: return .moment(lead.createdAt)
    case .lastActiveAt: return lead.lastActiveAt.map(Cell.moment) ?? .missing
    case .name: return text(lead.contact.name)
    case .email: return text(lead.contact.email)
    case .phone: return text(lead.contact.phone)
    case .jobTitle: return text(lead.contact.jobTitle)
    case .timeZone: return text(lead.contact.timeZone)
    case .company: return text(lead.account.company)
    case .domain: return text(lead.account.domain)
    case .industry: return text(lead.account.industry)
    case .companySize: return text(lead.account.companySize)
    case .source: return text(lead.source)
    case .campaignID: return text(lead.campaignID?.rawValue)
    case .persona: return text(lead.persona)
    case .region: return text(lead.region)
    case .preferredChannel: return text(lead.preferredChannel?.rawValue)
    case .hasConsent: return lead.hasConsent.map(Cell.flag) ?? .missing
    case .doNotContact: return lead.hasConsent.map { .flag(!$0) } ?? .missing
    case .message: return text(lead.message)
    case .status: return .text(lead.status.rawValue)
    case .category: return text(lead.category?.rawValue)
    case .assignedAgent: return text(lead.assignedAgent)
    }
  }

  private mutating func attribute(_ name: String) -> Cell {
    let attributes = subject.lead.attributes
    if attributes.isEmpty { return .missing }
    if let value = attributes[name] { return cell(of: value) }
    let known: [String: JSONValue]
    if let folded {
      known = folded
    } else {
      known = Dictionary(
        attributes.members.map { (TextFolding.folded($0.key), $0.value) },
        uniquingKeysWith: { first, _ in first })
      folded = known
    }
    return known[TextFolding.folded(name)].map(cell) ?? .missing
  }

  private func cell(of value: JSONValue) -> Cell {
    if let text = value.stringValue { return missing.value(of: text).map(Cell.text) ?? .missing }
    if let flag = value.boolValue { return .flag(flag) }
    if let number = value.doubleValue { return .number(number) }
    return .missing
  }
}
