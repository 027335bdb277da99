import JSONRPC
import Marketing
import Testing

extension Stores {
  func triaged(_ lead: LeadID) async throws {
    _ = try await journeys.advance(
      lead, to: .triaged, reason: nil, event: .sample("evt_t", .leadTriaged, of: lead),
      in: .default)
  }

  /// Has a receiver accept a lead.
  func handOver(
    _ id: String, of lead: LeadID = "L1", at time: Timestamp = noon
  ) async throws {
    try await prepare(.sample(id, of: lead))
    try await offer(HandoffID(rawValue: id), at: time)
    try await accept(HandoffID(rawValue: id), by: "w1", at: time)
  }

  /// Has a channel take a message that is due.
  func deliver() async throws {
    let attempt = try #require(try await begun())
    try await settle(attempt, as: .delivered(DeliveryAnswer("250")))
  }

  func engagementKinds() throws -> [String] {
    try events.events(of: "L1", limit: 999, in: .default).map(\.event.kind.rawValue)
      .filter { $0.hasPrefix("engagement") }
  }

  @discardableResult
  func plan(
    _ engagement: Engagement
  ) async throws -> (engagement: Engagement, isNew: Bool) {
    try await engagements.save(
      engagement, event: { _ in .sample("evt_p\(engagement.id)", .engagementPlanned, of: "L1") },
      in: .default)
  }

  @discardableResult
  func start(
    _ id: EngagementID, number: Int = 1, messages: [OutboundMessage] = [],
    ending: WorkEnding? = nil
  ) async throws -> Engagement {
    let own = messages.map { message in
      var message = message
      message.engagementID = id
      return message
    }
    return try await engagements.start(
      id, number: number, steps: [], messages: own, ending: ending, at: noon,
      event: { _ in .sample("evt_s\(id)\(number)", .engagementStarted, of: "L1") }, in: .default
    ).engagement
  }

  func end(
    _ id: EngagementID, _ ending: EngagementEnding
  ) async throws -> Engagement {
    try await engagements.end(
      id, ending, at: noon,
      event: { _ in .sample("evt_\(ending.cancelReason)", .engagementPaused, of: "L1") },
      in: .default)
  }

  func finish() async throws -> Int {
    try await engagements.completeFinished(at: noon, limit: 9) { _ in
      .sample("evt_f", .engagementCompleted, of: "L1")
    }
  }
}

extension Engagement {
  static func sample(
    _ id: EngagementID, of lead: LeadID = "L1", at time: Timestamp = noon
  ) -> Engagement {
    Engagement(
      id: id, leadID: lead, category: .coldLead, strategy: "test-1", steps: [], at: time)
  }
}

/// Expects a store to refuse.
func expect(
  _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> some Any
) async {
  let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) {
    _ = try await body()
  }
  #expect(error?.code == code, sourceLocation: sourceLocation)
}
