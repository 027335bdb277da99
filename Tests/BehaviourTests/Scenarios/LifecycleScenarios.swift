import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  /// The handshake and what serves a session as a whole.
  static let lifecycle: [Scenario] =
    each("server-initialize", in: [.v2024November, .v2025March, .v2025June, .v2025November]) {
      try await $0.session { session in
        #expect(session.serverInfo?.name == "fixture")
        #expect(session.serverInfo?.version.isEmpty == false)
        #expect(session.serverCapabilities["tools"]?.objectValue != nil)
      }
    }
    + each("server-session-lifecycle", in: .legacy) { visit in
      // A session that has ended leaves the server fit for another.
      try await visit.session { _ = try await $0.request("ping") }
      try await visit.peer { peer in
        let id = peer.post("ping")
        let answer = try await peer.answer(to: id)
        #expect(answer["result"] == [:])
        #expect(peer.received.values.count == 2, "nothing answers notifications/initialized")
      }
    }
    + each("logging-set-level", in: .legacy) {
      try await $0.session { session in
        for level in LogLevel.allCases {
          let result = try await session.request(
            "logging/setLevel", ["level": .string(level.rawValue)])
          #expect(result == [:])
        }
      }
    }
    + each("logging-set-level: no such level", in: .legacy) {
      try await $0.peer { peer in
        let error = try await peer.error("logging/setLevel", ["level": "loud"], isFaulty: true)
        #expect(error.code == .invalidParams)
      }
    }
    + each("ping", in: [.v2024November, .v2025March, .v2025June, .v2025November]) {
      try await $0.session { session in
        let result = try await session.request("ping")
        #expect(result == [:])
      }
    }
    + each("completion-complete", in: .both) {
      try await $0.session { session in
        let prompt = try await session.request(
          "completion/complete",
          [
            "ref": ["type": "ref/prompt", "name": "test_prompt_with_arguments"],
            "argument": ["name": "arg1", "value": "value1"],
          ])
        let values = try #require(prompt["completion"]?["values"]?.arrayValue)
        #expect((1...100).contains(values.count))
        #expect(values.allSatisfy { $0.stringValue?.hasPrefix("value1") == true })
        let resource = try await session.request(
          "completion/complete",
          [
            "ref": ["type": "ref/resource", "uri": "test://template/{id}/data"],
            "argument": ["name": "id", "value": "24"],
          ])
        #expect(resource["completion"]?["values"]?[0] == "24")
        let unknown = await failure {
          _ = try await session.request(
            "completion/complete",
            [
              "ref": ["type": "ref/prompt", "name": "none"],
              "argument": ["name": "arg1", "value": ""],
            ])
        }
        #expect(unknown?.code == .invalidParams)
      }
    }
}
