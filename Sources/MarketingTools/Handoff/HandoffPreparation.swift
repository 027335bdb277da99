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

  /// So often is collected anew because others prepare handoffs of the lead at the same time.
  private static let mostTries = 20

  let environment: ToolEnvironment
  let contracts: HandoffContracts

  /// Prepares and stores a handoff.
  /// - Parameter takeover: who has it as soon as it is stored; `nil` for nobody.
  /// - Throws: as `HandoffStore.save`.
  func prepare(
    _ request: HandoffRequest, takeover: HandoffTakeover? = nil, in workspace: WorkspaceID,
    now: Timestamp
  ) async throws(StoreError) -> Prepared {
    if let known = try environment.handoffs.handoff(request.id, in: workspace) {
      guard known.handoff.leadID == request.leadID,
        known.handoff.senderRole == request.senderRole,
        known.handoff.receiverRole == request.receiverRole
      else { throw .handoffExists(request.id) }
      return try await prepared(known, in: workspace)
    }
    try await refuseForeignConversation(of: request, in: workspace, now: now)
    for _ in 1..<Self.mostTries {
      do throws(StoreError) {
        return try await prepareNow(request, takeover, in: workspace, now: now)
      } catch  where error.code == .stale {
        // Another one was prepared meanwhile: what its sender said is to be carried on as well.
      }
    }
    return try await prepareNow(request, takeover, in: workspace, now: now)
  }

  /// Prepares and stores a handoff behind the one that is the lead's last now.
  /// - Throws: as `HandoffStore.save`.
  private func prepareNow(
    _ request: HandoffRequest, _ takeover: HandoffTakeover?, in workspace: WorkspaceID,
    now: Timestamp
  ) async throws(StoreError) -> Prepared {
    let contract = contracts[request.receiverRole]
    let last = try environment.handoffs.latestHandoff(of: request.leadID, in: workspace)
    let header = HandoffPacket.Header(
      leadID: request.leadID, sender: request.senderRole, receiver: request.receiverRole,
      reason: request.reason, preparedAt: now)
    let collector = HandoffCollector(
      environment: environment, contract: contract, zones: contracts.zones, request: request,
      last: last, workspace: workspace, now: now)
    let round = try await collect(by: collector, header)
    let bytes = round.packet.storedBytes
    let isGood = round.quality.score >= contract.minimumQuality
    let handoff = Handoff(
      id: request.id, header: header, sender: request.sender,
      state: isGood ? .prepared : .needsHuman, quality: round.quality, gaps: round.gaps,
      attempts: round.number, tokens: round.packet.tokens)
    let escalation = isGood ? nil : escalation(of: handoff, request.escalationOwner, contract, now)
    let saved = try await environment.handoffs.save(
      handoff, packet: bytes, behind: last?.handoff.number ?? 0, escalation: escalation,
      takeover: takeover, events: events(of: handoff, escalation, now: now), in: workspace)
    guard saved.isNew else {
      return try await prepared(StoredHandoff(saved.handoff, packet: nil), in: workspace)
    }
    return Prepared(
      handoff: saved.handoff, leftOut: round.packet.leftOut, escalationID: saved.escalationID)
  }

  /// Collects from more and more sources until the packet is good enough and nothing that is required is missing,
  /// or there are no more. Before it asks anew because a packet is not good enough it waits a little, so that what
  /// others are just recording is found.
  /// - Returns: the last round, or one before it that was good enough where the last is not.
  private func collect(
    by collector: HandoffCollector, _ header: HandoffPacket.Header
  ) async throws(StoreError) -> Round {
    let contract = collector.contract
    var best = try await round(1, by: collector, at: .own, header)
    for width in HandoffCollector.Width.allCases.dropFirst() {
      let isGood = best.quality.score >= contract.minimumQuality
      if isGood, best.gaps.isEmpty { break }
      if !isGood { await wait(after: best.number) }
      var next = try await round(best.number + 1, by: collector, at: width, header)
      if isGood, next.quality.score < contract.minimumQuality {
        (next.packet, next.quality) = (best.packet, best.quality)
      }
      best = next
    }
    return best
  }

  /// What came of one round.
  private struct Round {
    let number: Int
    var packet: HandoffPacket
    var quality: HandoffQuality
    let gaps: [String]
  }

  private func round(
    _ number: Int, by collector: HandoffCollector, at width: HandoffCollector.Width,
    _ header: HandoffPacket.Header
  ) async throws(StoreError) -> Round {
    let (contract, memory) = (collector.contract, environment.memory)
    let collection = try await collector.collect(width)
    let packet = HandoffAssembly.packet(
      of: collection, header, for: contract,
      tokens: collector.request.tokenBudget ?? contract.tokenBudget
    ) { memory.analyze($0).stems }
    return Round(
      number: number, packet: packet,
      quality: HandoffQuality(
        of: packet.items, known: collection.items, contract: contract, now: collector.now),
      gaps: HandoffQuality.gaps(in: collection.items, for: contract))
  }

  private func wait(after rounds: Int) async {
    var generator = SystemRandomNumberGenerator()
    let backoff = environment.handoffSettings.backoff
    await environment.handoffPause(backoff.delay(after: rounds, using: &generator))
  }

  /// A conversation that the sender names is read as the lead's: another lead's must not be.
  private func refuseForeignConversation(
    of request: HandoffRequest, in workspace: WorkspaceID, now: Timestamp
  ) async throws(StoreError) {
    guard let conversation = request.conversationID else { return }
    let memories = HandoffMemories(
      environment: environment, contract: contracts[request.receiverRole],
      leadID: request.leadID, workspace: workspace, now: now)
    if try await memories.isOfAnother(conversation) {
      throw StoreError(
        .conflict,
        "conversationID: conversation '\(conversation)' names another lead than '\(request.leadID)': "
          + "leave it out; conversations that name the lead are found by themselves")
    }
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
    of handoff: Handoff, _ owner: String?, _ contract: HandoffContract, _ now: Timestamp
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
      owner: owner ?? environment.handoffSettings.escalationOwner, openedAt: now,
      deadline: now + environment.handoffSettings.escalationLifetime)
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
