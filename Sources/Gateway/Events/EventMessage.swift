import JSONRPC
package import Marketing

/// An event as it is sent to subscribers.
package struct EventMessage: Sendable, Hashable {
  /// The kind of the message that says that events were missed.
  package static let reset = "reset"

  /// The event's place in the log, from which a subscriber can go on.
  package let sequence: Int64
  /// What happened, or `reset`.
  package let kind: String
  /// The event as JSON on one line. No personal data.
  package let json: [UInt8]

  /// An event.
  package init(_ logged: LoggedEvent) {
    let event = logged.event
    sequence = logged.sequence
    kind = event.kind.rawValue
    var json: JSONObject = [
      "sequence": JSONValue(logged.sequence), "id": .string(event.id.rawValue),
      "kind": .string(kind),
    ]
    json["leadID"] = (event.leadID?.rawValue).map(JSONValue.string)
    json["campaignID"] = (event.campaignID?.rawValue).map(JSONValue.string)
    json["occurredAt"] = .string(event.occurredAt.iso8601)
    json["actor"] = .string(event.actor)
    json["facts"] = .object(event.facts)
    self.json = JSONWriter.bytes(of: .object(json))
  }

  /// Says that the events behind the subscriber's place are not there any more: read anew what matters.
  package init(resetAt sequence: Int64) {
    self.sequence = sequence
    kind = Self.reset
    json = JSONWriter.bytes(of: ["sequence": JSONValue(sequence), "kind": .string(Self.reset)])
  }

  /// The newest of several events of the same lead and kind stands for all of them.
  static func coalesced(_ events: [LoggedEvent]) -> [EventMessage] {
    struct Subject: Hashable {
      let lead: LeadID
      let kind: Event.Kind
    }
    var seen: Set<Subject> = []
    var newestFirst: [EventMessage] = []
    for logged in events.reversed() {
      if let lead = logged.event.leadID,
        !seen.insert(Subject(lead: lead, kind: logged.event.kind)).inserted
      {
        continue
      }
      newestFirst.append(EventMessage(logged))
    }
    return newestFirst.reversed()
  }
}
