package import JSONRPC

/// Keeps what is proposed for campaigns, what they are set to, and what their platforms have still to be told.
/// Every method is one transaction and, unless it says otherwise, sees and touches one workspace only; what a method
/// has returned from is durable.
package protocol OptimizationStore: Sendable {
  /// Stores proposals in the place of those that are still open (`CampaignProposals.replaced`), and opens an
  /// escalation unless one is open about the same, each with its event.
  /// - Parameters:
  ///   - proposals: each campaign once.
  ///   - event: makes the event of a proposal.
  /// - Returns: the escalation that is open: a new one, or the one there was.
  /// - Throws: `.conflict` when a name is taken.
  func propose(
    _ proposals: [CampaignProposals], escalation: (Escalation, Event)?, at now: Timestamp,
    event: @escaping @Sendable (Optimization) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> EscalationID?

  /// Sets a campaign's controls as an optimization says, if the policy allows it at that moment: of two who apply
  /// at once one does. One that is applied already stays as it is.
  /// - Parameters:
  ///   - person: who has approved it; `nil` where it is applied by itself.
  ///   - actor: who applies it.
  ///   - order: what the campaign's platform is to be told; asked when it is applied now.
  /// - Returns: the optimization as it is stored, whether it was applied now, and the controls.
  /// - Throws: `.notFound`; `.conflict` with the policy's reason or that of the optimization's state; `.stale`.
  func apply(
    _ id: OptimizationID, under policy: OptimizationPolicy, approvedBy person: String?,
    by actor: String, at now: Timestamp,
    order: @escaping @Sendable (Optimization, CampaignControls) -> ControlOrder?,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> AppliedOptimization

  /// Takes an optimization back as far as it still stands. Only money holds that back: what it had freed and
  /// another one spends, and the policy's caps.
  /// - Returns: also the controls that were changed again since and are left as they are.
  /// - Throws: `.notFound`; `.conflict` when it is not applied, nothing of it stands any more, or with the
  ///   policy's reason.
  func revert(
    _ id: OptimizationID, under policy: OptimizationPolicy, because reason: String,
    by actor: String, at now: Timestamp,
    order: @escaping @Sendable (Optimization, CampaignControls) -> ControlOrder?,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> RevertedOptimization

  /// An optimization; `nil` when there is none of this name. Read in place.
  func optimization(
    _ id: OptimizationID, in workspace: WorkspaceID
  ) throws(StoreError) -> Optimization?

  /// A campaign's optimizations, the latest first.
  func optimizations(
    of id: CampaignID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Optimization]

  /// What a campaign is set to: its own budget where nothing has been changed yet. Read in place.
  func controls(of id: CampaignID, in workspace: WorkspaceID) throws(StoreError) -> CampaignControls

  /// What a decision about an optimization has to know now, as `apply` would see it.
  /// - Throws: `.notFound`.
  func situation(
    of optimization: Optimization, under policy: OptimizationPolicy, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> OptimizationSituation

  /// The optimizations of a workspace that changed something since a time and were not taken back before it,
  /// the earliest change first.
  func changed(
    since time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Optimization]

  /// The optimizations of all workspaces that were applied before a time and are not measured yet, the earliest
  /// first; also those that were taken back since.
  func unmeasured(
    appliedBefore time: Timestamp, limit: Int
  ) async throws(StoreError) -> [(workspace: WorkspaceID, optimization: Optimization)]

  /// Notes what came of an optimization, and remembers it, unless it is noted already.
  /// - Returns: whether it was not.
  func note(
    _ measurement: OptimizationMeasurement, of id: OptimizationID, memory: AnalyzedMemory?,
    event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool

  /// What platforms of all workspaces are to be told by now, the earliest first.
  func dueOrders(at now: Timestamp, limit: Int) async throws(StoreError) -> [ControlOrder]

  /// Notes what became of an attempt to tell a platform.
  /// - Parameter next: when to try again; `nil` when it is done with.
  func settle(
    _ order: ControlOrder, answer: String, next: Timestamp?, event: Event?
  ) async throws(StoreError)
}

/// What a campaign's platform is to be told: the whole of what changed, in the order of the changes.
package struct ControlOrder: Sendable, Hashable {
  /// The order's name; it is told once under it.
  package var id: String
  /// The workspace.
  package var workspace: WorkspaceID
  /// The campaign.
  package var campaignID: CampaignID
  /// What is posted. No personal data.
  package var payload: JSONObject
  /// It is not posted earlier.
  package var notBefore: Timestamp
  /// How often it was tried.
  package var attempts: Int

  /// An order that is due.
  package init(
    id: String, workspace: WorkspaceID, campaignID: CampaignID, payload: JSONObject,
    notBefore: Timestamp, attempts: Int = 0
  ) {
    self.id = id
    self.workspace = workspace
    self.campaignID = campaignID
    self.payload = payload
    self.notBefore = notBefore
    self.attempts = attempts
  }
}

/// What came of applying an optimization.
package struct AppliedOptimization: Sendable, Hashable {
  /// The optimization as it is stored.
  package var optimization: Optimization
  /// Whether it was applied now.
  package var isNew: Bool
  /// What the campaign is set to.
  package var controls: CampaignControls

  /// See the properties.
  package init(_ optimization: Optimization, isNew: Bool, controls: CampaignControls) {
    self.optimization = optimization
    self.isNew = isNew
    self.controls = controls
  }
}

/// What came of reverting an optimization.
package struct RevertedOptimization: Sendable, Hashable {
  /// The optimization as it is stored.
  package var optimization: Optimization
  /// Whether it was reverted now.
  package var isNew: Bool
  /// The controls that were changed again since and are left as they are.
  package var left: [ControlName]
  /// What the campaign is set to.
  package var controls: CampaignControls

  /// See the properties.
  package init(
    _ optimization: Optimization, isNew: Bool, left: [ControlName], controls: CampaignControls
  ) {
    self.optimization = optimization
    self.isNew = isNew
    self.left = left
    self.controls = controls
  }
}

extension StoreError {
  /// The policy does not let an optimization be taken back.
  package static func notReverted(_ id: OptimizationID, _ reason: String) -> StoreError {
    StoreError(.conflict, "Optimization '\(id)' is not reverted: \(reason)")
  }

  /// The policy does not let an optimization be applied.
  package static func refused(_ id: OptimizationID, _ reason: String) -> StoreError {
    StoreError(.conflict, "Optimization '\(id)' is not applied: \(reason)")
  }
}
