package import Marketing

/// Experiments in SQLite.
package struct SQLiteExperimentStore: ExperimentStore {
  let database: SQLiteDatabase

  package func create(
    _ experiment: Experiment, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool) {
    let database = database
    return try await database.writer.perform { connection in
      if let known = try ExperimentRow.find(experiment.id, in: workspace, connection) {
        try Self.orConflict { () throws(ExperimentConflict) in
          try known.checkIsRepeated(by: experiment)
        }
        return (known, false)
      }
      try ExperimentRow.insert(experiment, in: workspace, connection)
      try database.log([event], in: workspace, connection)
      return (experiment, true)
    }
  }

  package func experiment(
    _ id: ExperimentID, in workspace: WorkspaceID
  ) throws(StoreError) -> Experiment? {
    try database.readers.read { try ExperimentRow.find(id, in: workspace, $0) }
  }

  package func experiments(
    _ query: ExperimentQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Experiment] {
    try await database.pooled.read { try ExperimentRow.all(query, in: workspace, $0) }
  }

  package func change(
    _ id: ExperimentID,
    _ change: @escaping @Sendable (inout Experiment) throws(ExperimentConflict) -> Bool,
    event: @escaping @Sendable (Experiment) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool) {
    let database = database
    return try await database.writer.perform { connection in
      guard var experiment = try ExperimentRow.find(id, in: workspace, connection) else {
        throw StoreError.noSuchExperiment(id)
      }
      let isNew = try Self.orConflict { () throws(ExperimentConflict) in try change(&experiment) }
      guard isNew else { return (experiment, false) }
      try ExperimentRow.update(experiment, in: workspace, connection)
      try database.log([event(experiment)], in: workspace, connection)
      return (experiment, true)
    }
  }

  package func assign(
    _ id: ExperimentID, to lead: LeadID, shares: [String: Double], at now: Timestamp,
    event: @escaping @Sendable (_ variant: String) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, decision: ExperimentAssignment.Decision) {
    // Most who ask have been assigned before: nothing is written for them.
    let known = try database.readers.read { connection in
      try connection.reading {
        try Self.decision(id, lead, shares, in: workspace, connection)
      }
    }
    guard case .assigned(_, _, isNew: true) = known.decision else { return known }
    let database = database
    return try await database.writer.perform { connection in
      let found = try Self.decision(id, lead, shares, in: workspace, connection)
      if case .assigned(let variant, _, isNew: true) = found.decision {
        try ExperimentUnitRow.insert(variant, to: lead, in: id, at: now, workspace, connection)
        try database.log([event(variant)], in: workspace, connection)
      }
      return found
    }
  }

  package func assignments(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> [LeadAssignment] {
    try database.readers.read { connection in
      try connection.reading { try ExperimentUnitRow.all(of: lead, workspace, connection) }
    }
  }

  package func data(
    of experiment: Experiment, withPast: Bool, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentData {
    try await database.pooled.read { connection in
      guard let unit = experiment.reportedUnit else {
        return try ExperimentCounts(
          experiment: experiment, workspace: workspace, connection: connection
        ).data(withPast: withPast)
      }
      guard let id = experiment.campaignID,
        let record = try CampaignRecord.find(id, .always, in: workspace, connection)
      else { return ExperimentData() }
      return ExperimentData(unit, of: experiment, in: record)
    }
  }

  package func segments(
    of experiment: Experiment, by field: LeadField, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String: ExperimentData] {
    guard experiment.reportedUnit == nil else { return [:] }
    return try await database.pooled.read { connection in
      var found: [String: ExperimentData] = [:]
      for value in try ExperimentCounts.segments(
        of: experiment, by: field, limit: limit, in: workspace, connection)
      {
        found[value] = try ExperimentCounts(
          experiment: experiment, workspace: workspace, connection: connection,
          segment: (field, value)
        ).data(withPast: true)
      }
      return found
    }
  }

  package func running(
    after place: (workspace: WorkspaceID, id: ExperimentID)?, limit: Int
  ) async throws(StoreError) -> [(workspace: WorkspaceID, experiment: Experiment)] {
    try await database.pooled.read { try ExperimentRow.running(after: place, limit: limit, $0) }
  }

  private static func decision(
    _ id: ExperimentID, _ lead: LeadID, _ shares: [String: Double], in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> (experiment: Experiment, decision: ExperimentAssignment.Decision) {
    guard let experiment = try ExperimentRow.find(id, in: workspace, connection) else {
      throw StoreError.noSuchExperiment(id)
    }
    guard try LeadRow.find(lead, in: workspace, connection) != nil else {
      throw StoreError.noSuchLead(lead)
    }
    let recorded = try ExperimentUnitRow.variant(of: lead, in: id, workspace, connection)
    var group: [ExperimentID] = []
    var elsewhere: ExperimentID?
    if let name = experiment.exclusionGroup, recorded == nil {
      group = try ExperimentRow.running(inGroup: name, workspace, connection)
      elsewhere = try group.first { other in
        try other != id
          && ExperimentUnitRow.variant(of: lead, in: other, workspace, connection) != nil
      }
    }
    let assignment = ExperimentAssignment(experiment, group: group, shares: shares)
    return (
      experiment,
      assignment.decision(
        for: lead.rawValue, recorded: recorded, recordedElsewhere: elsewhere)
    )
  }

  private static func orConflict<Result>(
    _ body: () throws(ExperimentConflict) -> Result
  ) throws(StoreError) -> Result {
    do throws(ExperimentConflict) { return try body() } catch { throw StoreError(error) }
  }
}
