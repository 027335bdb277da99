package import JSONRPC

/// Something that a person has to decide.
package struct Escalation: Sendable, Hashable {
  /// Where it stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case open, resolved
  }

  /// The escalation's name within its workspace.
  package var id: EscalationID
  /// The lead it concerns.
  package var leadID: LeadID?
  /// What it is about: the name of a handoff or of another thing.
  package var subject: String
  /// Why, as a sentence without personal data.
  package var reason: String
  /// What whoever decides has to know. No personal data.
  package var context: JSONObject
  /// Who is to decide; `nil` for whoever comes first.
  package var owner: String?
  /// When it was opened.
  package var openedAt: Timestamp
  /// Until when it is to be decided.
  package var deadline: Timestamp
  /// Where it stands.
  package var state: State
  /// What was decided.
  package var resolution: String?
  /// Who decided.
  package var resolvedBy: String?
  /// When.
  package var resolvedAt: Timestamp?

  /// An escalation that has just been opened.
  package init(
    id: EscalationID, leadID: LeadID?, subject: String, reason: String, context: JSONObject = [:],
    owner: String? = nil, openedAt: Timestamp, deadline: Timestamp
  ) {
    self.id = id
    self.leadID = leadID
    self.subject = subject
    self.reason = reason
    self.context = context
    self.owner = owner
    self.openedAt = openedAt
    self.deadline = deadline
    state = .open
  }

  /// Is about another thing from now on, in the place of an escalation that would have been opened for that.
  package mutating func turn(to other: Escalation) {
    (subject, reason, context) = (other.subject, other.reason, other.context)
  }

  /// Notes what was decided.
  /// - Returns: whether it was open; once resolved it stays as it is.
  package mutating func resolve(
    _ resolution: String, by person: String, at now: Timestamp
  ) -> Bool {
    guard state == .open else { return false }
    state = .resolved
    (self.resolution, resolvedBy, resolvedAt) = (resolution, person, now)
    return true
  }
}

package typealias EscalationID = Identifier<Escalation>

extension StoreError {
  /// An escalation that must be there is not.
  package static func noSuchEscalation(_ id: EscalationID) -> StoreError {
    StoreError(.notFound, "There is no escalation '\(id)'")
  }

  /// An escalation's name belongs to another one.
  package static func escalationExists(_ id: EscalationID) -> StoreError {
    StoreError(.conflict, "Escalation '\(id)' is stored already")
  }
}

extension Event.Kind {
  package static let escalationOpened: Event.Kind = "escalation.opened"
  package static let escalationResolved: Event.Kind = "escalation.resolved"
}
