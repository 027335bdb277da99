import JSONRPC
import MCP
import Marketing
import ServedFiles

/// The contracts of the roles that take leads over, and what else is read from files to prepare handoffs.
struct HandoffContracts: Sendable {
  /// The role of the contract for all that have none of their own.
  private static let general = "*"

  private let contracts: [String: HandoffContract]
  private let other: HandoffContract
  /// Where the clocks of leads are.
  let zones: ZoneTable

  /// - Throws: `ContractError` for a file that cannot be used.
  init() throws(ContractError) {
    var contracts: [String: HandoffContract] = [:]
    for file in ServedFile.handoffContracts {
      do {
        let contract = try JSONValueDecoder().decode(
          HandoffContract.self, from: JSONParser().parse(file.bytes))
        contracts[contract.role] = contract
      } catch {
        throw ContractError(message: "resources/handoffs/\(file.name).json: \(error)")
      }
    }
    guard let other = contracts[Self.general] else {
      throw ContractError(message: "resources/handoffs: there is no contract for every role")
    }
    do {
      zones = try ZoneTable(json: JSONParser().parse(ServedFile.zones.bytes))
    } catch {
      throw ContractError(message: "resources/zones/\(ServedFile.zones.name).json: \(error)")
    }
    self.contracts = contracts
    self.other = other
  }

  /// What a role needs.
  subscript(role: AgentRoleID) -> HandoffContract { contracts[role.rawValue] ?? other }
}
