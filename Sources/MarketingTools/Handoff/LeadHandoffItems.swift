import JSONRPC
import Marketing

/// What a lead's own record, its triage and its interactions hand over.
struct LeadHandoffItems: Sendable {
  private static let mostReasons = 5

  private let profile: LeadProfile
  private let contract: HandoffContract

  /// - Parameter profile: with every interaction, so that none that binds is missing.
  init(_ profile: LeadProfile, _ contract: HandoffContract) {
    self.profile = profile
    self.contract = contract
  }

  /// Adds it all.
  func add(to collection: inout HandoffCollection) {
    addLead(to: &collection)
    addTriage(to: &collection)
    addInteractions(to: &collection)
    if let outcome = profile.outcome {
      collection.add(
        HandoffItem(
          .history, "outcome", .string(outcome.disposition.rawValue),
          knownSince: outcome.occurredAt),
        from: HandoffProvenance(.lead, at: outcome.occurredAt))
    }
  }

  private func addLead(to collection: inout HandoffCollection) {
    let lead = profile.lead
    // When a field was last told is not known; the lead's last sign of life bears it out.
    let since = max(lead.createdAt, lead.lastActiveAt ?? lead.createdAt)
    let provenance = HandoffProvenance(.lead, at: since)
    func add(_ key: String, _ value: JSONValue?, _ flags: HandoffItem.Flags = []) {
      guard let value else { return }
      collection.add(
        HandoffItem(.lead, key, value, knownSince: since, flags: flags), from: provenance)
    }
    add("consent", lead.hasConsent.map(JSONValue.bool) ?? "not asked", .constraint)
    let texts: [(String, String?)] = [
      ("name", lead.contact.name), ("email", lead.contact.email), ("phone", lead.contact.phone),
      ("jobTitle", lead.contact.jobTitle), ("company", lead.account.company),
      ("domain", lead.account.domain),
      ("industry", lead.account.industry), ("companySize", lead.account.companySize),
      ("source", lead.source), ("campaignID", lead.campaignID?.rawValue),
      ("persona", lead.persona), ("region", lead.region),
      ("preferredChannel", lead.preferredChannel?.rawValue),
      ("status", lead.status.rawValue), ("assignedAgent", lead.assignedAgent),
      ("createdAt", lead.createdAt.iso8601), ("message", lead.message),
    ]
    for (key, text) in texts { add(key, text.map(JSONValue.string)) }
    for attribute in lead.attributes {
      add(
        "attributes.\(attribute.key)", attribute.value,
        contract.isConstraint(attribute.key) ? .constraint : [])
    }
  }

  private func addTriage(to collection: inout HandoffCollection) {
    guard let triage = profile.triage else { return }
    let provenance = HandoffProvenance(
      .triage, name: triage.modelVersion, at: triage.triagedAt)
    let reasons = triage.reasons.prefix(Self.mostReasons).map { JSONValue.string($0.text) }
    let parts: [(String, JSONValue)] = [
      ("category", .string(triage.category.rawValue)),
      ("score", JSONValue(triage.score.rounded(to: 1))),
      ("probability", JSONValue(triage.probability.rounded(to: 3))),
      ("confidence", JSONValue(triage.confidence.rounded(to: 3))),
      ("reasons", .array(Array(reasons))),
    ]
    for (key, value) in parts {
      collection.add(
        HandoffItem(.triage, key, value, knownSince: triage.triagedAt), from: provenance)
    }
  }

  private func addInteractions(to collection: inout HandoffCollection) {
    var kinds: [InteractionKind: InteractionCount] = [:]
    for interaction in profile.interactions {
      let known = kinds[interaction.kind]
      kinds[interaction.kind] = InteractionCount(
        count: (known?.count ?? 0) + 1,
        lastAt: max(known?.lastAt ?? interaction.occurredAt, interaction.occurredAt))
    }
    for kind in InteractionKind.allCases {
      guard let known = kinds[kind] else { continue }
      collection.add(
        HandoffItem(
          .interaction, kind.rawValue,
          .string("\(known.count), last \(known.lastAt.iso8601.prefix(10))"),
          knownSince: known.lastAt),
        from: HandoffProvenance(.interactions, at: known.lastAt))
    }
    addRefusals(to: &collection)
  }

  /// What the lead told us by what it did: to leave it alone, or to call back.
  private func addRefusals(to collection: inout HandoffCollection) {
    for interaction in profile.interactions.reversed() {
      let told: (key: String, flags: HandoffItem.Flags)? =
        switch (interaction.outcome, interaction.kind) {
        case (.unsubscribe, _): ("unsubscribed", [.constraint, .event])
        case (_, .complaint): ("complaint", [.constraint, .event])
        case (.callbackRequested, _): ("callback_requested", [.promise, .event])
        default: nil
        }
      guard let told else { continue }
      // A call that came after was the one that was asked for.
      if told.flags.contains(.promise),
        profile.interactions.contains(where: {
          $0.occurredAt > interaction.occurredAt && [.callMade, .callAnswered].contains($0.kind)
        })
      {
        continue
      }
      collection.add(
        HandoffItem(
          .fact, told.key,
          .string(
            "\(interaction.channel.rawValue), \(interaction.occurredAt.iso8601.prefix(10))"),
          knownSince: interaction.occurredAt, flags: told.flags),
        from: HandoffProvenance(.interactions, at: interaction.occurredAt))
    }
  }
}
