import Marketing

extension OutboundMessage {
  /// A message with a value in every field, to an address that the lead alone has.
  static func sample(
    _ id: String, to lead: LeadID = "lead_1", key: String? = nil, channel: OutreachChannel = .email,
    due: Duration = .zero
  ) -> OutboundMessage {
    var message = OutboundMessage(
      id: MessageID(rawValue: id), leadID: lead, channel: channel, purpose: .marketing,
      destination: "\(lead.rawValue)@acme.example",
      content: MessageContent(
        subject: "Zoë, \"a demo\"", text: "one\ntwo \u{1F680}", html: "<p>one</p>",
        headers: [.init("X-Campaign", "spring")],
        invitation: Invitation(
          uid: "u1", sequence: 2, start: noon + .days(1), duration: .seconds(1800),
          summary: "A demo", details: "all of it", location: "https://meet.example/1")),
      idempotencyKey: key ?? "key_\(id)", createdAt: noon)
    message.engagementID = "eng_1"
    message.campaignID = CampaignID(rawValue: "CMP0001")
    message.variantID = "b"
    message.step = 3
    message.maxAttempts = 3
    message.notBefore = noon + due
    return message
  }
}

extension Stores {
  /// Stores leads and messages to the first of them.
  func fill(_ messages: [OutboundMessage], in workspace: WorkspaceID = .default) async throws {
    for lead in Set(messages.map(\.leadID)).sorted()
    where try leads.lead(lead, in: workspace) == nil {
      try await add(.bare(lead.rawValue), in: workspace)
    }
    _ = try await outbox.enqueue(messages, events: [], in: workspace)
  }

  /// Claims what is due on every channel.
  func claimMessages(
    _ limit: Int = 100, lease: Duration = .seconds(60), at time: Duration = .zero
  ) async throws -> [DeliveryAttempt] {
    let limits = Dictionary(uniqueKeysWithValues: OutreachChannel.allCases.map { ($0, limit) })
    return try await outbox.claimDue(limits, lease: lease, at: noon + time)
  }

  /// Claims one message and begins to send it.
  func begun(lease: Duration = .seconds(60), at time: Duration = .zero) async throws
    -> DeliveryAttempt?
  {
    guard let attempt = try await claimMessages(1, lease: lease, at: time).first,
      try await outbox.begin(attempt, lease: lease, at: noon + time)
    else { return nil }
    return attempt
  }

  @discardableResult
  func settle(
    _ attempt: DeliveryAttempt, as settlement: OutboxSettlement, at time: Duration = .zero
  ) async throws -> OutboxEntry {
    try await outbox.settle(attempt, as: settlement, at: noon + time) { entry in
      [
        .sample(
          "evt_\(entry.message.id)_\(entry.claim)", .messageDelivered, of: entry.message.leadID)
      ]
    }
  }
}
