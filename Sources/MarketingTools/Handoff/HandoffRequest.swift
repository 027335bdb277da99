package import Marketing

/// What somebody wants handed over.
package struct HandoffRequest: Sendable {
  /// The handoff's name; preparing one of a known name again changes nothing.
  package var id: HandoffID
  /// The lead.
  package var leadID: LeadID
  /// The agent that hands over, as the event log names it.
  package var sender: String
  /// Its role.
  package var senderRole: AgentRoleID
  /// The role that is to take over.
  package var receiverRole: AgentRoleID
  /// Why, in the sender's words.
  package var reason: String
  /// A conversation that belongs to it, beside those that name the lead.
  package var conversationID: ConversationID?
  /// What the sender has promised the lead.
  package var promises: [String] = []
  /// What the sender knows to forbid or bind.
  package var constraints: [String] = []
  /// What else the receiver should know.
  package var notes: [String] = []
  /// Promises and constraints of earlier handoffs that do not hold any more, word by word.
  package var settled: [String] = []
  /// Who has to decide when the packet is not good enough; `nil` for whom the settings name.
  package var escalationOwner: String?
  /// The most tokens of the packet; `nil` for what the receiver's contract says.
  package var tokenBudget: Int?

  /// A request.
  package init(
    _ id: HandoffID, of lead: LeadID, by sender: String, from senderRole: AgentRoleID,
    to receiverRole: AgentRoleID, because reason: String
  ) {
    self.id = id
    leadID = lead
    self.sender = sender
    self.senderRole = senderRole
    self.receiverRole = receiverRole
    self.reason = reason
  }
}
