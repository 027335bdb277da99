package import JSONRPC

/// A change of one of a campaign's controls.
package struct ControlChange: Sendable, Hashable, Codable {
  /// What is changed.
  package var control: ControlName
  /// What it is set to before; `nil` where nobody has set it.
  package var from: ControlValue?
  /// What it is set to afterwards.
  package var to: ControlValue

  /// A change.
  package init(_ control: ControlName, from: ControlValue?, to: ControlValue) {
    self.control = control
    self.from = from
    self.to = to
  }

  /// For a sentence: `the bid on search from 1 times to 0.85 times`.
  package var words: String {
    let before = from.map { " from \($0.words)" } ?? ""
    return "\(control.words)\(before) to \(to.words)"
  }
}

/// What can be changed about a campaign, and what it is set to now.
package struct CampaignControls: Sendable, Hashable {
  /// The campaign.
  package var campaignID: CampaignID
  /// How often anything of it was changed: 0 and up. Who changes it names the revision that he has seen,
  /// so of two at once one comes too late.
  package private(set) var revision: Int
  /// The currency of its money; `nil` while no money of it is known.
  package private(set) var currency: String?
  /// What has been set.
  package private(set) var values: [ControlName: ControlValue]

  /// Controls as they were stored.
  package init(
    campaignID: CampaignID, revision: Int, currency: String?, values: [ControlName: ControlValue]
  ) {
    self.campaignID = campaignID
    self.revision = revision
    self.currency = currency
    self.values = values
  }

  /// The controls of a campaign of which nothing has been changed yet: its own daily budget.
  /// - Parameter currency: of its figures; the budget's where they have none.
  package init(of campaign: Campaign, currency: String? = nil) {
    let budget = campaign.dailyBudget
    var values: [ControlName: ControlValue] = [:]
    let known = currency ?? budget?.currency
    if let budget, budget.currency == known { values[.dailyBudget] = .money(budget) }
    self.init(campaignID: campaign.id, revision: 0, currency: known, values: values)
  }

  /// What a control is set to. A bid or a segment that nobody has set is taken 1 times.
  /// - Returns: `nil` for budgets and shares that nobody has set.
  package subscript(control: ControlName) -> ControlValue? {
    if let value = values[control] { return value }
    switch control {
    case .bid, .segment: return .multiplier(1)
    case .dailyBudget, .variant: return nil
    }
  }

  /// Makes changes, all of them or none.
  /// - Parameter basis: the revision that the changes were worked out from.
  /// - Throws: `.stale` when something was changed since; `.conflict` when a value is not what the change
  ///   starts from, or it is none that the control can have.
  package mutating func apply(_ changes: [ControlChange], basis: Int) throws(StoreError) {
    guard basis == revision else {
      throw StoreError(
        .stale,
        "Campaign '\(campaignID)' was changed since: it is at revision \(revision), the change was "
          + "worked out from revision \(basis). Look at it again with optimize_campaign")
    }
    var next = values
    for change in changes {
      guard isSame(self[change.control], change.from) else {
        throw StoreError(
          .conflict,
          "\(change.control) of campaign '\(campaignID)' is \(self[change.control]?.words ?? "not set")"
            + ", not \(change.from?.words ?? "unset"): look at it again with optimize_campaign")
      }
      try check(change.control, change.to)
      next[change.control] = change.to
    }
    try checkShares(next)
    if currency == nil, case .money(let money)? = next[.dailyBudget] { currency = money.currency }
    values = next
    revision += 1
  }

  /// Takes changes back as far as they still stand.
  /// - Returns: the controls that were changed again since and are left as they are.
  /// - Throws: `.conflict` when none of them stands any more.
  package mutating func revert(_ changes: [ControlChange]) throws(StoreError) -> [ControlName] {
    var standing = changes.filter { isSame(self[$0.control], $0.to) }
    let moved = changes.filter { change in !standing.contains(change) }
    // The variants share one traffic: some of their old shares beside some new ones may exceed it.
    if moved.contains(where: { $0.control.isVariant }) {
      standing.removeAll { $0.control.isVariant }
    }
    guard !standing.isEmpty || changes.isEmpty else {
      throw StoreError(
        .conflict,
        "Everything that was changed of campaign '\(campaignID)' has been changed again since: "
          + "revert the later change first")
    }
    for change in standing { values[change.control] = change.from }
    revision += 1
    return changes.map(\.control).filter { control in
      !standing.contains { $0.control == control }
    }
  }

  private func isSame(_ left: ControlValue?, _ right: ControlValue?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.isClose(to: right)
  }

  private func check(_ control: ControlName, _ value: ControlValue) throws(StoreError) {
    guard control.allows(value), value.isValid else {
      throw StoreError(.conflict, "\(control) cannot be set to \(value.words)")
    }
    if case .money(let money) = value, let currency, money.currency != currency {
      throw StoreError(
        .conflict,
        "Campaign '\(campaignID)' is kept in \(currency), so \(control) cannot be \(value.words)")
    }
  }

  private func checkShares(_ values: [ControlName: ControlValue]) throws(StoreError) {
    var sum = 0.0
    for case .share(let share) in values.values { sum += share }
    guard sum <= 1 + 1e-6 else {
      throw StoreError(
        .conflict,
        "The variants of campaign '\(campaignID)' would get \((sum * 100).figure(1)) % of the traffic"
      )
    }
  }
}

extension CampaignControls {
  /// As it is stored and sent: `campaignID`, `revision`, `currency`, and `values` by the controls' names.
  package var json: JSONObject {
    var object: JSONObject = [
      "campaignID": .string(campaignID.rawValue), "revision": JSONValue(revision),
    ]
    if let currency { object["currency"] = .string(currency) }
    object["values"] = .object(
      JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key.text, .object($0.value.json)) }))
    return object
  }

  /// Reads what `json` writes.
  /// - Throws: `DecodingError` for anything else.
  package init(json: JSONObject) throws {
    let decoder = JSONValueDecoder()
    var values: [ControlName: ControlValue] = [:]
    for member in json["values"]?.objectValue ?? [:] {
      let name = try decoder.decode(ControlName.self, from: .string(member.key))
      values[name] = try decoder.decode(ControlValue.self, from: member.value)
    }
    let stored = try decoder.decode(StoredControls.self, from: .object(json))
    self.init(
      campaignID: stored.campaignID, revision: stored.revision, currency: stored.currency,
      values: values)
  }
}

private struct StoredControls: Decodable {
  let campaignID: CampaignID
  let revision: Int
  let currency: String?
}

extension ControlValue {
  /// As it is stored and sent: `amount` and `currency`, `multiplier` or `share`.
  package var json: JSONObject {
    switch self {
    case .money(let money):
      ["amount": JSONValue(money.amount), "currency": .string(money.currency)]
    case .multiplier(let factor): ["multiplier": JSONValue(factor)]
    case .share(let share): ["share": JSONValue(share)]
    }
  }
}
