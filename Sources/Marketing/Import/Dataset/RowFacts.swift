extension FactSuccession.Ending {
  /// The end of a fact that a row said and does not say any more; `nil` when it is another's, has ended before,
  /// or the row still says something of the same.
  package init?(of record: MemoryRecord, leftOutBy row: RememberedRow, in table: DatasetTable) {
    guard let since = row.factsSince, let fact = record.fact, record.retractedAt == nil,
      record.source == MemorySource(name: table.name, reference: row.row.key),
      record.leadID == row.row.leadID, record.validTo.map({ since < $0 }) ?? true,
      !row.memories.contains(where: { $0.record.fact?.key == fact.key })
    else { return nil }
    self.init(
      record: record,
      left: FactPeriod(of: record).without(FactPeriod(from: since, to: nil)))
  }
}

extension MemoryRecord {
  /// Whether a row that is read again says the same of it.
  package func isSaidAgain(by other: MemoryRecord) -> Bool {
    isRepeated(by: other) && expiresAt == other.expiresAt && importance == other.importance
  }
}
