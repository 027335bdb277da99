import Marketing

/// What came out of an import, gathered as a store would.
struct Imported {
  var rows: [ImportedLead] = []
  var interactions: [Interaction] = []
  var outcomes: [Outcome] = []
  var campaigns: [Campaign] = []
  var raw: [String: [RawRow]] = [:]
  var triples: [NewRelation] = []
  var metrics: [CampaignMetric] = []
  var memories: [AnalyzedMemory] = []
  var over: [MemoryID] = []
  var quarantined: [QuarantinedRow] = []
  var batchSizes: [Int] = []
  /// The steps by what they hold.
  var steps: [ImportStep] = []
  var report = ImportReport()

  var leads: [Lead] { rows.map(\.lead) }

  mutating func take(_ steps: [ImportStep]) {
    self.steps += steps
    for step in steps {
      quarantined += step.quarantined
      switch step.rows {
      case nil: break
      case .leads(let rows, _):
        self.rows += rows
        outcomes += rows.compactMap(\.conversion?.outcome)
        batchSizes.append(rows.count)
      case .interactions(let rows):
        interactions += rows
        batchSizes.append(rows.count)
      case .outcomes(let rows):
        outcomes += rows
        batchSizes.append(rows.count)
      case .campaigns(let rows):
        campaigns += rows
        batchSizes.append(rows.count)
      case .raw(let table, let rows):
        raw[table, default: []] += rows
        batchSizes.append(rows.count)
      case .remembered(let table, let rows):
        raw[table.name, default: []] += rows.map(\.row)
        memories += rows.flatMap(\.memories)
        over += rows.flatMap(\.over)
        batchSizes.append(rows.count)
      case .reports(let table, let rows):
        if let table { raw[table.name, default: []] += rows.compactMap(\.row) }
        metrics += rows.map(\.metric)
        batchSizes.append(rows.count)
      case .triples(let rows):
        raw[DatasetTable.semanticTriples.name, default: []] += rows.map(\.row)
        triples += rows.map(\.relation)
        batchSizes.append(rows.count)
      }
    }
  }

  /// The quarantine in short: `file:line column`.
  var refused: [String] {
    quarantined.map { "\($0.file):\($0.line) \($0.column ?? "-")" }
  }

  /// Imports tables given as bytes, in the order given.
  static func tables(
    _ files: [(DatasetTable, [UInt8])], chunk: Int = 4096, batchSize: Int = 1000,
    known: [DatasetTable: [String]] = [:]
  ) -> Imported {
    var importer = DatasetImporter(
      reading: 1, batchSize: batchSize, analyze: { AnalyzedText(plain: $0) },
      identity: { LeadIdentity(email: $0.contact.email?.lowercased()) })
    for (table, keys) in known { importer.register(keys, of: table) }
    var imported = Imported()
    for (table, bytes) in files {
      importer.begin(table)
      imported.read(bytes, into: &importer, chunk: chunk)
    }
    imported.report = importer.report
    return imported
  }

  /// Imports a lead file given as text.
  static func leadFile(
    _ text: String, mapping: ColumnMapping = ColumnMapping(), chunk: Int = 4096
  ) -> Imported {
    leadFile(Array(text.utf8), mapping: mapping, chunk: chunk)
  }

  /// Imports a lead file given as bytes.
  static func leadFile(
    _ bytes: [UInt8], mapping: ColumnMapping = ColumnMapping(), chunk: Int = 4096
  ) -> Imported {
    var importer = LeadFileImporter(
      source: ImportSource(file: "my.csv", reading: 1), mapping: mapping,
      receivedAt: Timestamp(milliseconds: 1_750_000_000_000)
    ) { LeadIdentity(email: $0.contact.email?.lowercased()) }
    var imported = Imported()
    imported.read(bytes, into: &importer, chunk: chunk)
    imported.report = importer.report
    return imported
  }

  /// Imports a report of an ad platform.
  static func metricFile(
    _ bytes: [UInt8], mapping: MetricMapping = MetricMapping(), chunk: Int = 4096
  ) -> Imported {
    var importer = MetricFileImporter(
      source: ImportSource(file: "ads.csv", reading: 1), mapping: mapping,
      now: Timestamp(milliseconds: 1_750_000_000_000))
    var imported = Imported()
    imported.read(bytes, into: &importer, chunk: chunk)
    imported.report = importer.report
    return imported
  }

  /// Reads a file as the runner does, with nothing stored.
  private mutating func read(
    _ bytes: [UInt8], into importer: inout some FileImporter, chunk: Int
  ) {
    var at = 0
    while true {
      if at < bytes.count {
        take(importer.feed(Array(bytes[at..<min(at + chunk, bytes.count)])))
        at += chunk
      } else {
        take(importer.end())
        if importer.resumeOffset == nil { return }
      }
      if let offset = importer.resumeOffset { at = offset }
    }
  }

  /// A table's file from rows in the table's own column order.
  static func file(_ table: DatasetTable, _ rows: [[String]], extra: [String] = []) -> [UInt8] {
    var writer = CSVWriter()
    writer.write(table.columns + extra)
    for row in rows { writer.write(row) }
    return writer.take()
  }
}

/// One good row of each typed table.
enum GoodRow {
  static let campaign = [
    "CMP1", "Autumn", "Lead Gen", "2025-05-22T14:50:25", "2025-06-01", #"["Ads", "E-Mail"]"#,
    "55.5", "555", "m@purple.example", "EU", #"["CMO"]"#, "CPL",
  ]
  static let lead = [
    "L1", "2025-07-15T11:13:15", "Referral", "CMP1", "Campaign Qualified", "Qualified", "69",
    "51-200", "E\u{2011}commerce", "CMO", "EU", "Call", "True", "a@acme.example",
    "+1-906-555-0100", "EN-015", "2025-08-06T01:19:44",
  ]
  static let conversation = ["C1", "L1", "2025-07-15T11:13:15", "2025-08-28T23:57:12", "active"]
  static let interaction = [
    "INT1", "C1", "L1", "CMP1", "2025-08-24T16:15:40", "Email", "email_click", "EN-002", "VAR1",
    "callback_requested", #"{"duration_sec": 752, "utm": {"source": "x"}}"#,
  ]
  static let conversion = ["L1", "CMP1", "2025-08-03T02:59:25", "499.25", "meeting_scheduled"]
  static let variant = ["VAR1", "CMP1", "Email", "AdCopy", "Hello", "Book", "Urgent", "14"]

  static func with(_ row: [String], _ changes: [Int: String]) -> [String] {
    var row = row
    for (index, value) in changes { row[index] = value }
    return row
  }
}
