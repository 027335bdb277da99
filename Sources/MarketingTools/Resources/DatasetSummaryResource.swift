import JSONRPC
import MCP
import Marketing

/// What the workspace holds, as JSON: `dataset://summary`.
package enum DatasetSummaryResource {
  /// The address.
  package static let uri = "dataset://summary"

  static func registered(_ environment: ToolEnvironment) -> RegisteredResource {
    let definition = ResourceDefinition(
      uri: uri, name: "dataset-summary", title: "Data set",
      summary: "How many rows each table holds, leads by category, rows in quarantine.",
      mimeType: "application/json", scopes: ["leads:read"])
    return RegisteredResource(definition) { uri, _, context throws(CallInterruption) in
      let datasets = environment.datasets
      let summary = try await storing(context) { () async throws(StoreError) in
        try await datasets.summary(in: context.workspace)
      }
      do {
        let text = JSONWriter.text(of: try JSONValueEncoder().encode(summary))
        return [ResourceContents(uri: uri, mimeType: "application/json", data: .text(text))]
      } catch {
        throw .fault(error)
      }
    }
  }
}
