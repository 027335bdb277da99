import JSONRPC

extension InMemoryStores: HandoffStore {
  package func save(
    _ handoff: Handoff, packet: [UInt8], behind number: Int?, escalation: Escalation?,
    takeover: HandoffTakeover?, events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> SavedHandoff {
    try write(in: workspace) { (content) throws(StoreError) in
      if let stored = content.handoffs[handoff.id]?.handoff {
        guard stored.isSame(as: handoff) else { throw .handoffExists(handoff.id) }
        return (SavedHandoff(stored, isNew: false), [])
      }
      guard content.leads[handoff.leadID] != nil else { throw .noSuchLead(handoff.leadID) }
      let last = content.handoffs(of: handoff.leadID).last?.handoff
      guard number == nil || number == last?.number ?? 0 else {
        throw .staleHandoff(of: handoff.leadID)
      }
      var handoff = handoff
      handoff.number = (last?.number ?? 0) + 1
      handoff.previousHash = last?.contentHash
      handoff.contentHash = HandoffChain.seal(
        packet, behind: last?.contentHash, by: Self.digest)
      var changed = content
      let (open, isOpened) = try changed.open(escalation, because: handoff)
      changed.handoffs[handoff.id] = StoredHandoff(handoff, packet: packet)
      var logged = isOpened ? events : events.filter { $0.kind != .escalationOpened }
      if let takeover, handoff.state == .prepared {
        logged += try changed.offer(
          &handoff, at: takeover.time, until: takeover.offerEnd, work: nil,
          event: takeover.offered)
        logged += try changed.accept(
          &handoff, by: takeover.receiver, lease: takeover.lease, at: takeover.time,
          event: takeover.accepted)
      }
      content = changed
      return (SavedHandoff(handoff, isNew: true, escalationID: open?.id), logged)
    }
  }

  package func offer(
    _ id: HandoffID, at now: Timestamp, until end: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var handoff = content.handoffs[id]?.handoff else { throw .noSuchHandoff(id) }
      let events = try content.offer(&handoff, at: now, until: end, work: work, event: event)
      return (handoff, events)
    }
  }

  package func accept(
    _ id: HandoffID, by receiver: String, lease: Duration, at now: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredHandoff {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var stored = content.handoffs[id] else { throw .noSuchHandoff(id) }
      let events = try content.accept(
        &stored.handoff, by: receiver, lease: lease, at: now, event: event)
      return (stored, events)
    }
  }

  package func reject(
    _ id: HandoffID, by receiver: String, because reason: String, at now: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var handoff = content.handoffs[id]?.handoff else { throw .noSuchHandoff(id) }
      let change: HandoffChange = handoff.state == .accepted ? .rejected : .declined
      let isNew = try handoff.reject(by: receiver, because: reason)
      guard isNew else { return (handoff, []) }
      let events = content.keep(handoff, change, event(handoff))
      try content.giveBack(handoff, work, at: now)
      return (handoff, events)
    }
  }

  package func expire(
    dueBy now: Timestamp, limit: Int, work: (@Sendable (Handoff) -> WorkDraft)?,
    event: @escaping @Sendable (Handoff) -> Event
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
        let events = content.keep(handoff, .expired, event(handoff))
        try content.giveBack(handoff, work, at: now)
        return (true, events)
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

  package func isIntact(
    _ id: HandoffID, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    read(in: workspace) { content in
      guard let lead = content.handoffs[id]?.handoff.leadID else { return false }
      let links = content.links(of: lead)
      guard let place = links.firstIndex(where: { $0.id == id }) else { return false }
      return HandoffChain.isIntact(
        links[place], behind: place > 0 ? links[place - 1] : nil, endingAt: links.last?.head,
        by: Self.digest)
    }
  }

  package func brokenHandoffs(
    of lead: LeadID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [HandoffID] {
    read(in: workspace) { content in
      let links = content.links(of: lead)
      return HandoffChain.broken(links, endingAt: links.last?.head, by: Self.digest)
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

  /// The links of a lead's chain. Nobody can take the last one out of memory, so the chain ends with it.
  fileprivate func links(of lead: LeadID) -> [HandoffChain.Link] {
    handoffs(of: lead).map { stored in
      HandoffChain.Link(
        id: stored.handoff.id, number: stored.handoff.number, ciphertext: stored.packet ?? [],
        contentHash: stored.handoff.contentHash, previousHash: stored.handoff.previousHash)
    }
  }

  /// Opens an escalation because of a new handoff, or has the one that is open already be about it.
  /// - Returns: the open one, and whether it was opened now.
  fileprivate mutating func open(
    _ escalation: Escalation?, because handoff: Handoff
  ) throws(StoreError) -> (Escalation?, isOpened: Bool) {
    guard let escalation else { return (nil, true) }
    let known = escalations.values.filter { known in
      known.state == .open && known.leadID == handoff.leadID
        && handoffs[HandoffID(rawValue: known.subject)]?.handoff.receiverRole
          == handoff.receiverRole
    }
    if var known = known.min(by: { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }) {
      known.turn(to: escalation)
      escalations[known.id] = known
      return (known, false)
    }
    guard escalations[escalation.id] == nil else { throw .escalationExists(escalation.id) }
    escalations[escalation.id] = escalation
    return (escalation, true)
  }

  /// Lets receivers accept a handoff, with the work of doing so.
  /// - Returns: the events to log.
  fileprivate mutating func offer(
    _ handoff: inout Handoff, at now: Timestamp, until end: Timestamp,
    work draft: (@Sendable (Handoff) -> WorkDraft)?, event: @Sendable (Handoff) -> Event
  ) throws(StoreError) -> [Event] {
    guard try handoff.offer(at: now, until: end) else { return [] }
    let others = handoffs(of: handoff.leadID).map(\.handoff)
    if let other = others.first(where: { [handoff] in
      $0.holdsBack(handoff, at: now, isDone: isWorkDone(of: $0))
    }) {
      throw .heldBack(by: other)
    }
    endWork(of: handoff, as: .expired, at: now)
    if let draft {
      handoff.workID = try work.enqueue(draft(handoff), at: now).queued.workID.rawValue
    }
    return keep(handoff, .offered, event(handoff))
  }

  /// Gives a handoff to a receiver.
  /// - Returns: the events to log.
  fileprivate mutating func accept(
    _ handoff: inout Handoff, by receiver: String, lease: Duration, at now: Timestamp,
    event: @Sendable (Handoff) -> Event
  ) throws(StoreError) -> [Event] {
    let isNew = try handoff.accept(by: receiver, lease: lease, at: now)
    handoffs[handoff.id]?.handoff = handoff
    return isNew ? keep(handoff, .accepted, event(handoff)) : []
  }

  fileprivate func isWorkDone(of handoff: Handoff) -> Bool {
    handoff.workID.flatMap { work[WorkID(rawValue: $0)] }?.state == .done
  }

  /// Ends the receivers' work on a handoff that is not theirs any more.
  fileprivate mutating func endWork(
    of handoff: Handoff, as state: Handoff.State, at now: Timestamp
  ) {
    guard var item = handoff.workID.flatMap({ work[WorkID(rawValue: $0)] }), item.isOpen else {
      return
    }
    item.complete(["handoff": .string(state.rawValue)], at: now)
    work.save(item)
  }

  /// Ends the receivers' work, and puts the sender's into the queue unless a later handoff is on its way.
  fileprivate mutating func giveBack(
    _ handoff: Handoff, _ work: (@Sendable (Handoff) -> WorkDraft)?, at now: Timestamp
  ) throws(StoreError) {
    endWork(of: handoff, as: handoff.state, at: now)
    let isOnItsWay = handoffs(of: handoff.leadID).contains {
      $0.handoff.number > handoff.number && $0.handoff.isOpen(at: now)
    }
    guard let work, !isOnItsWay else { return }
    _ = try self.work.enqueue(work(handoff), at: now)
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
}
