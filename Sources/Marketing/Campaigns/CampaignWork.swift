extension Identifier<WorkItem.KindName> {
  /// A campaign breaks a rule: somebody is to find out what to change.
  package static var optimizeCampaign: WorkKind { WorkKind(rawValue: "optimize_campaign") }
}

extension Identifier<AgentRole> {
  /// Agents that change campaigns.
  package static var optimizer: AgentRoleID { AgentRoleID(rawValue: "optimizer") }
}
