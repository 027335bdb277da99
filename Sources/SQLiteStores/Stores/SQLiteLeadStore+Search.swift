package import Marketing

extension SQLiteLeadStore {
  package func search(
    _ query: LeadQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadPage {
    let words = SearchWords.query(query.text)
    if words?.isEmpty == true { return LeadPage(leads: [], total: 0, next: nil) }
    if words != nil {
      // What is answered is found: the words of the newest leads may not be in the index yet.
      try await database.indexing.catchUp(readers: database.readers, writer: database.writer)
    }
    let filter = LeadFilter(query, words: words, in: workspace)
    return try await database.pooled.read { connection in
      let total = try filter.count(in: connection)
      var leads = try filter.page(in: connection)
      var next: LeadPage.Key?
      if leads.count > query.clampedLimit {
        leads.removeLast()
        next = leads.last.map { LeadPage.Key(value: query.order.value(of: $0), id: $0.id) }
      }
      return LeadPage(leads: leads, total: total, next: next)
    }
  }

  package func values(
    of field: LeadField, prefix: String, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String] {
    try await database.pooled.read { connection in
      var select = try connection.prepare(
        """
        SELECT \(field.column) FROM leads
        WHERE workspace = ?1 AND substr(\(field.column), 1, length(?2)) = ?2 COLLATE NOCASE
        GROUP BY \(field.column) ORDER BY count(*) DESC, \(field.column) LIMIT ?3
        """)
      select.bind(workspace)
      select.bind(prefix)
      select.bind(max(0, limit))
      var values: [String] = []
      while try select.step() { values.append(select.text()) }
      return values
    }
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

  fileprivate var column: String {
    switch self {
    case .createdAtDescending: "created_at"
    case .scoreDescending: "score"
    case .lastActiveDescending: "last_active_at"
    }
  }
}

extension LeadField {
  var column: String {
    switch self {
    case .id: "id"
    case .source: "source"
    case .industry: "industry"
    case .companySize: "company_size"
    case .persona: "persona"
    case .region: "region"
    }
  }
}

/// A query as SQL: conditions from constants of this program, values as parameters.
private struct LeadFilter: Sendable {
  private enum Value: Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
  }

  private let query: LeadQuery
  private var conditions: [String] = []
  private var values: [Value] = []

  init(_ query: LeadQuery, words: [String]?, in workspace: WorkspaceID) {
    self.query = query
    add("workspace = ?", .text(workspace.rawValue))
    if let words {
      // Words hold nothing but letters, marks and digits, so quoted they are never syntax.
      let match = words.map { "\"\($0)\"*" }.joined(separator: " ")
      add("row IN (SELECT rowid FROM lead_words WHERE lead_words MATCH ?)", .text(match))
    }
    addAny("category", query.categories.map(\.rawValue))
    addAny("status", query.statuses.map(\.rawValue))
    for (field, value) in query.fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      add("\(field.column) = ? COLLATE NOCASE", .text(value))
    }
    if let campaign = query.campaignID { add("campaign_id = ?", .text(campaign.rawValue)) }
    if let score = query.minimumScore { add("score >= ?", .real(score)) }
    if let score = query.maximumScore { add("score <= ?", .real(score)) }
    if let from = query.createdFrom { add("created_at >= ?", .integer(from.milliseconds)) }
    if let before = query.createdBefore { add("created_at < ?", .integer(before.milliseconds)) }
  }

  func count(in connection: SQLConnection) throws -> Int {
    var select = try connection.prepare(
      "SELECT count(*) FROM leads WHERE \(conditions.joined(separator: " AND "))")
    bind(to: &select)
    return try select.step() ? Int(select.integer()) : 0
  }

  /// The leads of the page, and one more when there are more.
  func page(in connection: SQLConnection) throws -> [Lead] {
    var filter = self
    filter.addPlace()
    let column = query.order.column
    var select = try connection.prepare(
      """
      SELECT \(LeadRow.leadColumns) FROM leads
      WHERE \(filter.conditions.joined(separator: " AND "))
      ORDER BY \(column) DESC NULLS LAST, id LIMIT ?
      """)
    filter.bind(to: &select)
    select.bind(query.clampedLimit + 1)
    var leads: [Lead] = []
    while try select.step() { leads.append(try Lead(reading: &select)) }
    return leads
  }

  /// Goes on behind the last lead of the page before.
  private mutating func addPlace() {
    guard let after = query.after else { return }
    let column = query.order.column
    let id = Value.text(after.id.rawValue)
    guard let value = after.value else { return add("\(column) IS NULL AND id > ?", id) }
    let place = Value.real(value)
    add("(\(column) < ? OR (\(column) = ? AND id > ?) OR \(column) IS NULL)", place, place, id)
  }

  private mutating func add(_ condition: String, _ values: Value...) {
    conditions.append(condition)
    self.values += values
  }

  private mutating func addAny(_ column: String, _ texts: [String]) {
    guard !texts.isEmpty else { return }
    let places = Array(repeating: "?", count: texts.count).joined(separator: ", ")
    conditions.append("\(column) IN (\(places))")
    values += texts.map(Value.text)
  }

  private func bind(to statement: inout SQLStatement) {
    for value in values {
      switch value {
      case .text(let text): statement.bind(text)
      case .integer(let integer): statement.bind(integer)
      case .real(let real): statement.bind(real)
      }
    }
  }
}
