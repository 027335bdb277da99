/// What is proposed for one campaign at once.
package struct CampaignProposals: Sendable, Hashable {
  /// Which open proposals of the campaign these take the place of.
  package enum Scope: Sendable, Hashable {
    /// All: the campaign was looked at as a whole.
    case all
    /// Those that change one of the same controls.
    case sameControls
  }

  /// The campaign.
  package var campaignID: CampaignID
  /// What is proposed; may be nothing.
  package var proposals: [Optimization]
  /// What they take the place of.
  package var scope: Scope

  /// Proposals; see the properties.
  package init(_ proposals: [Optimization], for id: CampaignID, replacing scope: Scope = .all) {
    campaignID = id
    self.proposals = proposals
    self.scope = scope
  }

  private func replaces(_ old: Optimization, after applied: Set<OptimizationID>) -> Bool {
    guard old.campaignID == campaignID else { return false }
    // The money that it spends is freed already.
    if old.requires.contains(where: applied.contains) { return false }
    guard scope == .sameControls else { return true }
    let controls = Set(proposals.flatMap(\.changes).map(\.control))
    return old.changes.contains { controls.contains($0.control) }
  }

  /// The open proposals that new ones take the place of. One that would spend what another frees goes with
  /// that one, and one that would free money for nothing else goes as well.
  /// One that spends what an applied one has freed stays: without it that money would be lost.
  /// - Parameter known: optimizations of any campaigns, with those that the open ones require.
  /// - Returns: their names.
  package static func replaced(
    _ known: [Optimization], by new: [CampaignProposals]
  ) -> Set<OptimizationID> {
    let open = known.filter { $0.state == .proposed }
    let applied = Set(known.filter { $0.state == .applied }.map(\.id))
    var gone = Set(
      open.filter { old in new.contains { $0.replaces(old, after: applied) } }.map(\.id))
    var count = -1
    while gone.count != count {
      count = gone.count
      for old in open where old.requires.contains(where: gone.contains) { gone.insert(old.id) }
      let spending = open.filter { !gone.contains($0.id) }.flatMap(\.requires)
      for old in open where gone.contains(old.id) {
        gone.formUnion(
          old.requires.filter { freeing in
            !spending.contains(freeing) && open.contains { $0.id == freeing }
          })
      }
    }
    return gone
  }
}
