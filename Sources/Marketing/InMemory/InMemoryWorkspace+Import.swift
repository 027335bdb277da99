extension InMemoryWorkspace {
  /// Stores the rows of a step.
  /// - Parameter time: when that is.
  mutating func importRows(_ step: ImportStep, at time: Timestamp) -> ImportResult {
    var result = ImportResult()
    switch step.rows {
    case nil: break
    case .leads(let leads, let identity):
      for (index, row) in leads.enumerated() {
        importLead(row, at: index, of: step, recordedAt: time, identity, &result)
      }
    case .interactions(let rows):
      for row in rows { result.rows.add(Self.put(row, as: row.id, in: &interactions)) }
    case .outcomes(let rows):
      for (index, row) in rows.enumerated() {
        if importedOutcomes[row.naming]?[row] != nil {
          result.rows.add(.unchanged)
          continue
        }
        switch importOutcome(row, recordedAt: time) {
        case .success(let change):
          result.rows.add(change)
          remember(row, of: step.source)
        case .failure(let refusal):
          result.refused.append(step.refusal(ofRow: index, column: nil, refusal.reason))
        }
      }
    case .campaigns(let rows):
      for row in rows { result.rows.add(Self.put(row, as: row.id, in: &campaigns)) }
    case .raw(let table, let rows):
      for row in rows {
        result.rows.add(Self.put(row, as: RawKey(table: table, key: row.key), in: &rawRows))
      }
    case .remembered(let table, let rows):
      for row in rows { result.rows.add(importRemembered(row, of: table, at: time)) }
    case .reports(let table, let rows):
      for (index, row) in rows.enumerated() {
        importReport(row, at: index, of: step, table: table, &result)
      }
    case .triples(let rows):
      for (index, row) in rows.enumerated() {
        importTriple(row, at: index, of: step, recordedAt: time, &result)
      }
    }
    return result
  }

  private mutating func importReport(
    _ row: ReportedRow, at index: Int, of step: ImportStep, table: DatasetTable?,
    _ result: inout ImportResult
  ) {
    let key = row.row.map { RawKey(table: table?.name ?? "", key: $0.key) }
    let isKnown = key.map { rawRows[$0] == row.row && toldRows.contains($0) } ?? false
    if isKnown {
      result.rows.add(.unchanged)
      return
    }
    do {
      let changes = try store([row.metric])
      guard let key, let raw = row.row else {
        for change in changes { result.rows.add(change) }
        return
      }
      let change = Self.put(raw, as: key, in: &rawRows)
      toldRows.insert(key)
      let isNews = changes.contains { $0 != .unchanged }
      result.rows.add(change == .unchanged && isNews ? .changed : change)
    } catch {
      result.refused.append(step.refusal(ofRow: index, column: nil, error.message))
    }
  }

  private mutating func importTriple(
    _ row: TripleRow, at index: Int, of step: ImportStep, recordedAt time: Timestamp,
    _ result: inout ImportResult
  ) {
    let key = RawKey(table: DatasetTable.semanticTriples.name, key: row.row.key)
    let isKnown = rawRows[key] == row.row
    var isNews = false
    if !isKnown || !toldRows.contains(key) {
      var graph = graph
      do {
        isNews = try graph.relate([row.relation], at: time).contains { $0.change != .unchanged }
      } catch {
        let error = error as? StoreError ?? StoreError(.corrupt, "\(error)")
        result.refused.append(row.refusal(error, at: index, of: step))
        return
      }
      self.graph = graph
    }
    let change = Self.put(row.row, as: key, in: &rawRows)
    toldRows.insert(key)
    result.rows.add(isKnown && isNews ? .changed : change)
  }

  /// Stores a row of a table of memory, and remembers what it says unless that has been done.
  private mutating func importRemembered(
    _ row: RememberedRow, of table: DatasetTable, at time: Timestamp
  ) -> ImportChange {
    let key = RawKey(table: table.name, key: row.row.key)
    let change = Self.put(row.row, as: key, in: &rawRows)
    if change == .unchanged, toldRows.contains(key) { return .unchanged }
    toldRows.remove(key)
    let told = memory.tell(row, of: table, at: time, leads: leads.keys)
    if told.isWhole { toldRows.insert(key) }
    return change == .unchanged && told.hasChanged ? .changed : change
  }

  /// Remembers what a row said of an outcome: instead of what earlier readings said, beside what this one
  /// did.
  private mutating func remember(_ outcome: Outcome, of source: ImportSource) {
    let said = importedOutcomes[outcome.naming]?.filter { $0.value == source.reading }
    importedOutcomes[outcome.naming] = said ?? [:]
    importedOutcomes[outcome.naming]?[outcome] = source.reading
  }

  static func put<Key: Hashable, Row: Equatable>(
    _ row: Row, as key: Key, in table: inout [Key: Row]
  ) -> ImportChange {
    let known = table.updateValue(row, forKey: key)
    guard let known else { return .added }
    return known == row ? .unchanged : .changed
  }

  private mutating func importLead(
    _ row: ImportedLead, at index: Int, of step: ImportStep, recordedAt time: Timestamp,
    _ identity: (Lead) -> LeadIdentity, _ result: inout ImportResult
  ) {
    let id = row.lead.id
    guard let stored = leads[id] else {
      put(row.lead, identity(row.lead))
      result.rows.add(.added)
      let isTaken = importConversion(
        row.conversion, at: index, of: step, recordedAt: time, &result)
      leads[id]?.imported = LeadMerge.memory(
        of: row, from: step.source, withoutConversion: !isTaken)
      return
    }
    let merge = LeadMerge(row, from: step.source, into: stored.lead, memory: stored.imported)
    if merge.isOtherPerson(identity) {
      result.refused.append(step.refusal(ofRow: index, column: nil, LeadMerge.otherPerson))
      result.refusedLeads.insert(id)
      return
    }
    let recorded = LeadMerge.Recorded(
      hasTriage: triages[id] != nil, disposition: latestOutcome(of: id)?.disposition)
    let lead = merge.lead(recorded)
    let newIdentity = identity(lead)
    result.rows.add(merge.change(lead != stored.lead || newIdentity != stored.identity))
    put(lead, newIdentity)
    if row.conversion != nil, merge.conversion == nil { result.conversions.add(.unchanged) }
    let isTaken = importConversion(
      merge.conversion, datesAnother: merge.datesConversion, at: index, of: step,
      recordedAt: time, &result)
    if merge.hasNews || merge.needsReading {
      leads[id]?.imported = merge.memory(of: lead, withoutConversion: !isTaken)
    }
  }

  /// - Returns: `false` when the conversion was refused.
  private mutating func importConversion(
    _ conversion: ImportedLead.Conversion?, datesAnother: Bool = false, at index: Int,
    of step: ImportStep, recordedAt time: Timestamp, _ result: inout ImportResult
  ) -> Bool {
    guard let conversion else { return true }
    switch importOutcome(
      conversion.outcome, isDated: conversion.isDated, datesAnother: datesAnother,
      recordedAt: time)
    {
    case .success(let change):
      result.conversions.add(change)
      return true
    case .failure(let refusal):
      result.refused.append(
        step.refusal(ofRow: index, column: conversion.column, refusal.reason))
      return false
    }
  }

  private struct Refusal: Error { let reason: String }

  private mutating func importOutcome(
    _ outcome: Outcome, isDated: Bool = true, datesAnother: Bool = false,
    recordedAt time: Timestamp
  ) -> Result<ImportChange, Refusal> {
    let own = outcomes.indices.filter { outcomes[$0].leadID == outcome.leadID }
    let alike = own.filter { outcomes[$0].disposition == outcome.disposition }
    if !isDated, !alike.isEmpty {
      guard alike.count == 1, outcomes[alike[0]].value == nil, let value = outcome.value else {
        return .success(.unchanged)
      }
      outcomes[alike[0]].value = value
      return .success(.changed)
    }
    // Only a time that an import made up gives way to another.
    if datesAnother, alike.count == 1, guessedOutcomes.contains(outcomes[alike[0]].naming) {
      outcomes[alike[0]].occurredAt = outcome.occurredAt
      outcomes[alike[0]].value = outcome.value ?? outcomes[alike[0]].value
      return .success(.changed)
    }
    let contradictedAt = own.filter { outcomes[$0].disposition != outcome.disposition }
      .map { outcomes[$0].occurredAt }.max()
    switch ConversionRule(outcome, isDated: isDated, contradictedAt: contradictedAt) {
    case .store:
      let change = put(outcome)
      noteOutcome(of: outcome.leadID, at: time)
      if !isDated, change == .added { guessedOutcomes.insert(outcome.naming) }
      return .success(change)
    case .refuse(let reason): return .failure(Refusal(reason: reason))
    case .replace:
      outcomes.removeAll {
        $0.leadID == outcome.leadID && $0.disposition != outcome.disposition
      }
      leads[outcome.leadID]?.lead.status = outcome.disposition.status
      outcomesKnownSince[outcome.leadID] = time
      scoring.learn(nil, from: outcome)
      return .success(put(outcome))
    }
  }
}

extension Outcome {
  /// What names it, without what is said of it.
  var naming: Outcome {
    Outcome(
      leadID: leadID, disposition: disposition, occurredAt: occurredAt,
      conversionType: conversionType)
  }
}
