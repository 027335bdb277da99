import Foundation
import JSONRPC
import MCP
import Testing

@Suite struct KnowledgeSubscriptionTests {
  @Test func whoFollowsAnEntityHearsOfAnotherProcessesWords() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      let updates = AsyncStream<String>.makeStream()
      let handlers = ClientHandlers(hear: { notification in
        if let uri = notification.params["uri"]?.stringValue { updates.continuation.yield(uri) }
      })
      func relation(_ object: String) -> JSONValue {
        [
          "subject": ["type": "company", "name": "Acme"], "predicate": "uses",
          "object": ["type": "product", "name": .string(object)],
        ]
      }
      try await ServerProcess.with(database: database) { first in
        let told = try await first.call("relate_entities", ["relations": [relation("X")]])
        let uri = "knowledge://entity/\(told["relations"]?[0]?["subject"]?.stringValue ?? "")"
        try await ServerProcess.with(
          database: database, mode: .legacy(.v2025November), handlers: handlers
        ) { second in
          _ = try await second.client.request("resources/subscribe", ["uri": .string(uri)])
          _ = try await first.call("relate_entities", ["relations": [relation("Y")]])
          var seen = updates.stream.makeAsyncIterator()
          #expect(await seen.next() == uri)
          let read = try await second.client.request("resources/read", ["uri": .string(uri)])
          #expect(read["contents"]?[0]?["text"]?.stringValue?.contains("\"Y\"") == true)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func whoFollowsAnEntityHearsOfAnImport() async throws {
    try await ServerProcess.withFolder { folder in
      let database = "\(folder)/leads.sqlite"
      let file = "\(folder)/people.csv"
      try Data("email,company\na@acme.example,Acme\n".utf8).write(to: URL(fileURLWithPath: file))
      let updates = AsyncStream<String>.makeStream()
      let handlers = ClientHandlers(hear: { notification in
        if let uri = notification.params["uri"]?.stringValue { updates.continuation.yield(uri) }
      })
      try await ServerProcess.with(
        database: database, mode: .legacy(.v2025November), handlers: handlers
      ) { server in
        let told = try await server.call(
          "relate_entities",
          [
            "relations": [
              [
                "subject": ["type": "company", "name": "Acme"], "predicate": "uses",
                "object": ["type": "product", "name": "X"],
              ]
            ]
          ])
        let uri = "knowledge://entity/\(told["relations"]?[0]?["subject"]?.stringValue ?? "")"
        _ = try await server.client.request("resources/subscribe", ["uri": .string(uri)])
        let imported = try await ServerProcess.run(
          ["import", file, "--database", "sqlite:\(database)"])
        #expect(imported.code == 0)
        var seen = updates.stream.makeAsyncIterator()
        #expect(await seen.next() == uri)
      }
    }
  }
}
