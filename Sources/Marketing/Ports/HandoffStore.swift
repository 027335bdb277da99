/// Keeps handoffs. Every method is one transaction and sees and touches one workspace only, except where it
/// says otherwise; what a method has returned from is durable. Packets are kept only encrypted under their
/// lead's key.
package protocol HandoffStore: Sendable {
  /// Stores a handoff that has been prepared, behind the others of its lead, with its escalation where it
  /// needs one and the events. Saving one of a known name again changes nothing. Where an escalation is open
  /// already because of another handoff of the lead to the same role, that one is about this handoff from now on,
  /// and no other is opened.
  /// - Parameters:
  ///   - number: the number of the lead's handoff that was the last when the packet was made, 0 for none; `nil` for
  ///     whichever it is.
  ///   - takeover: who has it from the start, offered and accepted in the same transaction, unless a person has to
  ///     look at it first; `nil` for nobody.
  /// - Returns: the handoff as it is stored, with its number and seals, whether it is new, and the open
  ///   escalation where it needs one and is new.
  /// - Throws: `.notFound` when the lead is not stored; `.conflict` when the name belongs to a handoff of
  ///   another lead or between other roles; `.stale` when another handoff is the lead's last by now; with a takeover
  ///   as `offer`.
  func save(
    _ handoff: Handoff, packet: [UInt8], behind number: Int?, escalation: Escalation?,
    takeover: HandoffTakeover?, events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> SavedHandoff

  /// Lets receivers accept a handoff, and puts the work of doing so into the queue; work of an earlier offer that
  /// nobody took is ended.
  /// - Parameters:
  ///   - work: makes the work, queued unless the handoff is on offer already; `nil` for none.
  ///   - event: makes the event, logged unless it is on offer already.
  /// - Throws: `.notFound`; `.conflict` as `Handoff.offer`, and while another handoff of the lead holds this one
  ///   back, as `Handoff.holdsBack`.
  func offer(
    _ id: HandoffID, at now: Timestamp, until end: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff

  /// Gives a handoff to one receiver, with its packet.
  /// - Parameter event: makes the event, logged when the receiver did not have it before.
  /// - Throws: `.notFound`; `.conflict` as `Handoff.accept`; `.corrupt` when the packet cannot be read. Then
  ///   nobody has it.
  func accept(
    _ id: HandoffID, by receiver: String, lease: Duration, at now: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredHandoff

  /// Gives a handoff back to its sender's role: the receivers' work is ended, and the sender's put into the queue
  /// unless the lead is on its way by a later handoff.
  /// - Parameters:
  ///   - work: makes the work of the sender's role; `nil` for none.
  ///   - event: makes the event, logged unless the receiver has rejected it before.
  /// - Throws: `.notFound`; `.conflict` as `Handoff.reject`.
  func reject(
    _ id: HandoffID, by receiver: String, because reason: String, at now: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff

  /// Ends offers of every workspace whose time is over, the first to end first, and gives them back as `reject`.
  /// - Parameters:
  ///   - work: makes the work of the sender's role; `nil` for none.
  ///   - event: makes the event that is logged for each.
  /// - Returns: those that ended, at most as many as the limit.
  func expire(
    dueBy now: Timestamp, limit: Int, work: (@Sendable (Handoff) -> WorkDraft)?,
    event: @escaping @Sendable (Handoff) -> Event
  ) async throws(StoreError) -> [Handoff]

  /// A handoff with its packet; `nil` when there is none of this name. Read in place.
  /// - Throws: `.corrupt` when the packet is not as it was stored.
  func handoff(_ id: HandoffID, in workspace: WorkspaceID) throws(StoreError) -> StoredHandoff?

  /// A lead's last handoff with its packet; `nil` when there is none. Read in place.
  func latestHandoff(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredHandoff?

  /// Handoffs that match, the latest prepared first.
  func handoffs(
    _ query: HandoffQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> HandoffPage<Handoff>

  /// Whether a handoff and the one before it are what was sealed, as `HandoffChain` says; false when there is none
  /// of this name. Read in place.
  func isIntact(_ id: HandoffID, in workspace: WorkspaceID) throws(StoreError) -> Bool

  /// All handoffs of a lead whose seals do not go with what is stored, as `HandoffChain` says.
  func brokenHandoffs(
    of lead: LeadID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [HandoffID]
}

extension HandoffStore {
  /// Stores a handoff that has been prepared, whichever is the lead's last.
  package func save(
    _ handoff: Handoff, packet: [UInt8], escalation: Escalation?, events: [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> SavedHandoff {
    try await save(
      handoff, packet: packet, behind: nil, escalation: escalation, takeover: nil, events: events,
      in: workspace)
  }

  /// Stores a handoff that has been prepared behind another one, and that nobody has yet.
  package func save(
    _ handoff: Handoff, packet: [UInt8], behind number: Int?, escalation: Escalation?,
    events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> SavedHandoff {
    try await save(
      handoff, packet: packet, behind: number, escalation: escalation, takeover: nil,
      events: events, in: workspace)
  }

  /// Lets receivers accept a handoff; nothing is put into the queue.
  package func offer(
    _ id: HandoffID, at now: Timestamp, until end: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    try await offer(id, at: now, until: end, work: nil, event: event, in: workspace)
  }

  /// Gives a handoff back; nothing is put into the queue.
  package func reject(
    _ id: HandoffID, by receiver: String, because reason: String, at now: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    try await reject(
      id, by: receiver, because: reason, at: now, work: nil, event: event, in: workspace)
  }

  /// Ends offers whose time is over; nothing is put into the queue.
  package func expire(
    dueBy now: Timestamp, limit: Int, event: @escaping @Sendable (Handoff) -> Event
  ) async throws(StoreError) -> [Handoff] {
    try await expire(dueBy: now, limit: limit, work: nil, event: event)
  }
}

/// A change of a handoff, and the step of its lead's journey that is stored with it.
package enum HandoffChange: Sendable, Hashable {
  case offered, accepted, expired
  /// Given back by the receiver that had it.
  case rejected
  /// Rejected while it was on offer.
  case declined

  /// The step that the change is; `nil` for one that leaves the lead where it is.
  package func move(by event: Event, _ handoff: Handoff) -> JourneyMove? {
    switch self {
    // Who has the lead, by another handoff it may be, has it still.
    case .offered, .expired, .declined: nil
    case .accepted: JourneyMove(to: .handedOff, by: event)
    case .rejected: JourneyMove.back(by: event, reason: handoff.rejection)
    }
  }
}

/// A receiver that takes a handoff over as soon as it is stored: sender and receiver are one.
package struct HandoffTakeover: Sendable {
  /// Who has it.
  package var receiver: String
  /// For how long it is that one's alone.
  package var lease: Duration
  /// When.
  package var time: Timestamp
  /// When the offer would end, that moment not included.
  package var offerEnd: Timestamp { time + max(lease, .milliseconds(1)) }
  /// Makes the event of the offer.
  package var offered: @Sendable (Handoff) -> Event
  /// Makes the event of its acceptance.
  package var accepted: @Sendable (Handoff) -> Event

  /// A takeover.
  package init(
    by receiver: String, lease: Duration, at time: Timestamp,
    offered: @escaping @Sendable (Handoff) -> Event,
    accepted: @escaping @Sendable (Handoff) -> Event
  ) {
    self.receiver = receiver
    self.lease = lease
    self.time = time
    self.offered = offered
    self.accepted = accepted
  }
}

/// What became of a handoff that was to be stored.
package struct SavedHandoff: Sendable, Hashable {
  /// The handoff as it is stored.
  package var handoff: Handoff
  /// Whether it was stored now.
  package var isNew: Bool
  /// The open escalation about it, where it was stored now and needs one.
  package var escalationID: EscalationID?

  /// A stored handoff.
  package init(_ handoff: Handoff, isNew: Bool, escalationID: EscalationID? = nil) {
    self.handoff = handoff
    self.isNew = isNew
    self.escalationID = escalationID
  }
}

/// A handoff with what is handed over.
package struct StoredHandoff: Sendable, Hashable {
  /// The handoff.
  package var handoff: Handoff
  /// The packet as JSON; `nil` when it can no longer be read, as its lead's key is gone.
  package var packet: [UInt8]?

  /// A handoff.
  package init(_ handoff: Handoff, packet: [UInt8]?) {
    self.handoff = handoff
    self.packet = packet
  }
}

/// Which handoffs to list. All conditions must hold; an absent one holds always.
package struct HandoffQuery: Sendable, Hashable {
  /// Any of these states; empty for every one.
  package var states: Set<Handoff.State> = []
  /// The role that is to take over.
  package var receiverRole: AgentRoleID?
  /// The lead.
  package var leadID: LeadID?
  /// Where the page before ended.
  package var after: HandoffPlace?
  /// How many at most.
  package var limit: Int

  /// A query of everything.
  package init(limit: Int = 20) { self.limit = limit }

  /// Whether a handoff is meant, its place left aside.
  func matches(_ handoff: Handoff) -> Bool {
    (states.isEmpty || states.contains(handoff.state))
      && (receiverRole == nil || receiverRole == handoff.receiverRole)
      && (leadID == nil || leadID == handoff.leadID)
  }
}

/// A place in a list of handoffs or escalations: by time, the latest first, then by name.
package struct HandoffPlace: Sendable, Hashable, Codable {
  /// The time in milliseconds.
  package var time: Int64
  /// The name.
  package var id: String

  /// A place.
  package init(time: Timestamp, id: String) {
    self.time = time.milliseconds
    self.id = id
  }

  /// Whether it is in front of another.
  package func precedes(_ other: HandoffPlace) -> Bool {
    time == other.time ? id < other.id : time > other.time
  }
}

/// What is listed by time, the latest first.
package protocol HandoffListed: Sendable, Hashable {
  /// Its place in a list.
  var place: HandoffPlace { get }
}

extension Handoff: HandoffListed {
  package var place: HandoffPlace { HandoffPlace(time: preparedAt, id: id.rawValue) }
}

/// A page of handoffs or escalations.
package struct HandoffPage<Item: HandoffListed>: Sendable, Hashable {
  /// Those of the page.
  package let items: [Item]
  private let hasMore: Bool

  /// A page.
  /// - Parameter found: up to one more than the limit.
  package init(_ found: [Item], limit: Int) {
    items = Array(found.prefix(limit))
    hasMore = found.count > limit
  }

  /// Where the next page starts; `nil` when this is the last.
  package var next: HandoffPlace? { next(behind: items.count) }

  /// Where the next page starts when only so many of this one are shown; `nil` for nowhere.
  package func next(behind shown: Int) -> HandoffPlace? {
    guard shown > 0, shown < items.count || hasMore else { return nil }
    return items[shown - 1].place
  }
}
