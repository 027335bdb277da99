import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct QueryKnowledgeToolTests {
  /// A harness whose graph holds A → B → C, A → C, and a secret of one role.
  private static func harness() async throws -> ToolHarness {
    let harness = try ToolHarness()
    let relation = { (subject: String, predicate: String, object: String, weight: Double) in
      RelateEntitiesToolTests.relation(subject, predicate, object, weight: weight)
    }
    _ = try await harness.call(
      "relate_entities",
      [
        "relations": [
          relation("Alpha", "uses", "Beta", 0.9), relation("Beta", "uses", "Gamma", 0.8),
          relation("Alpha", "knows", "Gamma", 0.5),
        ]
      ])
    _ = try await harness.call(
      "relate_entities",
      ["relations": [relation("Alpha", "fears", "Delta", 1)], "agentRole": "closer"])
    return harness
  }

  private static func id(_ name: String, _ harness: ToolHarness) async throws -> JSONValue {
    let found = try await harness.call("query_knowledge", ["name": .string(name)])
    return try #require(found["entities"]?[0]?["entityID"])
  }

  @Test func entitiesAreFoundByTheBeginningOfTheirNames() async throws {
    let harness = try await Self.harness()
    let all = try await harness.call("query_knowledge", [:])
    #expect(
      all["entities"]?.arrayValue?.compactMap { $0["name"] } == ["Alpha", "Beta", "Gamma"])
    let some = try await harness.call("query_knowledge", ["name": "BE", "types": ["company"]])
    #expect(some["entities"]?.arrayValue?.count == 1 && some["relations"] == nil)
    let none = try await harness.call("query_knowledge", ["name": "Be", "types": ["person"]])
    #expect(none["entities"] == [] && none["nextCursor"] == nil)
    let own = try await harness.call("query_knowledge", ["name": "d", "agentRole": "closer"])
    #expect(own["entities"]?[0]?["name"] == "Delta")
  }

  @Test func whatIsAroundAnEntityStandsStrongestFirst() async throws {
    let harness = try await Self.harness()
    let alpha = try await Self.id("alpha", harness)
    func predicates(_ more: JSONObject) async throws -> [JSONValue] {
      let found = try await harness.call(
        "query_knowledge",
        JSONObject([("entityID", alpha)] + more.members.map { ($0.key, $0.value) }))
      #expect(found["entities"]?[0]?["entityID"] == alpha)
      return found["relations"]?.arrayValue?.compactMap { $0["predicate"] } ?? []
    }
    #expect(try await predicates([:]) == ["uses", "knows"])
    #expect(try await predicates(["depth": 2]) == ["uses", "knows", "uses"])
    #expect(try await predicates(["agentRole": "closer"]) == ["fears", "uses", "knows"])
    #expect(try await predicates(["predicates": ["knows"]]) == ["knows"])
    #expect(try await predicates(["direction": "incoming"]) == [])
    #expect(try await predicates(["asOf": "2020-01-01T00:00:00Z"]) == [])
    let past = try await harness.failure(
      "query_knowledge", ["entityID": alpha, "knownAt": "2020-01-01T00:00:00Z"])
    #expect(past.contains("no entity"))
  }

  @Test func pathsAreTheBestFirst() async throws {
    let harness = try await Self.harness()
    let ends = (try await Self.id("alpha", harness), try await Self.id("gamma", harness))
    func lengths(_ more: JSONObject) async throws -> [Int] {
      let found = try await harness.call(
        "query_knowledge",
        JSONObject(
          [("entityID", ends.0), ("toEntityID", ends.1)] + more.members.map { ($0.key, $0.value) }))
      let known = Set(found["relations"]?.arrayValue?.compactMap { $0["relationID"] } ?? [])
      for path in found["paths"]?.arrayValue ?? [] {
        #expect(known.isSuperset(of: path["relationIDs"]?.arrayValue ?? []))
        #expect(path["entityIDs"]?.arrayValue?.first == ends.0)
        #expect(path["entityIDs"]?.arrayValue?.last == ends.1)
      }
      return found["paths"]?.arrayValue?.compactMap { $0["relationIDs"]?.arrayValue?.count } ?? []
    }
    #expect(try await lengths([:]) == [2, 1])
    #expect(try await lengths(["order": "shortest"]) == [1, 2])
    #expect(try await lengths(["depth": 1]) == [1])
    #expect(try await lengths(["limit": 1]) == [2])
    #expect(try await lengths(["types": ["product"]]) == [1])
    #expect(try await lengths(["direction": "incoming"]) == [])
  }

  @Test func pagesGoOnAtTheMomentTheyBeganAt() async throws {
    let harness = try ToolHarness()
    let relation = { (subject: String, predicate: String, object: String, weight: Double) in
      RelateEntitiesToolTests.relation(subject, predicate, object, weight: weight)
    }
    _ = try await harness.call(
      "relate_entities",
      ["relations": .array((1...7).map { relation("Hub", "uses", "N\($0)", Double($0) / 10) })])
    let hub = try await Self.id("hub", harness)
    for (base, list) in [
      (["entityID": hub], "relations"), (["name": "n"], "entities"),
    ] as [(JSONObject, String)] {
      var arguments = base
      arguments["limit"] = 3
      var found: [JSONValue] = []
      var pages = 0
      repeat {
        let page = try await harness.call("query_knowledge", arguments)
        found += page[list]?.arrayValue ?? []
        pages += 1
        arguments["cursor"] = page["nextCursor"]
      } while arguments["cursor"] != nil
      #expect(found.count == 7 && Set(found).count == 7 && pages == 3)
    }
    let cursor = try await harness.call("query_knowledge", ["entityID": hub, "limit": 1])[
      "nextCursor"]
    let moved = try await harness.failure(
      "query_knowledge", ["entityID": hub, "cursor": try #require(cursor), "depth": 2])
    #expect(moved.contains("cursor"))
  }

  /// Arguments and what the answer must name.
  static let wrong: [(JSONObject, String)] = [
    (["name": "A", "entityID": "e"], "/name"), (["toEntityID": "e"], "/entityID"),
    (["entityID": "e", "toEntityID": "e"], "/toEntityID"),
    (["entityID": "e", "toEntityID": "f", "cursor": "x"], "/cursor"),
    (["predicates": ["Works At"]], "/predicates/0"), (["types": ["a", "B"]], "/types/1"),
    (["entityID": "ent_x"], "no entity 'ent_x'"),
    (["entityID": "ent_x", "toEntityID": "ent_y"], "no entity 'ent_x'"),
    (["entityID": "e", "depth": 7], "depth"), (["limit": 0], "limit"), (["cursor": "x"], "cursor"),
  ]

  @Test(arguments: wrong.indices) func wrongCallsSayWhatToDo(_ index: Int) async throws {
    let (arguments, named) = Self.wrong[index]
    let message = try await ToolHarness().failure("query_knowledge", arguments)
    #expect(message.contains(named), "\(message)")
  }

  @Test func anotherWorkspacesEntitiesAreNotThere() async throws {
    let ours = try await Self.harness()
    let theirs = try ToolHarness(stores: ours.stores, workspace: "other")
    let alpha = try await Self.id("alpha", ours)
    #expect(try await theirs.call("query_knowledge", [:])["entities"] == [])
    let missing = try await theirs.failure("query_knowledge", ["entityID": alpha])
    #expect(missing.contains("no entity"))
  }
}

@Suite struct KnowledgeResourceTests {
  @Test func anEntityIsAResource() async throws {
    let harness = try ToolHarness()
    let relation = { (subject: String, predicate: String, object: String, weight: Double) in
      RelateEntitiesToolTests.relation(subject, predicate, object, weight: weight)
    }
    let told = try await harness.call(
      "relate_entities", ["relations": [relation("Alpha", "uses", "Beta", 0.5)]])
    _ = try await harness.call(
      "relate_entities",
      ["relations": [relation("Alpha", "fears", "Delta", 1)], "agentRole": "closer"])
    let id = try #require(told["relations"]?[0]?["subject"]?.stringValue)
    let (contents, completion) = try await harness.withClient { client in
      (
        try await client.request(
          "resources/read", ["uri": .string("knowledge://entity/\(id)")])["contents"],
        try await client.request(
          "completion/complete",
          [
            "ref": ["type": "ref/resource", "uri": "knowledge://entity/{entityID}"],
            "argument": ["name": "entityID", "value": "alp"],
          ])["completion"]
      )
    }
    let text = try #require(contents?[0]?["text"]?.stringValue)
    let entity = try JSONParser().parse(text)
    #expect(entity["entity"]?["name"] == "Alpha" && entity["complete"] == true)
    #expect(entity["relations"]?.arrayValue?.count == 1)
    #expect(entity["neighbours"]?[0]?["name"] == "Beta")
    #expect(!text.contains("Delta"))
    #expect(completion?["values"] == [.string(id)])
  }

  @Test(arguments: ["knowledge://entity/ent_none", "knowledge://entity/", "knowledge://entity/a/b"])
  func whatIsNotThereIsNotFound(_ uri: String) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await ToolHarness().withClient { client in
        try await client.request("resources/read", ["uri": .string(uri)])
      }
    }
    #expect(error?.code == .invalidParams)
  }
}
