package import JSONRPC

/// A piece of work that waits for an agent, is in one's hands, or was.
package struct WorkItem: Sendable, Hashable {
  /// What kinds of work are named by.
  package enum KindName {}

  /// Where an item stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// It waits for a worker.
    case ready
    /// A worker has it.
    case claimed
    /// It is done.
    case done
    /// Its attempts are used up, or it cannot be done: a person must look.
    case dead
  }

  /// The item's name.
  package var id: WorkID
  /// What is to be done.
  package var kind: WorkKind
  /// The role of the agents that do such work.
  package var role: AgentRoleID
  /// The lead it concerns.
  package var leadID: LeadID?
  /// What else it concerns, for example a handoff.
  package var subject: String?
  /// What it is the same work by: of a workspace's items that wait or are claimed, no two have one key.
  package var key: String
  /// Where it stands.
  package var state: State
  /// When it should be done; what is due first is handed out first.
  package var dueAt: Timestamp
  /// How often it was claimed, without claims that were given back.
  package var attempts: Int
  /// How often it may be.
  package var maxAttempts: Int
  /// It is not handed out before.
  package var notBefore: Timestamp
  /// The number of the latest claim: it rises with every claim, and only its holder can end the work.
  package var claim: Int64
  /// Who has it, or had it last.
  package var worker: String?
  /// Until when it is its worker's; `nil` unless it is claimed.
  package var leaseUntil: Timestamp?
  /// When it was put into the queue.
  package var createdAt: Timestamp
  /// When it changed last.
  package var updatedAt: Timestamp
  /// What went wrong at the latest attempt that failed.
  package var lastError: String?
  /// What the worker needs to know. No personal data.
  package var payload: JSONObject
  /// What came of it. No personal data.
  package var result: JSONObject?

  /// An item that waits.
  package init(_ draft: WorkDraft, at now: Timestamp) {
    id = draft.id
    kind = draft.kind
    role = draft.role
    leadID = draft.leadID
    subject = draft.subject
    key = draft.key
    state = .ready
    dueAt = draft.dueAt
    attempts = 0
    maxAttempts = max(1, draft.maxAttempts)
    notBefore = draft.notBefore ?? now
    claim = 0
    createdAt = now
    updatedAt = now
    payload = draft.payload
  }
}

/// Work to be put into the queue.
package struct WorkDraft: Sendable, Hashable {
  /// How often work may be attempted where nothing else is said.
  package static let attempts = 5

  /// The name it gets.
  package var id: WorkID
  /// What is to be done.
  package var kind: WorkKind
  /// The role of the agents that do such work.
  package var role: AgentRoleID
  /// The lead it concerns.
  package var leadID: LeadID?
  /// What else it concerns.
  package var subject: String?
  /// What it is the same work by.
  package var key: String
  /// When it should be done.
  package var dueAt: Timestamp
  /// How often it may be attempted, at least once.
  package var maxAttempts: Int
  /// It is not handed out before; `nil` for at once.
  package var notBefore: Timestamp?
  /// What the worker needs to know. No personal data.
  package var payload: JSONObject

  /// Work.
  /// - Parameter key: what it is the same work by; `nil` for its kind and role with its lead and subject, else
  ///   its own name.
  package init(
    id: WorkID, kind: WorkKind, role: AgentRoleID, leadID: LeadID? = nil, subject: String? = nil,
    key: String? = nil, dueAt: Timestamp, maxAttempts: Int = Self.attempts,
    notBefore: Timestamp? = nil, payload: JSONObject = [:]
  ) {
    self.id = id
    self.kind = kind
    self.role = role
    self.leadID = leadID
    self.subject = subject
    let whole = [kind.rawValue, role.rawValue, leadID?.rawValue ?? "", subject ?? ""]
    let isNamed = leadID != nil || subject != nil
    self.key = key ?? (whole + (isNamed ? [] : [id.rawValue])).joined(separator: ":")
    self.dueAt = dueAt
    self.maxAttempts = maxAttempts
    self.notBefore = notBefore
    self.payload = payload
  }

  /// Makes it other work than an item of the same key, to be done behind it.
  package mutating func follow(_ id: WorkID) { key += ":behind:\(id.rawValue)" }
}

extension Identifier<WorkItem.KindName> {
  /// A lead is to be triaged.
  package static var triageLead: WorkKind { WorkKind(rawValue: "triage_lead") }
  /// A lead that was handed off is to be engaged.
  package static var engageLead: WorkKind { WorkKind(rawValue: "engage_lead") }
  /// A person's request is to be answered by those whose matter it is.
  package static var handleRequest: WorkKind { WorkKind(rawValue: "handle_request") }
  /// A handoff is to be accepted, and its lead to be gone on with.
  package static func toTakeOver(_ role: AgentRoleID) -> WorkKind {
    role == .engagement ? .engageLead : WorkKind(rawValue: "take_over_lead")
  }
  /// A lead that came back is to be handed over anew by the role that did before.
  package static func toHandOver(_ role: AgentRoleID) -> WorkKind {
    role == .triage ? .triageLead : WorkKind(rawValue: "hand_over_lead")
  }
}

extension Identifier<AgentRole> {
  /// Agents that score leads and hand them on.
  package static var triage: AgentRoleID { AgentRoleID(rawValue: "triage") }
  /// Those who help with the product.
  package static var support: AgentRoleID { AgentRoleID(rawValue: "support") }
  /// Those who hire.
  package static var recruiting: AgentRoleID { AgentRoleID(rawValue: "recruiting") }
  /// Agents that win leads.
  package static var engagement: AgentRoleID { AgentRoleID(rawValue: "engagement") }
}
