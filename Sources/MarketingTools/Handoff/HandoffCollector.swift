import JSONRPC
import Marketing

/// Collects what stores know of a lead that is handed over, from more and more sources.
///
/// What is private to a role stays with it: only what every agent of the workspace may see is handed over.
/// Nothing of another person is: an erasure of that one would leave it in the packet.
struct HandoffCollector: Sendable {
  /// How far to look.
  enum Width: Int, Sendable, CaseIterable {
    /// The lead itself, its triage, what happened with it, earlier handoffs; of what is remembered of it facts,
    /// what binds, and the rest as far as it is recent.
    case own = 1
    /// Also all else that is remembered of it, its company, what is around it in the graph, and imported rows.
    case near
    /// Also whatever memory of the workspace is about its names.
    case wide
  }

  /// Few leads have more interactions; of those that do all are read.
  private static let usualInteractions = 50
  private static let mostRelations = 50
  private static let mostRows = 50
  private static let mostFound = 10
  private static let mostHandoffs = 5

  let environment: ToolEnvironment
  let contract: HandoffContract
  let zones: ZoneTable
  let request: HandoffRequest
  /// The lead's last handoff; `nil` when there is none.
  let last: StoredHandoff?
  let workspace: WorkspaceID
  let now: Timestamp

  private var leadID: LeadID { request.leadID }
  private var moment: MemoryMoment { MemoryMoment(now: now) }

  private var memories: HandoffMemories {
    HandoffMemories(
      environment: environment, contract: contract, leadID: leadID, workspace: workspace, now: now)
  }

  /// What is found at a width.
  /// - Throws: `.notFound` when there is no such lead.
  func collect(_ width: Width) async throws(StoreError) -> HandoffCollection {
    guard let profile = try profile() else { throw .noSuchLead(leadID) }
    var collection = HandoffCollection()
    try await addOwn(profile, isWhole: width != .own, to: &collection)
    if width != .own { try await addNear(profile.lead, to: &collection) }
    if width == .wide { try await addFound(profile.lead, to: &collection) }
    return collection
  }

  /// The lead with all of its interactions: one that is old may forbid something.
  private func profile() throws(StoreError) -> LeadProfile? {
    guard
      var profile = try environment.leads.profile(
        of: leadID, interactions: Self.usualInteractions, in: workspace)
    else { return nil }
    if profile.interactions.count == Self.usualInteractions {
      profile.interactions = try environment.leads.interactions(
        of: leadID, limit: .max, in: workspace)
    }
    return profile
  }

  private func addOwn(
    _ profile: LeadProfile, isWhole: Bool, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    LeadHandoffItems(profile, contract).add(to: &collection)
    try ContactHandoffItems(
      environment: environment, zones: zones, workspace: workspace, now: now
    ).add(profile.lead, to: &collection)
    addSaid(to: &collection)
    try await addMemory(profile, isWhole: isWhole, to: &collection)
    try await addRelations(depth: isWhole ? 2 : 1, to: &collection)
    if let campaign = profile.lead.campaignID {
      try await addCampaign(campaign, of: profile.lead, to: &collection)
    }
    try await addHistory(to: &collection)
  }

  /// What the sender says.
  private func addSaid(to collection: inout HandoffCollection) {
    let provenance = HandoffProvenance(.sender, name: request.senderRole.rawValue, at: now)
    let said: [([String], HandoffItem.Kind, HandoffItem.Flags)] = [
      (request.promises, .fact, .promise), (request.constraints, .fact, .constraint),
      (request.notes, .note, []),
    ]
    for (texts, kind, flags) in said {
      for text in texts {
        collection.add(
          HandoffItem(kind, nil, .string(text), knownSince: now, flags: flags), from: provenance)
      }
    }
  }

  private func addMemory(
    _ profile: LeadProfile, isWhole: Bool, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    var conversations = [request.conversationID].compactMap(\.self)
    for interaction in profile.interactions {
      guard let id = interaction.conversationID.map(ConversationID.init(rawValue:)),
        !conversations.contains(id)
      else { continue }
      conversations.append(id)
    }
    try await memories.add(conversations, isWhole: isWhole, to: &collection)
  }

  private func addRelations(
    depth: Int, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    let graph = environment.knowledge
    guard try graph.latestGraphChange(in: workspace) > 0 else { return }
    let own = try await graph.entities(of: leadID, for: .agent(nil), at: moment, in: workspace)
    guard !own.isEmpty else { return }
    var query = NeighbourQuery(
      of: own.map(\.id), GraphFilter(for: .agent(nil), at: moment), limit: Self.mostRelations)
    query.depth = depth
    let found = try await graph.neighbours(query, in: workspace)
    for step in found.steps {
      let relation = step.step.relation
      guard relation.leadID == nil || relation.leadID == leadID,
        let subject = found.entities[relation.subject]
          ?? own.first(where: { $0.id == relation.subject }),
        let object = found.entities[relation.object]
          ?? own.first(where: { $0.id == relation.object }),
        [subject, object].allSatisfy({ $0.leadID == nil || $0.leadID == leadID })
      else { continue }
      let predicate = relation.predicate.split(separator: "_").joined(separator: " ")
      collection.add(
        HandoffItem(
          .relation, nil, .string("\(subject.name) \(predicate) \(object.name)"),
          knownSince: relation.validFrom),
        from: HandoffProvenance(
          .graph, name: relation.sources.first?.source.name, at: relation.validFrom,
          trust: relation.trust == .agent ? nil : relation.trust))
    }
  }

  private func addCampaign(
    _ id: CampaignID, of lead: Lead, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    let found = try await environment.customers.surroundings(
      of: SurroundingsQuery(
        leadID: lead.id, duplicates: [], account: nil, campaignID: id, accountLimit: 0),
      in: workspace)
    let provenance = HandoffProvenance(.campaign, at: lead.createdAt)
    func add(_ key: String, _ value: JSONValue) {
      collection.add(
        HandoffItem(.campaign, key, value, knownSince: lead.createdAt), from: provenance)
    }
    add("id", .string(id.rawValue))
    guard let campaign = found.campaign else { return }
    if let name = campaign.name { add("name", .string(name)) }
    add("leads", JSONValue(campaign.count.leads))
    add("conversions", JSONValue(campaign.count.conversions))
  }

  /// Earlier handoffs, and what of the last packet nobody but the packet knows any more.
  private func addHistory(to collection: inout HandoffCollection) async throws(StoreError) {
    var query = HandoffQuery(limit: Self.mostHandoffs)
    query.leadID = leadID
    for handoff in try await environment.handoffs.handoffs(query, in: workspace).items {
      var text =
        "\(handoff.senderRole) to \(handoff.receiverRole), \(handoff.state.rawValue)"
      if let rejection = handoff.rejection { text += ": \(rejection)" }
      collection.add(
        HandoffItem(
          .history, handoff.id.rawValue, .string(text), knownSince: handoff.preparedAt),
        from: HandoffProvenance(.handoffs, at: handoff.preparedAt))
    }
    guard let last, let bytes = last.packet else { return }
    let packet = try HandoffPacket(reading: bytes)
    collection.carry(
      packet, settled: Set(request.settled),
      gone: try memories.gone(from: packet, since: last.handoff.preparedAt))
  }

  private func addNear(
    _ lead: Lead, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    let identity = environment.identity(of: lead)
    let found = try await environment.customers.surroundings(
      of: SurroundingsQuery(
        leadID: lead.id, duplicates: [], account: identity.account, campaignID: nil,
        accountLimit: 0), in: workspace)
    if found.account.count.leads > 0 {
      // Who they are is no business of this packet.
      for (key, count) in [
        ("otherLeads", found.account.count.leads), ("conversions", found.account.count.conversions),
      ] {
        collection.add(
          HandoffItem(.company, key, JSONValue(count), knownSince: now),
          from: HandoffProvenance(.company, at: now))
      }
    }
    let rows = try await environment.datasets.rows(
      of: lead.id, limit: Self.mostRows, in: workspace)
    for (table, row) in rows {
      collection.add(
        HandoffItem(.note, "\(table) \(row.key)", .object(row.cells), knownSince: lead.createdAt),
        from: HandoffProvenance(.imports, name: table, at: lead.createdAt, trust: .untrusted))
    }
  }

  /// What the workspace remembers of the lead's names, and of nobody else.
  private func addFound(
    _ lead: Lead, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    let names = [lead.contact.name, lead.account.company, lead.account.domain].compactMap(\.self)
    guard !names.isEmpty else { return }
    let question = names.joined(separator: " ")
    for record in try await environment.memory.found(
      question, at: now, limit: Self.mostFound, in: workspace)
    where record.leadID == nil && record.conversationID == nil {
      collection.add(
        HandoffItem(.note, nil, .string(record.text), knownSince: record.validFrom),
        from: HandoffProvenance(
          .recall, name: record.source.name, at: record.validFrom,
          trust: record.trust == .agent ? nil : record.trust))
    }
  }
}
