import JSONRPC
package import Marketing
package import Sealing

/// Does what the link in a mail is for.
package struct Unsubscriber: Sendable {
  private static let actor = "unsubscribe_link"
  private static let reason = "unsubscribed"
  private static let source = "one_click"

  private let ring: KeyRing
  private let leads: any LeadStore
  private let consents: any ConsentStore
  private let outbox: any OutboxStore
  private let keepsPlusTags: Bool
  private let now: @Sendable () -> Timestamp
  private let leave: @Sendable (Lead, WorkspaceID) async throws(StoreError) -> Void

  /// - Parameters:
  ///   - ring: has sealed the links' tokens.
  ///   - leave: ends what was planned for the person.
  package init(
    ring: KeyRing, leads: any LeadStore, consents: any ConsentStore, outbox: any OutboxStore,
    keepsPlusTags: Bool, now: @escaping @Sendable () -> Timestamp,
    leave: @escaping @Sendable (Lead, WorkspaceID) async throws(StoreError) -> Void = { _, _ in }
  ) {
    self.ring = ring
    self.leads = leads
    self.consents = consents
    self.outbox = outbox
    self.keepsPlusTags = keepsPlusTags
    self.now = now
    self.leave = leave
  }

  /// Whether a token is one of ours.
  package func isKnown(_ token: String) -> Bool {
    UnsubscribeToken(token, ring: ring) != nil
  }

  /// Has the person of a token get no more mails. The same again changes nothing; of somebody who was erased
  /// nothing is left to do.
  /// - Returns: whether the token is one of ours.
  package func unsubscribe(_ token: String) async throws(StoreError) -> Bool {
    guard let token = UnsubscribeToken(token, ring: ring) else { return false }
    guard let lead = try leads.lead(token.leadID, in: token.workspace) else { return true }
    // The mail may have gone to an address that the lead has not any more; also that person asks for an end.
    let sent = try outbox.entry(token.messageID, in: token.workspace)?.message.destination
    var addresses = Set(
      sent.flatMap { ContactAddress($0, keepsPlusTags: keepsPlusTags) }.map { [$0] } ?? [])
    let identity = LeadIdentity(of: lead, keepsPlusTags: keepsPlusTags)
    if let email = identity.email { addresses.insert(.email(email)) }
    let time = now()
    let channel = token.channel.governing
    let suppression = Suppression(
      channel: channel, reason: .unsubscribed, actor: Self.actor, since: time)
    let event = event(.contactSuppressed, token, at: time)
    let withdrawals = try withdrawals(by: token, of: Array(addresses), at: time)
    _ = try await consents.suppress(
      addresses.map { SuppressionEntry(.address($0), suppression) }, saying: withdrawals,
      event: { added in
        var event = event
        event.facts["channel"] = .string(channel.rawValue)
        event.facts["reason"] = .string(Suppression.Reason.unsubscribed.rawValue)
        event.facts["addresses"] = .integer(Int64(added))
        return event
      }, in: token.workspace)
    _ = try await outbox.cancel(
      .marketing(token.leadID), reason: Self.reason, at: time,
      events: { ids in
        ids.map { id in
          var event = self.event(.messageStopped, token, at: time)
          event.facts = ["messageID": .string(id.rawValue), "reason": .string(Self.reason)]
          return event
        }
      }, in: token.workspace)
    try await leave(lead, token.workspace)
    return true
  }

  /// That what the person agreed to is taken back: whoever asks later what it said learns of it too.
  private func withdrawals(
    by token: UnsubscribeToken, of addresses: [ContactAddress], at time: Timestamp
  ) throws(StoreError) -> [ConsentStatement] {
    let channel = token.channel.governing
    let given = try consents.currentConsents(
      of: token.leadID, addresses: addresses, in: token.workspace
    ).filter {
      $0.state == .granted && $0.purpose == .marketing && $0.channel.governing == channel
    }
    return given.map { consent in
      var generator = SystemRandomNumberGenerator()
      let withdrawal = Consent(
        id: .make(prefix: "con_", at: time, random: (generator.next(), generator.next())),
        leadID: token.leadID, channel: consent.channel, purpose: consent.purpose,
        state: .withdrawn, source: Self.source, at: max(time, consent.at))
      var event = event(.consentRecorded, token, at: time)
      event.facts["consentID"] = .string(withdrawal.id.rawValue)
      event.facts["channel"] = .string(consent.channel.rawValue)
      event.facts["purpose"] = .string(consent.purpose.rawValue)
      event.facts["state"] = .string(Consent.State.withdrawn.rawValue)
      let address = addresses.first { $0.isReached(by: consent.channel) }
      return ConsentStatement(withdrawal, address: address, event: event)
    }
  }

  private func event(_ kind: Event.Kind, _ token: UnsubscribeToken, at time: Timestamp) -> Event {
    var generator = SystemRandomNumberGenerator()
    return Event(
      id: .make(prefix: "evt_", at: time, random: (generator.next(), generator.next())),
      kind: kind, leadID: token.leadID, occurredAt: time, actor: Self.actor,
      facts: ["messageID": .string(token.messageID.rawValue)])
  }
}
