/// Rows that wait until a batch is full.
struct PendingRows: Sendable {
  private let batchSize: Int
  private var full: [ImportBatch] = []
  private var leads: [(lead: Lead, identity: LeadIdentity)] = []
  private var interactions: [Interaction] = []
  private var outcomes: [Outcome] = []
  private var campaigns: [Campaign] = []
  private var raw: [RawRow] = []
  private var rawTable = ""

  /// - Parameter batchSize: the most rows of a batch, at least 1.
  init(batchSize: Int) { self.batchSize = max(1, batchSize) }

  mutating func add(_ lead: Lead, identity: LeadIdentity) {
    leads.append((lead, identity))
    if leads.count >= batchSize { flushLeads() }
  }

  mutating func add(_ interaction: Interaction) {
    interactions.append(interaction)
    if interactions.count >= batchSize { flushInteractions() }
  }

  /// An outcome may belong to a lead that waits too: leads are handed over first.
  mutating func add(_ outcome: Outcome) {
    outcomes.append(outcome)
    if outcomes.count >= batchSize {
      flushLeads()
      flushOutcomes()
    }
  }

  mutating func add(_ campaign: Campaign) {
    campaigns.append(campaign)
    if campaigns.count >= batchSize { flushCampaigns() }
  }

  mutating func add(_ row: RawRow, of table: DatasetTable) {
    rawTable = table.name
    raw.append(row)
    if raw.count >= batchSize { flushRaw() }
  }

  /// The batches that are full.
  mutating func takeFull() -> [ImportBatch] {
    defer { full = [] }
    return full
  }

  /// All batches, the last ones partly full.
  mutating func takeAll() -> [ImportBatch] {
    flushCampaigns()
    flushLeads()
    flushInteractions()
    flushOutcomes()
    flushRaw()
    return takeFull()
  }

  private mutating func flushLeads() {
    if !leads.isEmpty { full.append(.leads(leads)) }
    leads = []
  }

  private mutating func flushInteractions() {
    if !interactions.isEmpty { full.append(.interactions(interactions)) }
    interactions = []
  }

  private mutating func flushOutcomes() {
    if !outcomes.isEmpty { full.append(.outcomes(outcomes)) }
    outcomes = []
  }

  private mutating func flushCampaigns() {
    if !campaigns.isEmpty { full.append(.campaigns(campaigns)) }
    campaigns = []
  }

  private mutating func flushRaw() {
    if !raw.isEmpty { full.append(.raw(table: rawTable, rows: raw)) }
    raw = []
  }
}
