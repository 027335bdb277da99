/// One reading of one file. What the file's rows say is remembered under its name, so that reading it
/// again is no news.
package struct ImportSource: Sendable, Hashable {
  /// The file's name, the same whenever it is read, and another for every other file.
  package var file: String
  /// Tells this reading from every other one of the file: the time it began, in milliseconds.
  package var reading: Int64

  /// A reading.
  package init(file: String, reading: Int64) {
    self.file = file
    self.reading = reading
  }
}

/// A part of a file's import, to be stored in one transaction.
package struct ImportStep: Sendable {
  /// The file that is being read.
  package var source: ImportSource
  /// Whether this is the file's first step, with which its earlier quarantine is forgotten.
  package var isFirst = false
  /// The good rows; `nil` when there are none.
  package var rows: ImportBatch?
  /// The line that each of the rows starts on; empty where nobody will ask.
  package var lines: [Int] = []
  /// The rows that could not be read.
  package var quarantined: [QuarantinedRow] = []
  /// How many rows may be put in quarantine beside those; others that cannot be stored are only counted.
  package var quarantineRoom = Int.max

  /// A step.
  package init(source: ImportSource, rows: ImportBatch? = nil, lines: [Int] = []) {
    self.source = source
    self.rows = rows
    self.lines = lines
  }

  /// The complaint about one of the rows.
  package func refusal(
    ofRow index: Int, column: String?, _ reason: String
  ) -> QuarantinedRow {
    QuarantinedRow(
      file: source.file, line: lines.indices.contains(index) ? lines[index] : 0, column: column,
      reason: reason)
  }
}

/// Rows of one table, ready to be stored.
package enum ImportBatch: Sendable {
  /// Leads, and what gives the values by which a lead's duplicates are recognised: what is stored and
  /// what the row says are one lead only when the store has put them together.
  case leads([ImportedLead], identity: @Sendable (Lead) -> LeadIdentity)
  case interactions([Interaction])
  case outcomes([Outcome])
  case campaigns([Campaign])
  /// Rows of a table that has no type of its own yet, as they stand in the file.
  case raw(table: String, rows: [RawRow])
  /// Rows of `DatasetTable.semanticTriples`: kept as they stand, and told to the graph until that has taken
  /// them, and again when they have changed.
  case triples([TripleRow])
  /// Reports of campaigns. Those of a table are kept as they stand too, and recorded until that has been done, and
  /// again when they have changed.
  case reports(table: DatasetTable?, rows: [ReportedRow])
  /// Rows of a table of memory: kept as they stand, and remembered until all they say has been, and again when
  /// they have changed.
  case remembered(table: DatasetTable, rows: [RememberedRow])
}

/// A row that reports what a campaign did.
package struct ReportedRow: Sendable, Hashable {
  /// The row as it stands in the file; `nil` where only what it reports is kept.
  package var row: RawRow?
  /// What it reports.
  package var metric: CampaignMetric

  /// A row.
  package init(row: RawRow? = nil, metric: CampaignMetric) {
    self.row = row
    self.metric = metric
  }
}

/// A row that says something to remember.
package struct RememberedRow: Sendable, Hashable {
  /// The row as it stands in the file.
  package var row: RawRow
  /// What it says; nothing when it is over.
  package var memories: [AnalyzedMemory]
  /// What it said when it was not over yet.
  package var over: [MemoryID]
  /// Since when its facts are all that it says of its lead; `nil` where it says no facts.
  package var factsSince: Timestamp?

  /// A row.
  package init(
    row: RawRow, memories: [AnalyzedMemory], over: [MemoryID] = [], factsSince: Timestamp? = nil
  ) {
    self.row = row
    self.memories = memories
    self.over = over
    self.factsSince = factsSince
  }
}

/// A row that says how two things relate.
package struct TripleRow: Sendable, Hashable {
  /// The row as it stands in the file.
  package var row: RawRow
  /// What it says.
  package var relation: NewRelation

  /// A row.
  package init(row: RawRow, relation: NewRelation) {
    self.row = row
    self.relation = relation
  }

  /// The complaint about the row when the graph does not take it.
  package func refusal(
    _ error: StoreError, at index: Int, of step: ImportStep
  ) -> QuarantinedRow {
    // Names that are told apart by their spelling may still be names of one entity.
    let isSame = error.message == StoreError.sameEntity(relation.predicate).message
    return step.refusal(
      ofRow: index, column: isSame ? "object" : nil,
      isSame ? TripleRows.sameEntity : error.message)
  }
}

/// What became of a step.
package struct ImportResult: Sendable, Hashable {
  /// What became of the rows.
  package var rows = ImportCount()
  /// What became of the conversions that rows of leads told of.
  package var conversions = ImportCount()
  /// Rows that could not be stored beside what is there.
  package var refused: [QuarantinedRow] = []
  /// The leads whose rows are among them, as what is stored under their names is somebody else.
  package var refusedLeads: Set<LeadID> = []

  /// Nothing.
  package init() {}

  /// Whether anything was stored that was not there.
  package var hasChanges: Bool { rows.hasChanges || conversions.hasChanges }
}

/// What became of rows.
package struct ImportCount: Sendable, Hashable, Codable {
  /// Rows that were not there before.
  package var added: Int
  /// Rows that were there with other content.
  package var changed: Int
  /// Rows that were there already.
  package var unchanged: Int
  /// Rows that were put together with an earlier row of the same reading, which is counted above.
  package var merged: Int

  /// A count.
  package init(added: Int = 0, changed: Int = 0, unchanged: Int = 0, merged: Int = 0) {
    self.added = added
    self.changed = changed
    self.unchanged = unchanged
    self.merged = merged
  }

  /// Whether anything was stored that was not there.
  package var hasChanges: Bool { added + changed > 0 }

  /// Counts a row.
  package mutating func add(_ change: ImportChange) {
    switch change {
    case .added: added += 1
    case .changed: changed += 1
    case .unchanged: unchanged += 1
    case .merged: merged += 1
    }
  }

  /// Both counts together.
  package static func + (left: Self, right: Self) -> Self {
    Self(
      added: left.added + right.added, changed: left.changed + right.changed,
      unchanged: left.unchanged + right.unchanged, merged: left.merged + right.merged)
  }
}

/// What became of one row.
package enum ImportChange: Sendable, Hashable {
  case added, changed, unchanged, merged
}
