package import Marketing

extension SQLiteDatasetStore {
  package func quarantinedFiles(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [QuarantinedFile] {
    try await database.pooled.read { try QuarantineRow.files(in: workspace, $0) }
  }

  package func quarantinedRows(
    of file: String, skipping: Int, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [QuarantinedRow] {
    try await database.pooled.read {
      try QuarantineRow.rows(of: file, skipping: skipping, limit: limit, in: workspace, $0)
    }
  }
}
