package import JSONRPC
package import MCP
import ServedFiles

/// The contracts of the tools, as the files in `tools-schema/` hold them.
package enum ToolContract {
  /// A tool's contract as it is written.
  /// - Throws: `ContractError` when there is no such file or it is no JSON.
  package static func json(_ name: String) throws(ContractError) -> JSONValue {
    guard let file = ServedFile.toolContracts.first(where: { $0.name == name }) else {
      throw ContractError(message: "\(name): there is no tools-schema/\(name).json")
    }
    do {
      return try JSONParser().parse(file.bytes)
    } catch {
      throw ContractError(message: "tools-schema/\(name).json: \(error)")
    }
  }

  /// What clients are told of a tool.
  static func definition(_ name: String) throws(ContractError) -> ToolDefinition {
    try ToolDefinition(contract: json(name))
  }

  /// The compiled schema of a tool's arguments.
  static func inputSchema(_ name: String) throws(ContractError) -> JSONSchema {
    do {
      return try JSONSchema(.object(definition(name).inputSchema))
    } catch {
      throw ContractError(message: "tools-schema/\(name).json: \(error)")
    }
  }
}
