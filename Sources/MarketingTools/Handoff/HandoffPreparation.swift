import JSONRPC
package import Marketing

/// Prepares handoffs: collects from more and more sources until the packet is good enough, and has a person
/// look at what never is.
struct HandoffPreparation: Sendable {
  /// What was prepared.
  struct Prepared: Sendable {
    let handoff: Handoff
    /// How many items had no room, by kind.
    let leftOut: [HandoffItem.Kind: Int]
    let escalationID: EscalationID?
  }

  let environment: ToolEnvironment
  let contracts: HandoffContracts

  /// Prepares and stores a handoff.
  /// - Throws: as `HandoffStore.save`.
  func prepare(
    _ request: HandoffRequest, in workspace: WorkspaceID, now: Timestamp
  ) async throws(StoreError) -> Prepared {
    if let known = try environment.handoffs.handoff(request.id, in: workspace) {
      guard known.handoff.leadID == request.leadID,
        known.handoff.senderRole == request.senderRole,
        known.handoff.receiverRole == request.receiverRole
      else { throw .handoffExists(request.id) }
      return try await prepared(known, in: workspace)
    }
    let contract = contracts[request.receiverRole]
    let header = HandoffPacket.Header(
      leadID: request.leadID, sender: request.senderRole, receiver: request.receiverRole,
      reason: request.reason, preparedAt: now)
    let collector = HandoffCollector(
      environment: environment, contract: contract, zones: contracts.zones, request: request,
      workspace: workspace, now: now)
    let memory = environment.memory
    var collection = HandoffCollection()
    var attempts = 0
    var packet = HandoffPacket(header, provenances: [], items: [])
    var quality = HandoffQuality(of: [], known: [], contract: contract, now: now)
    for width in HandoffCollector.Width.allCases {
      attempts += 1
      try await collector.collect(width, into: &collection)
      packet = HandoffAssembly.packet(
        of: collection, header, for: contract,
        tokens: request.tokenBudget ?? contract.tokenBudget
      ) { memory.analyze($0).stems }
      quality = HandoffQuality(
        of: packet.items, known: collection.items, contract: contract, now: now)
      let isGood = quality.score >= contract.minimumQuality
      if isGood, HandoffQuality.gaps(in: collection.items, for: contract).isEmpty { break }
    }
    let bytes = packet.bytes
    let handoff = Handoff(
      id: request.id, header: header, sender: request.sender,
      state: quality.score >= contract.minimumQuality ? .prepared : .needsHuman,
      quality: quality, gaps: HandoffQuality.gaps(in: collection.items, for: contract),
      attempts: attempts, tokens: HandoffPacket.tokens(ofBytes: bytes.count))
    let escalation = handoff.state == .needsHuman ? escalation(of: handoff, contract, now) : nil
    let (stored, isNew) = try await environment.handoffs.save(
      handoff, packet: bytes, escalation: escalation,
      events: events(of: handoff, escalation, now: now), in: workspace)
    guard isNew else {
      return try await prepared(StoredHandoff(stored, packet: nil), in: workspace)
    }
    return Prepared(handoff: stored, leftOut: packet.leftOut, escalationID: escalation?.id)
  }

  /// What was prepared before.
  private func prepared(
    _ known: StoredHandoff, in workspace: WorkspaceID
  ) async throws(StoreError) -> Prepared {
    var query = EscalationQuery(limit: 1)
    query.subject = known.handoff.id.rawValue
    query.state = .open
    let open = try await environment.handoffs.escalations(query, in: workspace).items.first
    let packet = try known.packet.map { bytes throws(StoreError) in
      try HandoffPacket(reading: bytes)
    }
    return Prepared(
      handoff: known.handoff, leftOut: packet?.leftOut ?? [:], escalationID: open?.id)
  }

  private func escalation(
    of handoff: Handoff, _ contract: HandoffContract, _ now: Timestamp
  ) -> Escalation {
    let missing =
      handoff.gaps.isEmpty ? "" : "; nobody knows: \(handoff.gaps.joined(separator: ", "))"
    return Escalation(
      id: environment.newName("esc_", at: now), leadID: handoff.leadID,
      subject: handoff.id.rawValue,
      reason:
        "The handoff to \(handoff.receiverRole) has a quality of \(handoff.quality.score), under "
        + "\(contract.minimumQuality), from all sources there are\(missing)",
      context: [
        "handoffID": .string(handoff.id.rawValue), "from": .string(handoff.senderRole.rawValue),
        "to": .string(handoff.receiverRole.rawValue), "quality": JSONValue(handoff.quality.score),
        "completeness": JSONValue(handoff.quality.completeness),
        "gaps": .array(handoff.gaps.map(JSONValue.string)),
      ],
      openedAt: now, deadline: now + environment.handoffSettings.escalationLifetime)
  }

  private func events(
    of handoff: Handoff, _ escalation: Escalation?, now: Timestamp
  ) -> [Event] {
    var facts = HandoffEvents.facts(of: handoff)
    facts["quality"] = JSONValue(handoff.quality.score)
    facts["attempts"] = JSONValue(handoff.attempts)
    facts["state"] = .string(handoff.state.rawValue)
    var events = [
      Event(
        id: environment.newName("evt_", at: now), kind: .handoffPrepared, leadID: handoff.leadID,
        occurredAt: now, actor: handoff.sender, facts: facts)
    ]
    if let escalation {
      events.append(
        Event(
          id: environment.newName("evt_", at: now), kind: .escalationOpened,
          leadID: handoff.leadID, occurredAt: now, actor: handoff.sender,
          facts: HandoffEvents.facts(of: escalation)))
    }
    return events
  }
}

/// What events of handoffs and escalations say.
package enum HandoffEvents {
  /// A handoff's name and roles.
  static func facts(of handoff: Handoff) -> JSONObject {
    [
      "handoffID": .string(handoff.id.rawValue), "from": .string(handoff.senderRole.rawValue),
      "to": .string(handoff.receiverRole.rawValue),
    ]
  }

  /// An escalation's name and subject.
  static func facts(of escalation: Escalation) -> JSONObject {
    [
      "escalationID": .string(escalation.id.rawValue), "subject": .string(escalation.subject),
    ]
  }

  /// The event of an offer that nobody took in time.
  package static func expired(_ handoff: Handoff, at now: Timestamp) -> Event {
    var generator = SystemRandomNumberGenerator()
    return Event(
      id: EventID.make(prefix: "evt_", at: now, random: (generator.next(), generator.next())),
      kind: .handoffExpired, leadID: handoff.leadID, occurredAt: now,
      actor: "leadrelay/handoffs", facts: facts(of: handoff))
  }
}
