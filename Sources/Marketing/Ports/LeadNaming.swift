import JSONRPC

/// Tells stored results that name a lead from those that only hold the same word.
package struct LeadNaming: Sendable {
  /// The members whose values are names of leads.
  private static let members: Set<String> = [
    "leadID", "leadIDs", "otherLeadID", "leadId", "lead_id",
  ]

  private let id: String
  private let addresses: (lead: String, memory: String)

  /// Looks for one lead.
  package init(_ id: LeadID) {
    self.id = id.rawValue
    addresses = ("lead://\(id.rawValue)", "memory://\(id.rawValue)/")
  }

  /// Whether JSON names the lead, also within a text that is JSON itself. What is no JSON names nobody.
  package func isIn(_ json: String) -> Bool {
    // Names of leads need no escapes.
    guard json.contains(id), let value = try? JSONParser(maximumBytes: .max).parse(json) else {
      return false
    }
    return isIn(value, isName: false)
  }

  private func isIn(_ value: JSONValue, isName: Bool) -> Bool {
    switch value {
    case .string(let text):
      if isName, text == id { return true }
      let first = text.utf8.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
      return (first == UInt8(ascii: "{") || first == UInt8(ascii: "[")) && isIn(text)
    case .array(let values): return values.contains { isIn($0, isName: isName) }
    case .object(let object): return isIn(object)
    default: return false
    }
  }

  private func isIn(_ object: JSONObject) -> Bool {
    // A lead itself is told by what only a lead has beside its name.
    let isLead = object["contact"] != nil
    return object.members.contains { member in
      if member.key == "uri", let uri = member.value.stringValue {
        return uri == addresses.lead || uri.hasPrefix(addresses.memory)
      }
      let isName = Self.members.contains(member.key) || isLead && member.key == "id"
      return isIn(member.value, isName: isName)
    }
  }
}
