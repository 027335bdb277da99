package import JSONRPC

/// The tools as a table for people, as it stands in the README.
package enum ToolTable {
  /// A Markdown table of contracts: name, what it does, scopes, whether it can run as a task.
  package static func markdown(_ contracts: [JSONValue]) -> String {
    let rows = contracts.map { contract in
      let scopes = (contract["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)
      let task = contract["taskSupport"]?.stringValue ?? "forbidden"
      return "| `\(contract["name"]?.stringValue ?? "")` | \(firstSentence(contract)) "
        + "| \(scopes.map { "`\($0)`" }.joined(separator: " ")) "
        + "| \(task == "forbidden" ? "no" : task) |"
    }
    return (["| Tool | What it does | Scopes | As a task |", "| --- | --- | --- | --- |"] + rows)
      .joined(separator: "\n")
  }

  private static func firstSentence(_ contract: JSONValue) -> String {
    let text = contract["description"]?.stringValue ?? ""
    guard let end = text.firstRange(of: ". ") else { return text }
    return text[..<end.lowerBound] + "."
  }
}
