import JSONRPC
import Marketing

/// An optimization as tools and resources show it.
struct OptimizationEntry: Encodable, Sendable {
  private let content: JSONObject

  init(_ optimization: Optimization) throws {
    var content = try optimization.json()
    content["id"] = Optional.none
    var named: JSONObject = ["optimizationID": .string(optimization.id.rawValue)]
    for member in content { named[member.key] = member.value }
    named["changesInWords"] = .array(optimization.changes.map { .string($0.words) })
    self.content = named
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(content)
  }
}
