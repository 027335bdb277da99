import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct RelateEntitiesToolTests {
  static func company(_ name: String) -> JSONValue { ["type": "company", "name": .string(name)] }

  static func relation(
    _ subject: String, _ predicate: String, _ object: String, weight: Double = 1,
    replaces: Bool? = nil
  ) -> JSONValue {
    var relation: JSONObject = [
      "subject": company(subject), "predicate": .string(predicate), "object": company(object),
      "weight": JSONValue(weight),
    ]
    relation["replaces"] = replaces.map(JSONValue.bool)
    return .object(relation)
  }

  @Test func whatIsNewMergedAndEndedIsTold() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call(
      "relate_entities",
      [
        "relations": [
          Self.relation("P", "works_at", "Acme"), Self.relation("Acme", "uses", "X", weight: 0.5),
        ]
      ])
    #expect(first["new"] == 2 && first["merged"] == 0 && first["ended"] == 0)
    #expect(first["newEntities"]?.arrayValue?.count == 3)
    #expect(first["entities"]?.arrayValue?.compactMap { $0["name"] } == ["P", "Acme", "X"])
    let second = try await harness.call(
      "relate_entities",
      [
        "relations": [
          Self.relation("p", "works_at", "Globex"), Self.relation("ACME", "uses", "x", weight: 0.5),
          Self.relation("Acme", "knows", "Globex"),
        ],
        "source": ["name": "crm", "reference": "row-7"], "functional": ["works_at"],
      ])
    #expect(second["new"] == 2 && second["merged"] == 1 && second["ended"] == 1)
    let relations = try #require(second["relations"]?.arrayValue)
    #expect(relations.map { $0["change"] } == ["new", "merged", "new"])
    #expect(relations[0]["ended"] == .array([try #require(first["relations"]?[0]?["relationID"])]))
    #expect(relations[1]["weight"] == 0.75 && relations[1]["sources"] == 2)
    #expect(second["newEntities"]?.arrayValue?.count == 1)
    let again = try await harness.call(
      "relate_entities",
      [
        "relations": [Self.relation("ACME", "uses", "x", weight: 0.5)],
        "source": ["name": "crm", "reference": "row-7"],
      ])
    #expect(again["unchanged"] == 1 && again["new"] == 0)
    // Names among all can be told instead.
    let ids = try #require(second["entities"]?.arrayValue?.compactMap { $0["entityID"] })
    let byID = try await harness.call(
      "relate_entities",
      [
        "relations": [
          ["subject": ["entityID": ids[0]], "predicate": "knows", "object": ["entityID": ids[1]]]
        ]
      ])
    #expect(byID["new"] == 1 && byID["newEntities"] == [])
  }

  @Test func anotherNameIsNewsAndWhatIsPrivateIsNot() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "a@acme.test"])
    func tell(_ aliases: JSONValue, _ role: JSONValue?) async throws -> JSONValue? {
      var told: JSONObject = [
        "relations": [
          [
            "subject": ["type": "company", "name": "Acme", "aliases": aliases],
            "predicate": "uses", "object": Self.company("X"),
          ]
        ], "leadID": .string(lead),
      ]
      told["agentRole"] = role
      return try await harness.call("relate_entities", told)["relations"]?[0]?["subject"]
    }
    let acme = try await tell([], nil)
    _ = try await tell(["The Acme"], nil)
    _ = try await tell(["The Acme"], nil)
    _ = try await tell(["Nick"], "closer")
    let events = try harness.events().filter { $0.kind == .knowledgeRelated }
    #expect(events.map { $0.facts["relations"] } == [1, 0, 1])
    #expect(events.map { $0.facts["entities"] } == [2, 1, 1])
    #expect(events.map { $0.facts["entityIDs"]?.arrayValue?.count } == [2, 1, 0])
    #expect(events[1].facts["entityIDs"]?[0] == acme)
    #expect(events.map { MemoryResource.uris(of: $0).count } == [1, 1, 0])
  }

  @Test func subscribersLearnOfEveryEntityThatIsTouched() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "a@acme.test"])
    let told: JSONObject = [
      "relations": [Self.relation("P", "works_at", "A", replaces: true)], "leadID": .string(lead),
    ]
    let first = try await harness.call("relate_entities", told)
    _ = try await harness.call("relate_entities", told)
    var moved = told
    moved["relations"] = [Self.relation("P", "works_at", "B", replaces: true)]
    let second = try await harness.call("relate_entities", moved)
    let events = try harness.stores.events(after: 0, limit: 100).map(\.event)
      .filter { $0.kind == .knowledgeRelated }
    // What changed nothing is no news.
    #expect(events.count == 2)
    #expect(events.allSatisfy { $0.leadID?.rawValue == lead && $0.personal == nil })
    let touched = Set(
      [first, second].flatMap { $0["entities"]?.arrayValue ?? [] }.compactMap {
        $0["entityID"]?.stringValue
      })
    #expect(touched.count == 3)
    #expect(Set(KnowledgeResource.entities(of: events[1]).map(\.rawValue)) == touched)
    // Names of people are no facts of an event.
    #expect(!JSONWriter.text(of: .object(events[1].facts)).contains("\"P\""))
  }

  /// Arguments and what the answer must name.
  static let wrong: [(JSONObject, String)] = [
    (["relations": []], "relations"),
    (["relations": [relation("A", "Works At", "B")]], "/relations/0/predicate"),
    (["relations": [relation("A", "uses", "A")]], "/relations/0/object"),
    (
      [
        "relations": [
          relation("A", "uses", "B"),
          ["subject": ["name": "A"], "predicate": "x", "object": company("B")],
        ]
      ],
      "/relations/1/subject"
    ),
    (
      [
        "relations": [
          ["subject": ["entityID": "e", "name": "A"], "predicate": "x", "object": company("B")]
        ]
      ],
      "entityID alone"
    ),
    (["relations": [relation("A", "uses", "B")], "trust": "untrusted"], "/source"),
    (["relations": [relation("A", "uses", "B")], "source": ["name": ""]], "/source/name"),
    (
      ["relations": [relation("A", "uses", "B")], "source": ["name": "consolidation"]],
      "/source/name"
    ),
    (["relations": [relation("A", "uses", "B")], "leadID": "nobody"], "no lead 'nobody'"),
    (
      [
        "relations": [["subject": ["entityID": "ent_x"], "predicate": "x", "object": company("B")]]
      ],
      "no entity 'ent_x'"
    ),
    (["relations": .array((0...100).map { relation("A", "uses", "B\($0)") })], "relations"),
  ]

  @Test(arguments: wrong.indices) func wrongCallsChangeNothing(_ index: Int) async throws {
    let (arguments, named) = Self.wrong[index]
    let harness = try ToolHarness()
    let message = try await harness.failure("relate_entities", arguments)
    #expect(message.contains(named), "\(message)")
    #expect(try harness.stores.latestGraphChange(in: .default) == 0)
  }

  @Test func readersMayNotWrite() async throws {
    let harness = try ToolHarness(scopes: ["memory:read"])
    let names = harness.server.tools.visible(to: harness.principal).map(\.definition.name)
    #expect(names.contains("query_knowledge") && !names.contains("relate_entities"))
  }
}
