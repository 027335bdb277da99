import JSONRPC
import Marketing

/// A piece of work as tools show it.
package struct WorkEntry: Encodable, Sendable {
  let workID: WorkID
  let kind: WorkKind
  let role: AgentRoleID
  let leadID: LeadID?
  let subject: String?
  let state: WorkItem.State
  let claim: Int64
  let dueAt: Timestamp
  let notBefore: Timestamp
  let attempts: Int
  let maxAttempts: Int
  let worker: String?
  let leaseUntil: Timestamp?
  let updatedAt: Timestamp
  let lastError: String?
  let payload: JSONObject

  init(_ item: WorkItem) {
    workID = item.id
    kind = item.kind
    role = item.role
    leadID = item.leadID
    subject = item.subject
    state = item.state
    claim = item.claim
    dueAt = item.dueAt
    notBefore = item.notBefore
    attempts = item.attempts
    maxAttempts = item.maxAttempts
    worker = item.worker
    leaseUntil = item.leaseUntil
    updatedAt = item.updatedAt
    lastError = item.lastError
    payload = item.payload
  }
}
