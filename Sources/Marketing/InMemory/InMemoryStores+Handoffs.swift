import JSONRPC

extension InMemoryStores: HandoffStore {
  package func save(
    _ handoff: Handoff, packet: [UInt8], behind number: Int?, escalation: Escalation?,
    events: [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (handoff: Handoff, isNew: Bool) {
    try write(in: workspace) { (content) throws(StoreError) in
      if let stored = content.handoffs[handoff.id]?.handoff {
        guard stored.isSame(as: handoff) else { throw .handoffExists(handoff.id) }
        return ((stored, false), [])
      }
      guard content.leads[handoff.leadID] != nil else { throw .noSuchLead(handoff.leadID) }
      if let escalation, content.escalations[escalation.id] != nil {
        throw .escalationExists(escalation.id)
      }
      let last = content.handoffs(of: handoff.leadID).last?.handoff
      guard number == nil || number == last?.number ?? 0 else {
        throw .staleHandoff(of: handoff.leadID)
      }
      var handoff = handoff
      handoff.number = (last?.number ?? 0) + 1
      handoff.previousHash = last?.contentHash
      handoff.contentHash = HandoffChain.seal(
        packet, behind: last?.contentHash, by: Self.digest)
      content.handoffs[handoff.id] = StoredHandoff(handoff, packet: packet)
      if let escalation { content.escalations[escalation.id] = escalation }
      return ((handoff, true), events)
    }
  }

  package func offer(
    _ id: HandoffID, at now: Timestamp, until end: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var handoff = content.handoffs[id]?.handoff else { throw .noSuchHandoff(id) }
      let isNew = try handoff.offer(at: now, until: end)
      if let other = content.handoffs(of: handoff.leadID).map(\.handoff).first(where: {
        $0.id != id && $0.receiverRole == handoff.receiverRole && $0.isOnOffer(at: now)
      }) {
        throw .offeredAlready(other.id)
      }
      guard isNew else { return (handoff, []) }
      if let work {
        handoff.workID =
          try content.work.enqueue(work(handoff), at: now).queued.workID.rawValue
      }
      return (handoff, content.keep(handoff, .offered, event(handoff)))
    }
  }

  package func accept(
    _ id: HandoffID, by receiver: String, lease: Duration, at now: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredHandoff {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var stored = content.handoffs[id] else { throw .noSuchHandoff(id) }
      let isNew = try stored.handoff.accept(by: receiver, lease: lease, at: now)
      content.handoffs[id] = stored
      return (
        stored, isNew ? content.keep(stored.handoff, .accepted, event(stored.handoff)) : []
      )
    }
  }

  package func reject(
    _ id: HandoffID, by receiver: String, because reason: String, at now: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var handoff = content.handoffs[id]?.handoff else { throw .noSuchHandoff(id) }
      let change: HandoffChange = handoff.state == .accepted ? .rejected : .declined
      let isNew = try handoff.reject(by: receiver, because: reason)
      return (handoff, isNew ? content.keep(handoff, change, event(handoff)) : [])
    }
  }

  package func expire(
    dueBy now: Timestamp, limit: Int, event: @escaping @Sendable (Handoff) -> Event
  ) async throws(StoreError) -> [Handoff] {
    let due = state.withLock { state in
      state.workspaces.flatMap { workspace, content in
        content.handoffs.values.compactMap { stored -> (WorkspaceID, Handoff)? in
          var handoff = stored.handoff
          return handoff.expire(at: now) ? (workspace, handoff) : nil
        }
      }
      .sorted { ($0.1.expiresAt ?? now, $0.1.id) < ($1.1.expiresAt ?? now, $1.1.id) }
      .prefix(max(0, limit))
    }
    var expired: [Handoff] = []
    for (workspace, found) in due {
      let isExpired = try write(in: workspace) { (content) throws(StoreError) in
        // It may have been accepted meanwhile.
        guard var handoff = content.handoffs[found.id]?.handoff, handoff.expire(at: now) else {
          return (false, [])
        }
        return (true, content.keep(handoff, .expired, event(handoff)))
      }
      if isExpired { expired.append(found) }
    }
    return expired
  }

  package func handoff(
    _ id: HandoffID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredHandoff? {
    read(in: workspace) { $0.handoffs[id] }
  }

  package func latestHandoff(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredHandoff? {
    read(in: workspace) { $0.handoffs(of: lead).last }
  }

  package func handoffs(
    _ query: HandoffQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> HandoffPage<Handoff> {
    read(in: workspace) { content in
      let found = content.handoffs.values.map(\.handoff)
        .filter { handoff in
          query.matches(handoff) && (query.after.map { $0.precedes(handoff.place) } ?? true)
        }
        .sorted { $0.place.precedes($1.place) }
      return HandoffPage(Array(found.prefix(query.limit + 1)), limit: query.limit)
    }
  }

  package func brokenHandoffs(
    of lead: LeadID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [HandoffID] {
    read(in: workspace) { content in
      HandoffChain.broken(
        content.handoffs(of: lead).map { stored in
          HandoffChain.Link(
            id: stored.handoff.id, number: stored.handoff.number,
            ciphertext: stored.packet ?? [], contentHash: stored.handoff.contentHash,
            previousHash: stored.handoff.previousHash)
        }, by: Self.digest)
    }
  }

  /// Shows what has changed by mistake. Nobody outside of the process reaches what is stored here, so it need not
  /// withstand anybody.
  private static func digest(_ bytes: [UInt8]) -> String {
    ([0, 1] as [UInt8]).map { half in
      var fingerprint = Fingerprint()
      fingerprint.add(half)
      fingerprint.add(field: bytes)
      return fingerprint.hexadecimal
    }.joined()
  }
}

extension InMemoryStores: EscalationStore {
  package func open(
    _ escalation: Escalation, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      if let stored = content.escalations[escalation.id] {
        guard stored == escalation else { throw .escalationExists(escalation.id) }
        return ((), [])
      }
      if let lead = escalation.leadID, content.leads[lead] == nil { throw .noSuchLead(lead) }
      content.escalations[escalation.id] = escalation
      return ((), [event])
    }
  }

  package func resolve(
    _ id: EscalationID, with resolution: String, by person: String, at now: Timestamp,
    event: @escaping @Sendable (Escalation) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Escalation {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var escalation = content.escalations[id] else { throw .noSuchEscalation(id) }
      guard escalation.resolve(resolution, by: person, at: now) else { return (escalation, []) }
      content.escalations[id] = escalation
      content.handoffs[HandoffID(rawValue: escalation.subject)]?.handoff.release()
      return (escalation, [event(escalation)])
    }
  }

  package func escalation(
    _ id: EscalationID, in workspace: WorkspaceID
  ) throws(StoreError) -> Escalation? {
    read(in: workspace) { $0.escalations[id] }
  }

  package func escalations(
    _ query: EscalationQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> HandoffPage<Escalation> {
    read(in: workspace) { content in
      let found = content.escalations.values
        .filter { escalation in
          query.matches(escalation) && (query.after.map { $0.precedes(escalation.place) } ?? true)
        }
        .sorted { $0.place.precedes($1.place) }
      return HandoffPage(Array(found.prefix(query.limit + 1)), limit: query.limit)
    }
  }
}

extension InMemoryWorkspace {
  /// A lead's handoffs in the order of their numbers.
  fileprivate func handoffs(of lead: LeadID) -> [StoredHandoff] {
    handoffs.values.filter { $0.handoff.leadID == lead }
      .sorted { $0.handoff.number < $1.handoff.number }
  }

  /// Keeps a handoff that has changed, with the step that this is.
  /// - Returns: the events to log.
  fileprivate mutating func keep(
    _ handoff: Handoff, _ change: HandoffChange, _ event: Event
  ) -> [Event] {
    handoffs[handoff.id]?.handoff = handoff
    if let move = change.move(by: event, handoff) { advance(handoff.leadID, move) }
    return [event]
  }
}

extension Handoff {
  /// Whether another one is the same, prepared twice.
  package func isSame(as other: Handoff) -> Bool {
    leadID == other.leadID && senderRole == other.senderRole && receiverRole == other.receiverRole
  }

  /// Whether a receiver could accept it now.
  package func isOnOffer(at now: Timestamp) -> Bool {
    state == .offered && (expiresAt.map { now < $0 } ?? true)
  }
}
