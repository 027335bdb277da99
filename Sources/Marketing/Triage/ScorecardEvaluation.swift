/// What a scorecard makes of one lead.
struct ScorecardEvaluation {
  /// One reason's part.
  struct Contribution {
    let field: String
    let points: Double
    let logOdds: Double
    let text: String
  }

  /// The parts other than the baseline, strongest in log-odds first.
  private(set) var contributions: [Contribution] = []
  /// The fields with a value that the model does not know.
  private(set) var unknownFields: [ScorecardField] = []
  /// The kind of the mail address's domain; `nil` without an address.
  private let mailDomain: MailDomain?
  /// The sum of points with the baseline, not clamped.
  private(set) var points = 0.0
  /// The baseline's log-odds plus the contributions' in their order.
  private(set) var logOdds = 0.0
  /// The share of the model's range that the lead's known fields carry, 0–1.
  private(set) var confidence = 0.0

  private var knownRange = 0.0
  /// Whether the parts are kept with their texts, or only summed.
  private let isExplained: Bool

  /// Evaluates a lead with its reasons.
  init(of subject: ScoringSubject, model: Scorecard) {
    self.init(fieldsOf: subject, isExplained: true, model: model)
    addHistory(of: subject, model: model)
    finish(model)
  }

  /// Only the sums, before anything of the past is added.
  init(fieldsOf subject: ScoringSubject, model: Scorecard) {
    self.init(fieldsOf: subject, isExplained: false, model: model)
    (points, logOdds) = (points + model.baseline.points, logOdds + model.intercept)
  }

  private init(fieldsOf subject: ScoringSubject, isExplained: Bool, model: Scorecard) {
    let (lead, identity, intent) = (subject.lead, subject.identity, subject.intent)
    self.isExplained = isExplained
    self.mailDomain = identity.email.flatMap(EmailAddress.init(splitting:))
      .map { MailDomain($0.domain) }
    if isExplained { contributions.reserveCapacity(20) }
    add(.source, lead.source, model)
    add(.companySize, lead.account.companySize, model)
    add(.industry, lead.account.industry, model)
    add(.region, lead.region, model)
    addSeniority(of: lead, levels: model.seniority)
    add(.consent, lead.hasConsent.map { $0 ? "given" : "refused" }, model)
    add(.preferredChannel, lead.preferredChannel?.rawValue, model)
    add(.email, mailValue, model)
    add(.phone, identity.phone == nil ? nil : "given", model)
    add(.name, Self.isGiven(lead.contact.name) ? "given" : nil, model)
    add(.company, Self.isGiven(lead.account.company) ? "given" : nil, model)
    add(.message, intent == .none ? nil : intent.rawValue, model)
  }

  private mutating func add(_ field: ScorecardField, _ value: String?, _ model: Scorecard) {
    guard let value, let table = model.tables[field] else { return }
    var weight = table.weight(of: value)
    if weight == nil, field == .companySize, let band = CompanySize(parsing: value) {
      weight = table.weight(of: band.rawValue)
    }
    add(field, weight, range: table.range)
  }

  /// The job title counts; where it says nothing, the persona.
  private mutating func addSeniority(of lead: Lead, levels: ScorecardLevels) {
    guard lead.contact.jobTitle != nil || lead.persona != nil else { return }
    let weight =
      lead.contact.jobTitle.flatMap(levels.weight(ofTitle:))
      ?? lead.persona.flatMap(levels.weight(ofTitle:))
    add(.seniority, weight, range: levels.range)
  }

  private mutating func add(_ field: ScorecardField, _ weight: ScorecardWeight?, range: Double) {
    guard let weight else {
      unknownFields.append(field)
      return
    }
    knownRange += range
    add(field.rawValue, points: weight.points, logOdds: weight.logOdds, text: weight.text)
  }

  /// Adds what the lead's past is worth at the subject's present.
  mutating func addHistory(of subject: ScoringSubject, model: Scorecard) {
    let history = subject.history
    // The lead may have written this very moment, which no history knows of yet.
    let lastActivity =
      [history.lastLeadActivity, subject.lead.lastActiveAt].compactMap(\.self).max()
      ?? subject.lead.createdAt
    let past = Past(ageDays: (subject.now - lastActivity).days, halfLifeDays: model.halfLifeDays)
    let isKnown =
      !history.interactions.isEmpty || !history.outcomes.isEmpty || history.conversions > 0
    if isKnown {
      knownRange += model.ranges.past
      // The order in which a dictionary hands out its entries does not show: `finish` sorts.
      for (kind, times) in history.interactions {
        add(model.interactions[kind], times: times, past)
      }
      for (outcome, times) in history.outcomes {
        add(model.outcomes[outcome], times: times, past)
      }
      add(model.conversions, times: history.conversions, past)
    }
    if history.accountLeads > 0 {
      knownRange += model.ranges.accountConversions
      add(model.accountConversions, times: history.accountConversions, past)
    }
  }

  private mutating func add(_ count: ScorecardCount?, times: Int, _ past: Past) {
    guard let count, times > 0 else { return }
    let factor = Double(min(times, count.limit)) * (count.fades ? past.decay : 1)
    let points = count.weight.points * factor
    guard isExplained else {
      add(points: points, logOdds: count.weight.logOdds * factor)
      return
    }
    var text = count.weight.reason
    text += times == 1 ? ", once" : ", \(times) times"
    if count.fades { text += past.wording }
    text += ScorecardWeight.points(points)
    add(count.field, points: points, logOdds: count.weight.logOdds * factor, text: text)
  }

  private mutating func add(_ field: String, points: Double, logOdds: Double, text: String) {
    guard logOdds != 0 else { return }
    guard isExplained else { return add(points: points, logOdds: logOdds) }
    contributions.append(
      Contribution(field: field, points: points, logOdds: logOdds, text: text))
  }

  private mutating func add(points: Double, logOdds: Double) {
    self.points += points
    self.logOdds += logOdds
  }

  private mutating func finish(_ model: Scorecard) {
    contributions.sort {
      let (left, right) = (abs($0.logOdds), abs($1.logOdds))
      return left == right ? $0.field < $1.field : left > right
    }
    // Summed in the order of the reasons, so that adding those up gives the very same number.
    points = contributions.reduce(model.baseline.points) { $0 + $1.points }
    logOdds = contributions.reduce(model.intercept) { $0 + $1.logOdds }
    confidence = model.ranges.total > 0 ? min(1, knownRange / model.ranges.total) : 0
  }

  /// The scorecard's name for what the address says; `nil` for a placeholder, which says nothing.
  private var mailValue: String? {
    switch mailDomain {
    case .business: "business"
    case .freeMail: "free_mail"
    case .placeholder, nil: nil
    }
  }

  private static func isGiven(_ text: String?) -> Bool { text.map { !$0.isEmpty } ?? false }
}

/// How long ago the lead was active.
private struct Past {
  /// What is left of the worth of what it did, 0–1.
  let decay: Double
  private let days: Int

  init(ageDays: Double, halfLifeDays: Double) {
    decay = halfLifeDecay(ageDays: ageDays, halfLifeDays: halfLifeDays)
    days = Int(max(0, ageDays))
  }

  /// The time in words.
  var wording: String {
    switch days {
    case 0: ", last active today"
    case 1: ", last active yesterday"
    default: ", last active \(days) days ago"
    }
  }
}
