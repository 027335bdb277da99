/// A lead on its way from one role of agents to another. What is handed over, the packet, is kept apart.
package struct Handoff: Sendable, Hashable {
  /// Where it stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// It may be offered.
    case prepared
    /// Receivers may accept or reject it.
    case offered
    /// One receiver has it.
    case accepted
    /// A receiver said what is wrong with it: it may be offered again, or a better one be prepared.
    case rejected
    /// Nobody took it in time: it may be offered again.
    case expired
    /// It is not good enough, and a person has to look at it.
    case needsHuman = "needs_human"
  }

  /// The handoff's name within its workspace.
  package var id: HandoffID
  /// The lead.
  package var leadID: LeadID
  /// The agent that prepared it.
  package var sender: String
  /// The role that hands over.
  package var senderRole: AgentRoleID
  /// The role that is to take over.
  package var receiverRole: AgentRoleID
  /// Why, in the sender's words.
  package var reason: String
  /// Where it stands.
  package var state: State
  /// How good the packet is.
  package var quality: HandoffQuality
  /// What the receiver requires and nobody knows.
  package var gaps: [String]
  /// How often what is known of the lead was collected, each time from more sources.
  package var attempts: Int
  /// How many tokens the packet has.
  package var tokens: Int
  /// When it was prepared.
  package var preparedAt: Timestamp
  /// When it was last offered.
  package var offeredAt: Timestamp?
  /// Until when it can be accepted, that moment not included.
  package var expiresAt: Timestamp?
  /// The receiver that accepted it.
  package var acceptedBy: String?
  /// When it was accepted.
  package var acceptedAt: Timestamp?
  /// Until when it is that receiver's alone, that moment not included.
  package var leaseUntil: Timestamp?
  /// The receiver that rejected it.
  package var rejectedBy: String?
  /// Why, in that receiver's words.
  package var rejection: String?
  /// The work item that stands for it while it is offered.
  package var workID: String?
  /// Its place among the lead's handoffs, 1 and up; the store gives it.
  package var number: Int
  /// What seals it and all handoffs of the lead before it, as 64 hexadecimal digits; the store makes it.
  package var contentHash: String
  /// The seal of the handoff before it; `nil` for a lead's first one.
  package var previousHash: String?

  /// A handoff that has just been prepared.
  package init(
    id: HandoffID, header: HandoffPacket.Header, sender: String, state: State,
    quality: HandoffQuality, gaps: [String], attempts: Int, tokens: Int
  ) {
    self.id = id
    leadID = header.leadID
    self.sender = sender
    senderRole = header.sender
    receiverRole = header.receiver
    reason = header.reason
    self.state = state
    self.quality = quality
    self.gaps = gaps
    self.attempts = attempts
    self.tokens = tokens
    preparedAt = header.preparedAt
    number = 0
    contentHash = ""
  }
}

package typealias HandoffID = Identifier<Handoff>

// What may become of a handoff. Each of these changes nothing when it throws.
extension Handoff {
  /// Lets receivers accept it.
  /// - Returns: whether it was not offered before; while it is, offering it again changes nothing.
  /// - Throws: `.conflict` when it is accepted or a person has to look at it.
  package mutating func offer(
    at now: Timestamp, until end: Timestamp
  ) throws(StoreError) -> Bool {
    switch state {
    case .prepared, .rejected, .expired: break
    case .offered:
      if let expiresAt, now < expiresAt { return false }
    case .accepted:
      throw .conflict(id, "has been accepted: prepare another one with prepare_handoff")
    case .needsHuman:
      throw .conflict(
        id, "needs a human: resolve its escalation with resolve_escalation, then offer it")
    }
    state = .offered
    offeredAt = now
    expiresAt = end
    (acceptedBy, acceptedAt, leaseUntil, rejectedBy, rejection) = (nil, nil, nil, nil, nil)
    return true
  }

  /// Gives it to a receiver. The one that has it gets the same answer again; once the lease of that one has
  /// run out, another takes it over.
  /// - Returns: whether the receiver did not have it before.
  /// - Throws: `.conflict` when it is not offered, its time is over, or another receiver has it.
  package mutating func accept(
    by receiver: String, lease: Duration, at now: Timestamp
  ) throws(StoreError) -> Bool {
    switch state {
    case .offered:
      if let expiresAt, expiresAt <= now {
        throw .conflict(id, "was not accepted in time: offer it again with offer_handoff")
      }
    case .accepted:
      let known = leaseUntil ?? now
      if acceptedBy == receiver {
        // Asking for it again shows that the receiver is alive.
        leaseUntil = max(known, now + lease)
        return false
      }
      if now < known {
        throw .conflict(
          id, "has been accepted by another receiver: look for others with list_handoffs")
      }
    case .prepared, .rejected, .expired, .needsHuman:
      throw .conflict(
        id, "is \(state.rawValue), not offered: find those on offer with list_handoffs")
    }
    state = .accepted
    acceptedBy = receiver
    acceptedAt = now
    leaseUntil = now + lease
    return true
  }

  /// Gives it back with a reason, before it is accepted or by the one that accepted it.
  /// - Returns: whether it was not rejected by the same receiver before.
  /// - Throws: `.conflict` when it is not offered, or another receiver has it.
  package mutating func reject(
    by receiver: String, because reason: String
  ) throws(StoreError) -> Bool {
    switch state {
    case .offered: break
    case .accepted where acceptedBy == receiver: break
    case .accepted: throw .conflict(id, "has been accepted by another receiver")
    case .rejected where rejectedBy == receiver: return false
    case .prepared, .rejected, .expired, .needsHuman:
      throw .conflict(
        id, "is \(state.rawValue), not offered: find those on offer with list_handoffs")
    }
    state = .rejected
    rejectedBy = receiver
    rejection = reason
    (acceptedBy, acceptedAt, leaseUntil) = (nil, nil, nil)
    return true
  }

  /// Ends an offer whose time is over.
  /// - Returns: whether there was one.
  package mutating func expire(at now: Timestamp) -> Bool {
    guard state == .offered, let expiresAt, expiresAt <= now else { return false }
    state = .expired
    return true
  }

  /// Whether the lead is on its way by this handoff, or in the hands of who accepted it.
  package func isOpen(at now: Timestamp) -> Bool {
    switch state {
    case .offered: expiresAt.map { now < $0 } ?? true
    case .accepted: leaseUntil.map { now < $0 } ?? false
    case .prepared, .rejected, .expired, .needsHuman: false
    }
  }

  /// Whether another handoff of the lead must not be offered because of this one: two agents would work on one
  /// lead. Who has the lead may hand it on.
  /// - Parameter isDone: whether the work that stands for this one is done.
  package func holdsBack(_ other: Handoff, at now: Timestamp, isDone: Bool) -> Bool {
    guard id != other.id, isOpen(at: now) else { return false }
    return state == .offered || !isDone && other.senderRole != receiverRole
  }

  /// Lets it be offered after a person has looked at it.
  package mutating func release() {
    if state == .needsHuman { state = .prepared }
  }
}

extension StoreError {
  /// A handoff that must be there is not.
  package static func noSuchHandoff(_ id: HandoffID) -> StoreError {
    StoreError(.notFound, "There is no handoff '\(id)': find it with list_handoffs")
  }

  /// What was asked does not go with where a handoff stands.
  static func conflict(_ id: HandoffID, _ state: String) -> StoreError {
    StoreError(.conflict, "Handoff '\(id)' \(state)")
  }

  /// Another handoff of the lead stands in the way of an offer.
  package static func heldBack(by other: Handoff) -> StoreError {
    guard other.state == .accepted else {
      return StoreError(
        .conflict,
        "The lead is on offer already, with handoff '\(other.id)' to \(other.receiverRole): wait until it "
          + "is accepted, rejected or expired, as get_handoff shows")
    }
    return StoreError(
      .conflict,
      "The lead is with '\(other.acceptedBy ?? "")' by handoff '\(other.id)' until "
        + "\(other.leaseUntil?.iso8601 ?? ""): have it given back with reject_handoff, its work completed, or "
        + "the lead handed on from \(other.receiverRole); else wait")
  }

  /// Another handoff of a lead was prepared meanwhile.
  package static func staleHandoff(of id: LeadID) -> StoreError {
    StoreError(.stale, "Another handoff of lead '\(id)' was prepared meanwhile")
  }

  /// A handoff's name belongs to another one.
  package static func handoffExists(_ id: HandoffID) -> StoreError {
    StoreError(.conflict, "Handoff '\(id)' is stored already, of another lead or to another role")
  }
}

extension Event.Kind {
  package static let handoffPrepared: Event.Kind = "handoff.prepared"
  package static let handoffOffered: Event.Kind = "handoff.offered"
  package static let handoffAccepted: Event.Kind = "handoff.accepted"
  package static let handoffRejected: Event.Kind = "handoff.rejected"
  package static let handoffExpired: Event.Kind = "handoff.expired"
}
