extension InMemoryStores {
  package func search(
    _ query: LeadQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadPage {
    let words = SearchWords.query(query.text)
    return read(in: workspace) { content in
      let keyed = content.leads.values.map(\.lead).filter { query.matches($0, words: words) }
        .map { (lead: $0, key: LeadPage.Key(value: query.order.value(of: $0), id: $0.id)) }
        .sorted { $0.key.stands(before: $1.key) }
      var rest = keyed[...]
      if let after = query.after { rest = rest.drop { !after.stands(before: $0.key) } }
      let page = rest.prefix(query.clampedLimit)
      return LeadPage(
        leads: page.map(\.lead), total: keyed.count,
        next: page.count < rest.count ? page.last?.key : nil)
    }
  }

  package func values(
    of field: LeadField, prefix: String, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String] {
    let prefix = prefix.foldingASCIICase
    return read(in: workspace) { content in
      var counts: [String: Int] = [:]
      for stored in content.leads.values {
        guard let value = field.value(of: stored.lead),
          value.foldingASCIICase.utf8.starts(with: prefix.utf8)
        else { continue }
        counts[value, default: 0] += 1
      }
      let frequentFirst = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return frequentFirst.prefix(max(0, limit)).map(\.key)
    }
  }
}

extension LeadQuery {
  /// The limit within its bounds.
  package var clampedLimit: Int { min(max(limit, 1), 200) }

  fileprivate func matches(_ lead: Lead, words: [String]?) -> Bool {
    if !categories.isEmpty, !categories.contains(where: { $0 == lead.category }) { return false }
    if !statuses.isEmpty, !statuses.contains(lead.status) { return false }
    if let campaignID, lead.campaignID != campaignID { return false }
    if minimumScore != nil || maximumScore != nil {
      guard let score = lead.score, score >= minimumScore ?? -.infinity,
        score <= maximumScore ?? .infinity
      else { return false }
    }
    if let createdFrom, lead.createdAt < createdFrom { return false }
    if let createdBefore, lead.createdAt >= createdBefore { return false }
    for (field, value) in fields
    where field.value(of: lead)?.foldingASCIICase != value.foldingASCIICase {
      return false
    }
    guard let words else { return true }
    guard !words.isEmpty else { return false }
    let held = SearchWords.words(of: lead)
    return words.allSatisfy { word in held.contains { $0.utf8.starts(with: word.utf8) } }
  }
}

extension LeadQuery.Order {
  fileprivate func value(of lead: Lead) -> Double? {
    switch self {
    case .createdAtDescending: Double(lead.createdAt.milliseconds)
    case .scoreDescending: lead.score
    case .lastActiveDescending: lead.lastActiveAt.map { Double($0.milliseconds) }
    }
  }
}

extension LeadPage.Key {
  /// Whether this place comes before another in a result: greater values first, none last, ties by name.
  fileprivate func stands(before other: Self) -> Bool {
    switch (value, other.value) {
    case (let left?, let right?): left == right ? id < other.id : left > right
    case (nil, nil): id < other.id
    case (.some, nil): true
    case (nil, .some): false
    }
  }
}

extension LeadField {
  func value(of lead: Lead) -> String? {
    switch self {
    case .id: lead.id.rawValue
    case .source: lead.source
    case .industry: lead.account.industry
    case .companySize: lead.account.companySize
    case .persona: lead.persona
    case .region: lead.region
    }
  }
}
