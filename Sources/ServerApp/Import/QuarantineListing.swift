package import Marketing

/// Reads what imports have put in quarantine.
package struct QuarantineListing: Sendable {
  private static let page = 1000

  private let datasets: any DatasetStore
  private let workspace: WorkspaceID

  /// A listing of a workspace.
  package init(datasets: any DatasetStore, workspace: WorkspaceID) {
    self.datasets = datasets
    self.workspace = workspace
  }

  /// The files that have rows in quarantine.
  /// - Parameter path: a file, a folder, or the end of a file's path; `nil` for all.
  package func files(matching path: String?) async throws -> [QuarantinedFile] {
    let files = try await datasets.quarantinedFiles(in: workspace)
    guard let path else { return files }
    let name = ImportedFileName(path)
    return files.filter { name.matches($0.file, given: path) }
  }

  /// Hands over a file's rows one by one.
  package func rows(of file: QuarantinedFile, _ body: (QuarantinedRow) throws -> Void) async throws
  {
    var count = 0
    while true {
      let rows = try await datasets.quarantinedRows(
        of: file.file, skipping: count, limit: Self.page, in: workspace)
      for row in rows { try body(row) }
      count += rows.count
      if rows.count < Self.page { return }
    }
  }
}
