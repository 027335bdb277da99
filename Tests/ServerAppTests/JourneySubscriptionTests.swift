import Foundation
import JSONRPC
import MCP
import Testing

@Suite struct JourneySubscriptionTests {
  @Test(.timeLimit(.minutes(1)))
  func whoFollowsAJourneyHearsOfAnotherProcessesSteps() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      let updates = AsyncStream<String>.makeStream()
      let handlers = ClientHandlers(hear: { notification in
        if let uri = notification.params["uri"]?.stringValue { updates.continuation.yield(uri) }
      })
      try await ServerProcess.with(database: database) { first in
        let lead = try #require(
          try await first.call("triage_lead", ["email": "ann@acme.example"])["leadID"])
        let uri = "journey://\(lead.stringValue ?? "")"
        try await ServerProcess.with(
          database: database, mode: .legacy(.v2025November), handlers: handlers
        ) { second in
          _ = try await second.client.request("resources/subscribe", ["uri": .string(uri)])
          _ = try await first.call("record_outcome", ["leadID": lead, "disposition": "converted"])
          var seen = updates.stream.makeAsyncIterator()
          #expect(await seen.next() == uri)
          let read = try await second.client.request("resources/read", ["uri": .string(uri)])
          let text = try #require(read["contents"]?[0]?["text"]?.stringValue)
          let journey = try JSONParser().parse(text)
          #expect(journey["stage"] == "converted")
          #expect(journey["steps"]?.arrayValue?.count == 3)
        }
      }
    }
  }
}
