import JSONRPC

extension InMemoryStores: LeadErasureStore {
  package func erase(
    _ id: LeadID, identity: @escaping @Sendable (Lead) -> LeadIdentity, at now: Timestamp,
    event: @escaping @Sendable (LeadErasure) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadErasure {
    let erasure = try write(in: workspace) { (content) throws(StoreError) in
      var left = content
      let addresses = content.leads[id].map { identity($0.lead).contactAddresses } ?? []
      var (places, knowledge) = left.erase(id, addresses, at: now)
      // What only names somebody does not make a lead.
      guard places.contains(where: { $0.erased > 0 }) else { throw .noSuchLead(id) }
      places += left.eraseResults(of: id)
      for address in addresses {
        let hash = addressHasher.hash(of: address.kept, in: workspace)
        left.contacts.erased[hash] =
          left.contacts.erased[hash] ?? .erased(since: now)
      }
      content = left
      let erasure = LeadErasure(
        places: places, isLogClean: true, entities: knowledge.entities + knowledge.touched)
      return (erasure, [event(erasure)])
    }
    // Its key is destroyed: what the log holds of it personally reads as nothing.
    state.withLock { state in
      for place in state.events.indices
      where state.events[place].workspace == workspace && state.events[place].event.leadID == id {
        let logged = state.events[place]
        var event = logged.event
        event.personal = nil
        state.events[place] = LoggedEvent(
          sequence: logged.sequence, workspace: workspace, event: event)
      }
    }
    return erasure
  }

  // There is no log.
  package func finishErasures() async throws(StoreError) -> Bool { true }

  package func isSuppressed(
    _ identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    let hashes = identity.contactAddresses.flatMap { $0.same + $0.possible }
      .map { addressHasher.hash(of: $0, in: workspace) }
    return read(in: workspace) { content in
      hashes.contains { content.contacts.erased[$0] != nil }
    }
  }
}

extension InMemoryWorkspace {
  /// Erases everything of a lead.
  /// - Returns: what was where.
  fileprivate mutating func erase(
    _ id: LeadID, _ addresses: [ContactAddress], at now: Timestamp
  ) -> ([LeadErasure.Place], GraphErasure) {
    var places: [LeadErasure.Place] = []
    func note(_ name: String, _ erased: Int) {
      places.append(LeadErasure.Place(name: name, erased: erased, remaining: 0))
    }
    let conversations = Set(
      interactions.values.filter { $0.leadID == id }.compactMap(\.conversationID)
        + memory.versions.values.filter { $0.record.leadID == id }
        .compactMap { $0.record.conversationID?.rawValue }
        // Their rows are named by the conversation.
        + rawRows.filter { key, row in
          row.leadID == id
            && [.conversations, .memoryShortTerm].contains(DatasetTable(rawValue: key.table))
        }.map(\.key.key))
    note("leads", leads.removeValue(forKey: id) == nil ? 0 : 1)
    note("triages", triages.removeValue(forKey: id) == nil ? 0 : 1)
    note("interactions", remove(from: \.interactions) { $0.leadID == id })
    let known = outcomes.count
    outcomes.removeAll { $0.leadID == id }
    importedOutcomes = importedOutcomes.filter { $0.key.leadID != id }
    guessedOutcomes = guessedOutcomes.filter { $0.leadID != id }
    outcomesKnownSince[id] = nil
    note("outcomes", known - outcomes.count)
    note("importedRows", remove(from: \.rawRows) { $0.leadID == id })
    toldRows = toldRows.filter { rawRows[$0] != nil }
    note("work", work.remove { $0.leadID == id })
    note("journey", journeys.removeValue(forKey: id)?.count ?? 0)
    note("handoffs", remove(from: \.handoffs) { $0.handoff.leadID == id })
    note("escalations", remove(from: \.escalations) { $0.leadID == id })
    note("lessons", scoring.erase(id))
    let contacts = contacts.erase(id, addresses)
    note("consents", contacts.consents)
    note("contacts", contacts.contacts)
    note("messages", outbox.erase(id))
    let ended = eraseEngagements(of: id)
    note("engagements", ended.engagements)
    note("deliveryReports", ended.reports)
    let assigned = experimentUnits.keys.count {
      experimentUnits[$0]?.removeValue(forKey: id) != nil
    }
    note("assignments", assigned)
    let ofLead = memory.versions.filter { _, memory in
      memory.record.leadID == id
        || memory.record.leadID == nil
          && memory.record.conversationID.map { conversations.contains($0.rawValue) } ?? false
    }
    for version in ofLead.keys { memory.delete(version) }
    var ids = Set(ofLead.values.map(\.record.ownedID))
    let summaries = memory.eraseSummaries(of: &ids)
    let conclusions = memory.eraseConclusions(from: ofLead.values.map(\.record), ids, at: now)
    note(
      "memories", ofLead.count + summaries + conclusions.reduce(0) { $0 + $1.value.count })
    // Nothing in memory can fail.
    var knowledge = (try? graph.unlearn(conclusions)) ?? GraphErasure()
    knowledge.add((try? graph.erase(id)) ?? GraphErasure())
    note("relations", knowledge.relations)
    note("entities", knowledge.entities.count)
    return (places, knowledge)
  }

  /// Results are of no use without the lead that they name. A task that has not ended is its process's own; a
  /// key whose answer is taken away stays, so that a request that is repeated is not done again.
  fileprivate mutating func eraseResults(of id: LeadID) -> [LeadErasure.Place] {
    let naming = LeadNaming(id)
    let ended = remove(from: \.tasks) { $0.hasEnded && naming.isIn($0.content) }
    let answered = idempotencyKeys.filter { _, key in
      key.reply.map { naming.isIn(String(decoding: $0.body, as: UTF8.self)) } ?? false
    }
    for name in answered.keys { idempotencyKeys[name]?.reply = .erased }
    return [
      LeadErasure.Place(
        name: "tasks", erased: ended,
        remaining: tasks.values.count { naming.isIn($0.content) }),
      LeadErasure.Place(name: "answers", erased: answered.count, remaining: 0),
    ]
  }

  private mutating func remove<Key, Value>(
    from path: WritableKeyPath<InMemoryWorkspace, [Key: Value]>, where isOfLead: (Value) -> Bool
  ) -> Int {
    let before = self[keyPath: path].count
    self[keyPath: path] = self[keyPath: path].filter { !isOfLead($0.value) }
    return before - self[keyPath: path].count
  }
}
