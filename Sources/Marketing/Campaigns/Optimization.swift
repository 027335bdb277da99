package import JSONRPC

/// A change of a campaign that is proposed, and what became of it.
package struct Optimization: Sendable, Hashable, Codable {
  /// What kind of change it is.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bids for parts of the audience.
    case targetingAdjustment = "targeting_adjustment"
    /// Shares of variants.
    case creativeRefresh = "creative_refresh"
    /// Bids on channels.
    case bidChange = "bid_change"
    /// The daily budget.
    case budgetReallocation = "budget_reallocation"

    /// For a sentence.
    package var words: String {
      switch self {
      case .targetingAdjustment: "targeting adjustment"
      case .creativeRefresh: "creative refresh"
      case .bidChange: "bid change"
      case .budgetReallocation: "budget reallocation"
      }
    }
  }

  /// Where it stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// It may be applied until it expires.
    case proposed
    /// The controls are set as it says.
    case applied
    /// It was applied and then taken back.
    case reverted
    /// Somebody decided against it.
    case declined
    /// Nobody applied it in time.
    case expired
  }

  /// The optimization's name within its workspace.
  package var id: OptimizationID
  /// The campaign.
  package var campaignID: CampaignID
  /// What kind of change it is.
  package var kind: Kind
  /// Where it stands.
  package var state: State
  /// What it changes; at least one control, none twice.
  package var changes: [ControlChange]
  /// What speaks for it; at least one.
  package var evidence: [OptimizationEvidence]
  /// What it is expected to do; `nil` where nothing can be said.
  package var expected: ExpectedEffect?
  /// What harm it can do.
  package var risk: OptimizationRisk
  /// How it is taken back, as a sentence.
  package var undo: String
  /// What speaks against it or is in its way, as sentences.
  package var conflicts: [String]
  /// Those of other campaigns that free the money it spends: they have to be applied first.
  package var requires: [OptimizationID]
  /// The others that budgets are divided anew with, which only make sense together; `nil` for one alone.
  package var partners: [OptimizationID]?
  /// The revision of the campaign's controls that it was worked out from.
  package var basis: Int
  /// When it was proposed.
  package var createdAt: Timestamp
  /// Until when it can be applied, that moment not included.
  package var expiresAt: Timestamp
  /// When it was applied.
  package var appliedAt: Timestamp?
  /// Who applied it.
  package var appliedBy: String?
  /// When it was reverted or declined.
  package var revertedAt: Timestamp?
  /// Who did.
  package var revertedBy: String?
  /// Why, in the words of the one who did.
  package var revertReason: String?
  /// What came of it, once that is known.
  package var measurement: OptimizationMeasurement?

  /// A proposal.
  package init(
    id: OptimizationID, campaignID: CampaignID, kind: Kind, changes: [ControlChange],
    evidence: [OptimizationEvidence], expected: ExpectedEffect? = nil, risk: OptimizationRisk,
    undo: String, conflicts: [String] = [], requires: [OptimizationID] = [], basis: Int,
    createdAt: Timestamp, expiresAt: Timestamp
  ) {
    self.id = id
    self.campaignID = campaignID
    self.kind = kind
    state = .proposed
    self.changes = changes
    self.evidence = evidence
    self.expected = expected
    self.risk = risk
    self.undo = undo
    self.conflicts = conflicts
    self.requires = requires
    self.basis = basis
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }
}

package typealias OptimizationID = Identifier<Optimization>

// What may become of it. Each of these changes nothing when it throws.
extension Optimization {
  /// Sets the campaign's controls as it says.
  /// - Returns: whether it was not applied before; once it is, applying it again changes nothing.
  /// - Throws: `.conflict` when it was reverted or declined or its time is over; `.stale` when the controls
  ///   were changed since it was worked out.
  package mutating func apply(
    to controls: inout CampaignControls, by person: String, at now: Timestamp
  ) throws(StoreError) -> Bool {
    switch state {
    case .proposed: break
    case .applied: return false
    case .reverted, .declined, .expired: throw conflict("\(Self.ending(state)): \(Self.again)")
    }
    guard now < expiresAt else { throw conflict("was not applied in time: \(Self.again)") }
    guard controls.campaignID == campaignID else {
      throw conflict("is for campaign '\(campaignID)', not '\(controls.campaignID)'")
    }
    try controls.apply(changes, basis: basis)
    state = .applied
    (appliedAt, appliedBy) = (now, person)
    return true
  }

  /// Takes it back as far as it still stands.
  /// - Returns: the controls that were changed again since and are left as they are; `nil` when it had been
  ///   reverted before, which changes nothing.
  /// - Throws: `.conflict` when it is not applied or nothing of it stands any more.
  package mutating func revert(
    in controls: inout CampaignControls, by person: String, because reason: String,
    at now: Timestamp
  ) throws(StoreError) -> [ControlName]? {
    switch state {
    case .applied: break
    case .reverted: return nil
    case .proposed: throw conflict("is not applied, so there is nothing to revert")
    case .declined, .expired:
      throw conflict("\(Self.ending(state)), so there is nothing to revert")
    }
    let left = try controls.revert(changes)
    state = .reverted
    (revertedAt, revertedBy, revertReason) = (now, person, reason)
    return left
  }

  /// Notes that somebody decided against it.
  /// - Returns: whether it was open before.
  /// - Throws: `.conflict` when it was applied or its time is over.
  package mutating func decline(
    by person: String, because reason: String, at now: Timestamp
  ) throws(StoreError) -> Bool {
    switch state {
    case .proposed: break
    case .declined: return false
    case .applied: throw conflict("is applied: revert it with revert_optimization")
    case .reverted, .expired: throw conflict(Self.ending(state))
    }
    state = .declined
    (revertedAt, revertedBy, revertReason) = (now, person, reason)
    return true
  }

  /// Ends a proposal whose time is over.
  /// - Returns: whether it was one.
  package mutating func expire(at now: Timestamp) -> Bool {
    guard state == .proposed, expiresAt <= now else { return false }
    state = .expired
    return true
  }

  /// When it last changed a control: a revert does so as well; `nil` when it never did.
  package var lastChangedAt: Timestamp? {
    switch state {
    case .applied: appliedAt
    case .reverted: revertedAt
    case .proposed, .declined, .expired: nil
    }
  }

  private static let again = "have another one proposed with optimize_campaign"

  private static func ending(_ state: State) -> String {
    switch state {
    case .proposed: "is open"
    case .applied: "has been applied"
    case .reverted: "has been reverted"
    case .declined: "has been declined"
    case .expired: "was not applied in time"
    }
  }

  private func conflict(_ text: String) -> StoreError {
    StoreError(.conflict, "Optimization '\(id)' \(text)")
  }
}

extension Optimization {
  /// As it is stored and sent.
  /// - Throws: `EncodingError` for a number that JSON cannot spell.
  package func json() throws -> JSONObject {
    guard case .object(let object) = try JSONValueEncoder().encode(self) else { return [:] }
    return object
  }

  /// Reads what `json()` writes.
  /// - Throws: `DecodingError` for anything else.
  package init(json: JSONObject) throws {
    self = try JSONValueDecoder().decode(Self.self, from: .object(json))
  }
}

extension StoreError {
  /// An optimization that must be there is not.
  package static func noSuchOptimization(_ id: OptimizationID) -> StoreError {
    StoreError(.notFound, "There is no optimization '\(id)'")
  }
}

extension Event.Kind {
  package static let optimizationProposed: Event.Kind = "optimization.proposed"
  package static let optimizationApplied: Event.Kind = "optimization.applied"
  package static let optimizationReverted: Event.Kind = "optimization.reverted"
  package static let optimizationMeasured: Event.Kind = "optimization.measured"
  /// A platform was told of a change.
  package static let controlsTold: Event.Kind = "campaign.controls_told"
  /// It could not be.
  package static let controlsNotTold: Event.Kind = "campaign.controls_not_told"
}
