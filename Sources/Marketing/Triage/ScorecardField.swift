/// A part of a lead that a scorecard gives points for; its history has parts of its own.
package enum ScorecardField: String, Sendable, Hashable, CaseIterable {
  case source, companySize, industry, region, seniority, consent, preferredChannel, email, phone
  case name, company, message

  /// The values that a scorecard can name for the field; `nil` when any text may be one.
  var acceptedValues: [String]? {
    switch self {
    case .source, .industry, .region, .seniority: nil
    case .companySize: CompanySize.allCases.map(\.rawValue)
    case .consent: ["given", "refused"]
    case .preferredChannel: Channel.allCases.map(\.rawValue)
    case .email: ["business", "free_mail"]
    case .phone, .name, .company: ["given"]
    case .message: MessageIntent.allCases.filter { $0 != .none }.map(\.rawValue)
    }
  }
}
