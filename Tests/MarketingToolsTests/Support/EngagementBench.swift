import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

/// Engagements for tests of the tools that work with them.
struct EngagementBench {
  let harness: ToolHarness

  init(handlers: ClientHandlers = ClientHandlers(), comparesTexts: Bool = false) throws {
    harness = try ToolHarness(handlers: handlers, comparesTexts: comparesTexts)
  }

  static let question: JSONObject = [
    "name": "Ann Berg", "email": "ann@acme.test", "company": "Acme", "consent": true,
    "timeZone": "Europe/Oslo", "message": "How does your route planning work?",
  ]

  /// A lead with a question and its running engagement.
  func running(
    _ fields: JSONObject = Self.question, category: String = "cold_lead"
  ) async throws -> (lead: String, engagement: String, steps: [JSONValue]) {
    let lead = try await harness.newLead(fields)
    let planned = try await harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": .string(category)])
    let id = try #require(planned["engagement"]?["engagementID"]?.stringValue)
    let executed = try await harness.call("execute_engagement", ["engagementID": .string(id)])
    #expect(executed["isNew"] == true)
    return (lead, id, executed["engagement"]?["steps"]?.arrayValue ?? [])
  }

  /// Sends what is due as the outbox's worker does, without a channel.
  @discardableResult
  func send(at time: Timestamp) async throws -> [(MessageID, SendDecision)] {
    let limits = Dictionary(uniqueKeysWithValues: OutreachChannel.allCases.map { ($0, 9) })
    var decisions: [(MessageID, SendDecision)] = []
    // One to a person at a time.
    while let attempt = try await harness.stores.claimDue(
      limits, lease: .seconds(9), at: time
    ).first {
      let decision = await harness.engagements.sendGate(attempt, time)
      decisions.append((attempt.message.id, decision))
      switch decision {
      case .go:
        #expect(try await harness.stores.begin(attempt, lease: .seconds(9), at: time))
        let outcome = DeliveryOutcome.delivered(DeliveryAnswer("250"))
        _ = try await harness.stores.settle(
          attempt, as: .delivered(DeliveryAnswer("250")),
          effects: await harness.engagements.deliveryEffects(attempt, outcome, time), at: time
        ) { _ in [] }
      case .postpone(let until, _):
        _ = try await harness.stores.settle(attempt, as: .postponed(until: until), at: time) { _ in
          []
        }
      case .stop(let gate):
        _ = try await harness.stores.settle(attempt, as: .cancelled(reason: gate), at: time) { _ in
          []
        }
      }
    }
    return decisions
  }

  /// When a step goes out.
  func time(of step: JSONValue) throws -> Timestamp {
    try #require(step["at"]?.stringValue.flatMap(Timestamp.init(iso8601:)))
  }
}

extension ToolHarness {
  var someEvent: Event {
    Event(id: "evt_test", kind: .engagementPlanned, occurredAt: Self.now, actor: "test")
  }
}
