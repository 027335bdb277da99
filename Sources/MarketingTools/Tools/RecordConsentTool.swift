import JSONRPC
package import MCP
import Marketing

/// Records what a person said about being contacted.
package struct RecordConsentTool: Tool {
  /// What was said.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var address: String?
    var channel: OutreachChannel
    var purpose: OutreachPurpose?
    var state: Consent.State
    var source: String
    var wordingVersion: String?
    var at: Timestamp?
  }

  /// What was recorded, and what follows.
  package struct Output: Encodable, Sendable {
    let consentID: ConsentID
    let leadID: LeadID?
    let channel: OutreachChannel
    let purpose: OutreachPurpose
    let state: Consent.State
    let at: Timestamp
    let holds: Bool
    let suppressed: Bool
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("record_consent")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let said = arguments.at ?? now
    guard said <= now + .days(1) else {
      throw ContactedPerson.refused(
        "/at", "found a time more than a day from now, expected one up to now")
    }
    // A clock that is ahead must not let what is said later count for nothing.
    let at = min(said, now)
    let channel = arguments.channel
    let person = try ContactedPerson(
      leadID: arguments.leadID, address: arguments.address, environment, context)
    let address = person.addresses.first { $0.isReached(by: channel) }
    guard person.leadID != nil || address != nil else {
      throw ContactedPerson.refused(
        "/address", "found an address that \(channel.rawValue) does not lead to")
    }
    let consent = Consent(
      id: environment.newName("con_", at: now), leadID: person.leadID, channel: channel,
      purpose: arguments.purpose ?? .marketing, state: arguments.state, source: arguments.source,
      wordingVersion: arguments.wordingVersion, at: at)
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .consentRecorded, leadID: person.leadID,
      occurredAt: now, actor: context.actor(definition.name),
      facts: [
        "consentID": .string(consent.id.rawValue), "channel": .string(channel.rawValue),
        "purpose": .string(consent.purpose.rawValue), "state": .string(consent.state.rawValue),
      ])
    let store = environment.consents
    _ = try await storing(context) { () async throws(StoreError) in
      try await store.record(consent, address: address, event: event, in: context.workspace)
    }
    let (current, isSuppressed) = try reading(context) { () throws(StoreError) in
      (
        try store.currentConsents(
          of: person.leadID, addresses: person.addresses, in: context.workspace),
        try store.isSuppressed(person.addresses, on: channel, in: context.workspace)
      )
    }
    return Output(
      consentID: consent.id, leadID: person.leadID, channel: channel, purpose: consent.purpose,
      state: consent.state, at: said, holds: current.contains { $0.id == consent.id },
      suppressed: isSuppressed)
  }
}
