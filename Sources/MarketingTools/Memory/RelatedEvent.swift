import JSONRPC
import Marketing

extension Event {
  /// That something else is known of entities now. Those who follow an entity see what is shared: of what is
  /// private to a role no entity is named.
  static func related(
    _ related: [Related], of lead: LeadID?, id: EventID, actor: String, at now: Timestamp
  ) -> Event {
    let touched = Set(related.filter { $0.relation.role == nil }.flatMap(\.touched)).sorted()
    return Event(
      id: id, kind: .knowledgeRelated, leadID: lead, occurredAt: now, actor: actor,
      facts: [
        "relations": JSONValue(related.count { $0.change != .unchanged || !$0.ended.isEmpty }),
        "entities": JSONValue(Set(related.flatMap { $0.newEntities + $0.namedEntities }).count),
        "ended": JSONValue(related.reduce(0) { $0 + $1.ended.count }),
        "entityIDs": .array(touched.map { JSONValue.string($0.rawValue) }),
      ])
  }
}
