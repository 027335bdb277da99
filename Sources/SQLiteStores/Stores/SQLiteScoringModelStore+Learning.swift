package import Marketing

extension SQLiteScoringModelStore {
  package func lessonCounts(
    mostValues: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> LessonCounts {
    try await database.pooled.read {
      try LessonRow.counts(mostValues: mostValues, in: workspace, $0)
    }
  }

  package func lessonRevision(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    try database.readers.read { try LessonRow.revision(in: workspace, $0) }
  }

  package func outcomes(
    since time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> CohortCount {
    try await database.pooled.read { try OutcomeRow.decided(since: time, in: workspace, $0) }
  }

  package func judgedPredictions(
    limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [JudgedPrediction] {
    try await database.pooled.read { try ShadowRow.judged(limit: limit, in: workspace, $0) }
  }

  package func labelledLeads(
    _ query: LabelledLeadQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> [LabelledLead] {
    try await database.pooled.read { [hasher = database.hasher] connection in
      try LabelledLeadScan(
        query: query, workspace: workspace, hasher: hasher, connection: connection
      ).leads()
    }
  }
}
