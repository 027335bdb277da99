import ArgumentParser
import JSONRPC
import MCP
import MarketingTools
import ServedFiles

/// Lists the tools.
struct ToolsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools", abstract: "Lists the tools, as a Markdown table or as their contracts.")

  @Flag(help: "Print the contracts as JSON.")
  var json = false

  func run() async throws {
    let contracts = try ServedFile.toolContracts.map { try ToolContract.json($0.name) }
    if json {
      print(IndentedJSON.text(of: .array(contracts)))
    } else {
      print(ToolTable.markdown(contracts))
    }
  }
}
