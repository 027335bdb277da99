import Marketing

/// An imported lead ready for its table.
struct ImportedLeadRow: Sendable {
  let row: ImportedLead
  /// The lead as it is stored when it is new.
  let write: LeadWrite
  /// Its key, should it be new.
  let sealedKey: [UInt8]
  /// When the import stores what it brings.
  let recordedAt: Timestamp

  private var workspace: WorkspaceID { write.workspace }

  /// Stores the lead, or puts what is new in the row into what is stored.
  /// - Parameter index: the row's place among those of the step.
  func store(
    at index: Int, of step: ImportStep, _ identity: (Lead) -> LeadIdentity, _ hasher: LeadHasher,
    _ result: inout ImportResult, _ connection: SQLConnection
  ) throws {
    guard let stored = try LeadRow.find(row.lead.id, in: workspace, connection) else {
      // First the conversion: the lead counts those that are there.
      let isTaken = try store(row.conversion, at: index, of: step, hasher, &result, connection)
      let memory = LeadMerge.memory(of: row, from: step.source, withoutConversion: !isTaken)
      _ = try write.insert(sealedKey: sealedKey, imported: memory.bytes, connection)
      result.rows.add(.added)
      return
    }
    let merge = LeadMerge(
      row, from: step.source, into: stored.lead, memory: ImportMemory(bytes: stored.imported))
    if merge.isOtherPerson(identity) {
      result.refused.append(step.refusal(ofRow: index, column: nil, LeadMerge.otherPerson))
      result.refusedLeads.insert(row.lead.id)
      return
    }
    let lead = merge.hasNews ? merge.lead(try recorded(stored, connection)) : stored.lead
    let next = LeadWrite(lead, identity: identity(lead), hasher: hasher, in: workspace)
    let hasChanged = lead != stored.lead || next.identity != stored.identity
    result.rows.add(merge.change(hasChanged))
    if row.conversion != nil, merge.conversion == nil { result.conversions.add(.unchanged) }
    if hasChanged {
      try next.update(stored, imported: stored.imported, hasher: hasher, connection)
    }
    guard merge.hasNews || merge.needsReading else { return }
    let isTaken = try store(
      merge.conversion, datesAnother: merge.datesConversion, at: index, of: step, hasher,
      &result, connection)
    if merge.conversion != nil {
      try LeadRow.find(row: stored.row, in: connection)?
        .recountConversions(in: workspace, hasher: hasher, connection)
    }
    let memory = merge.memory(of: lead, withoutConversion: !isTaken)
    try LeadRow.remember(memory.bytes, row: stored.row, connection)
  }

  private func recorded(
    _ stored: LeadRow, _ connection: SQLConnection
  ) throws -> LeadMerge.Recorded {
    var select = try connection.prepare("SELECT 1 FROM triages WHERE lead_row = ?")
    select.bind(stored.row)
    return LeadMerge.Recorded(
      hasTriage: try select.step(),
      disposition: try OutcomeRow.latest(of: row.lead.id, in: workspace, connection)?.disposition)
  }

  /// - Returns: `false` when the conversion was refused.
  private func store(
    _ conversion: ImportedLead.Conversion?, datesAnother: Bool = false, at index: Int,
    of step: ImportStep, _ hasher: LeadHasher, _ result: inout ImportResult,
    _ connection: SQLConnection
  ) throws -> Bool {
    guard let conversion else { return true }
    let imported = ImportedOutcome(
      outcome: conversion.outcome, isDated: conversion.isDated, datesAnother: datesAnother,
      recordedAt: recordedAt, workspace: workspace, hasher: hasher)
    switch try imported.store(connection) {
    case .success(let change):
      result.conversions.add(change)
      return true
    case .failure(let refusal):
      result.refused.append(
        step.refusal(ofRow: index, column: conversion.column, refusal.reason))
      return false
    }
  }
}

extension LeadRow {
  /// Keeps what files said of a lead.
  fileprivate static func remember(
    _ memory: [UInt8], row: Int64, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare("UPDATE leads SET imported = ? WHERE row = ?")
    update.bind(blob: memory)
    update.bind(row)
    try update.run()
  }
}

/// An imported outcome ready for its table.
struct ImportedOutcome: Sendable {
  struct Refusal: Error { let reason: String }

  let outcome: Outcome
  var isDated = true
  /// Whether it says when one was of which a file has told without a time.
  var datesAnother = false
  /// When the import stores it.
  let recordedAt: Timestamp
  let workspace: WorkspaceID
  let hasher: LeadHasher

  /// Stores the outcome unless what is recorded stands against it. The lead's count of conversions is left
  /// to the caller.
  func store(_ connection: SQLConnection) throws -> Result<ImportChange, Refusal> {
    if !isDated || datesAnother {
      let alike = try OutcomeRow.alike(outcome, in: workspace, connection)
      let completes =
        isDated
        ? try alike.count == 1 && isGuess(row: alike.row, connection)
        : alike.count == 1 && !alike.hasValue && outcome.value != nil
      if completes {
        try OutcomeRow.complete(row: alike.row, with: outcome, isDated: isDated, connection)
        return .success(.changed)
      }
      if alike.count > 0, !isDated { return .success(.unchanged) }
    }
    let contradictedAt = try OutcomeRow.contradictedAt(outcome, in: workspace, connection)
    switch ConversionRule(outcome, isDated: isDated, contradictedAt: contradictedAt) {
    case .store: break
    case .refuse(let reason): return .failure(Refusal(reason: reason))
    case .replace:
      try OutcomeRow.removeContradicted(by: outcome, in: workspace, connection)
      try LeadRow.find(outcome.leadID, in: workspace, connection)?
        .setStatus(outcome.disposition.status, connection)
      try LessonRow.learn(nil, from: outcome, in: workspace, connection)
    }
    let change = try OutcomeRow.store(
      outcome, recordedAt: recordedAt, in: workspace, connection)
    if !isDated, change == .added {
      try OutcomeMemory(in: workspace, connection)
        .rememberGuess(hasher.hashes(of: outcome, in: workspace))
    }
    return .success(change)
  }

  /// Whether an import made up the time of a stored outcome: only that may give way to another.
  private func isGuess(row: Int64, _ connection: SQLConnection) throws -> Bool {
    guard let stored = try OutcomeRow.find(row: row, connection) else { return false }
    return try OutcomeMemory(in: workspace, connection)
      .isGuess(hasher.hashes(of: stored, in: workspace))
  }
}
