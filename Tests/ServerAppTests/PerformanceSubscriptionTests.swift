import Foundation
import JSONRPC
import MCP
import Testing

@Suite struct PerformanceSubscriptionTests {
  @Test(.timeLimit(.minutes(1)))
  func whoFollowsThePerformanceHearsOfReportsToAnotherProcess() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      let updates = AsyncStream<String>.makeStream()
      let handlers = ClientHandlers(hear: { notification in
        if let uri = notification.params["uri"]?.stringValue { updates.continuation.yield(uri) }
      })
      try await ServerProcess.with(database: database) { first in
        let message = try await Self.message(first)
        let uri = "performance://channel"
        try await ServerProcess.with(
          database: database, mode: .legacy(.v2025November), handlers: handlers
        ) { second in
          _ = try await second.client.request("resources/subscribe", ["uri": .string(uri)])
          _ = try await first.call(
            "record_delivery",
            ["reports": [["id": "r1", "messageID": message, "kind": "clicked"]]])
          // What was sent before may be told of now, which is an update too.
          for await updated in updates.stream {
            #expect(updated == uri)
            let read = try await second.client.request("resources/read", ["uri": .string(uri)])
            let text = try #require(read["contents"]?[0]?["text"]?.stringValue)
            let row = try JSONParser().parse(text)["values"]?[0]
            if row?["counts"]?["clicked"] == 1 { break }
          }
        }
      }
    }
  }

  /// A message of an engagement that has been sent, to nobody: what is said of others is not believed.
  private static func message(_ server: ServerProcess) async throws -> JSONValue {
    let lead = try #require(
      try await server.call(
        "triage_lead",
        [
          "name": "Ann Berg", "email": "ann@acme.example", "company": "Acme", "consent": true,
          "timeZone": "Europe/Oslo", "message": "How does your route planning work?",
        ])["leadID"])
    let planned = try await server.call(
      "plan_engagement", ["leadID": lead, "category": "general_inquiry"])
    let id = try #require(planned["engagement"]?["engagementID"])
    let executed = try await server.call("execute_engagement", ["engagementID": id])
    let message = try #require(executed["engagement"]?["steps"]?[0]?["messageID"])
    while true {
      let shown = try await server.call("get_engagement", ["engagementID": id])
      if shown["engagement"]?["steps"]?[0]?["state"] == "delivered" { return message }
    }
  }
}
