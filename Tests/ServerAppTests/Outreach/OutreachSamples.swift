import JSONRPC
import Marketing
import Sealing
import ServerApp

/// Stores with a lead who has an address, and messages to it.
struct OutreachSamples: Sendable {
  static let start = Timestamp(milliseconds: 1_752_580_800_000)

  let stores = InMemoryStores()
  let lead = LeadID(rawValue: "lead_1")
  var outbox: any OutboxStore { stores }
  var consents: any ConsentStore { stores }

  init() async throws { try await add("lead_1", email: "zoe@acme.example") }

  func add(_ id: String, email: String?) async throws {
    var lead = Lead(id: LeadID(rawValue: id), createdAt: Self.start)
    lead.contact.email = email
    try await stores.saveTriage(
      TriageRecord(
        leadID: lead.id, triagedAt: Self.start, score: 1, probability: 0.5, isCalibrated: false,
        category: .coldLead, confidence: 0.5, reasons: [], modelVersion: "t"),
      of: lead, identity: LeadIdentity(of: lead, keepsPlusTags: false),
      basis: .new(hasDuplicates: true), shadows: [], events: [], in: .default)
  }

  static func message(
    _ id: String, to destination: String = "zoe@acme.example",
    purpose: OutreachPurpose = .marketing, channel: OutreachChannel = .email,
    lead: String = "lead_1"
  ) -> OutboundMessage {
    OutboundMessage(
      id: MessageID(rawValue: id), leadID: LeadID(rawValue: lead), channel: channel,
      purpose: purpose, destination: destination,
      content: MessageContent(subject: "s", text: "t"), idempotencyKey: "key_\(id)",
      createdAt: start)
  }

  static func attempt(_ message: OutboundMessage) -> DeliveryAttempt {
    DeliveryAttempt(
      workspace: .default, message: message, claim: 1, number: 1, isPossibleDuplicate: false)
  }

  func enqueue(_ messages: [OutboundMessage]) async throws {
    _ = try await stores.enqueue(messages, events: [], in: .default)
  }

  func unsubscriber(_ ring: KeyRing) -> Unsubscriber {
    Unsubscriber(
      ring: ring, leads: stores, consents: stores, outbox: stores, keepsPlusTags: false,
      now: { Self.start })
  }

  func events(_ kind: Event.Kind) throws -> [Event] {
    try stores.events(after: 0, limit: 10_000).map(\.event).filter { $0.kind == kind }
  }
}
