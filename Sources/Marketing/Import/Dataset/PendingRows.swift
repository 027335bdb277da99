/// Rows that wait until a batch is full, each with the line it starts on.
struct PendingRows: Sendable {
  /// A batch and its rows' lines.
  struct Batch: Sendable {
    let rows: ImportBatch
    let lines: [Int]
  }

  /// Rows of one type.
  private struct Waiting<Row: Sendable>: Sendable {
    var rows: [Row] = []
    var lines: [Int] = []

    mutating func add(_ row: Row, _ line: Int) {
      rows.append(row)
      lines.append(line)
    }
  }

  private let batchSize: Int
  private let identity: @Sendable (Lead) -> LeadIdentity
  private var full: [Batch] = []
  private var leads = Waiting<ImportedLead>()
  private var interactions = Waiting<Interaction>()
  private var outcomes = Waiting<Outcome>()
  private var campaigns = Waiting<Campaign>()
  private var raw = Waiting<RawRow>()
  private var rawTable = ""
  private var triples = Waiting<TripleRow>()
  private var reports = Waiting<ReportedRow>()
  private var reportedTable: DatasetTable?
  private var remembered = Waiting<RememberedRow>()
  private var rememberedTable = DatasetTable.memoryLongTerm

  /// - Parameter batchSize: the most rows of a batch, at least 1.
  init(batchSize: Int, identity: @escaping @Sendable (Lead) -> LeadIdentity) {
    self.batchSize = max(1, batchSize)
    self.identity = identity
  }

  mutating func add(_ lead: ImportedLead, line: Int) {
    leads.add(lead, line)
    if leads.rows.count >= batchSize { flushLeads() }
  }

  mutating func add(_ interaction: Interaction, line: Int) {
    interactions.add(interaction, line)
    if interactions.rows.count >= batchSize { flushInteractions() }
  }

  mutating func add(_ outcome: Outcome, line: Int) {
    outcomes.add(outcome, line)
    if outcomes.rows.count >= batchSize { flushOutcomes() }
  }

  mutating func add(_ campaign: Campaign, line: Int) {
    campaigns.add(campaign, line)
    if campaigns.rows.count >= batchSize { flushCampaigns() }
  }

  mutating func add(_ row: RawRow, of table: DatasetTable, line: Int) {
    rawTable = table.name
    raw.add(row, line)
    if raw.rows.count >= batchSize { flushRaw() }
  }

  mutating func add(_ triple: TripleRow, line: Int) {
    triples.add(triple, line)
    if triples.rows.count >= batchSize { flushTriples() }
  }

  mutating func add(_ row: RememberedRow, of table: DatasetTable, line: Int) {
    rememberedTable = table
    remembered.add(row, line)
    if remembered.rows.count >= batchSize { flushRemembered() }
  }

  mutating func add(_ report: ReportedRow, of table: DatasetTable?, line: Int) {
    reportedTable = table
    reports.add(report, line)
    if reports.rows.count >= batchSize { flushReports() }
  }

  /// The batches that are full.
  mutating func takeFull() -> [Batch] {
    defer { full = [] }
    return full
  }

  /// All batches, the last ones partly full.
  mutating func takeAll() -> [Batch] {
    flushCampaigns()
    flushLeads()
    flushInteractions()
    flushOutcomes()
    flushRaw()
    flushTriples()
    flushRemembered()
    flushReports()
    return takeFull()
  }

  private static func flush<Row>(
    _ waiting: inout Waiting<Row>, into full: inout [Batch], _ batch: ([Row]) -> ImportBatch
  ) {
    guard !waiting.rows.isEmpty else { return }
    full.append(Batch(rows: batch(waiting.rows), lines: waiting.lines))
    waiting = Waiting()
  }

  private mutating func flushLeads() {
    let identity = identity
    Self.flush(&leads, into: &full) { .leads($0, identity: identity) }
  }

  private mutating func flushInteractions() {
    Self.flush(&interactions, into: &full, ImportBatch.interactions)
  }

  private mutating func flushOutcomes() {
    Self.flush(&outcomes, into: &full, ImportBatch.outcomes)
  }

  private mutating func flushCampaigns() {
    Self.flush(&campaigns, into: &full, ImportBatch.campaigns)
  }

  private mutating func flushRaw() {
    let table = rawTable
    Self.flush(&raw, into: &full) { .raw(table: table, rows: $0) }
  }

  private mutating func flushRemembered() {
    let table = rememberedTable
    Self.flush(&remembered, into: &full) { .remembered(table: table, rows: $0) }
  }

  private mutating func flushReports() {
    let table = reportedTable
    Self.flush(&reports, into: &full) { .reports(table: table, rows: $0) }
  }

  private mutating func flushTriples() {
    Self.flush(&triples, into: &full, ImportBatch.triples)
  }
}
