import Marketing
import Testing

@Suite("relations and entities")
struct RelationTests {
  private static let now = Timestamp(milliseconds: 1_752_580_800_000)

  private static func relation(_ weights: [Double]) -> Relation {
    Relation(
      id: RelationID(rawValue: "rel_1"), subject: EntityID(rawValue: "ent_1"), predicate: "uses",
      object: EntityID(rawValue: "ent_2"), validFrom: now, recordedAt: now,
      sources: weights.enumerated().map {
        RelationSource(MemorySource(name: "s\($0.offset)"), weight: $0.element)
      })
  }

  @Test(
    "a relation is as sure as that not every source is wrong",
    arguments: [
      ([0.5], 0.5), ([0.5, 0.5], 0.75), ([0.1, 0.2, 0.3], 0.496), ([1, 0.3], 1), ([0, 0], 0),
      ([0, 0.4], 0.4),
    ] as [([Double], Double)])
  func weight(_ weights: [Double], _ expected: Double) {
    #expect(abs(Self.relation(weights).weight - expected) < 1e-12)
    #expect(abs(Self.relation(weights.reversed()).weight - expected) < 1e-12)
  }

  @Test("costs grow as weights fall, and are bounded")
  func cost() {
    let costs = [1, 0.9, 0.5, 0.1, 1e-6, 0].map { Self.relation([$0]).cost }
    #expect(costs.first == 0 && costs == costs.sorted() && Set(costs).count == costs.count)
    // Six of them fit beside what a relation costs in a search for the shortest way.
    #expect((costs.last ?? .max) * 6 < 1 << 40)
  }

  private static func told(_ change: (inout NewRelation) -> Void) -> NewRelation {
    var relation = NewRelation(
      .named("company", "Acme"), "uses", .named("product", "X"),
      source: RelationSource(MemorySource(name: "crm"), weight: 0.5))
    change(&relation)
    return relation
  }

  /// What is told, and the fields that are wrong in it.
  private static let wrong: [(NewRelation, [String])] = [
    (told { _ in }, []),
    (told { $0.predicate = "Works At" }, ["/r/predicate"]),
    (told { $0.predicate = "" }, ["/r/predicate"]),
    (told { $0.predicate = String(repeating: "x", count: 64) }, []),
    (told { $0.predicate = String(repeating: "x", count: 65) }, ["/r/predicate"]),
    (told { $0.subject = .named("Company", "Acme") }, ["/r/subject/type"]),
    (told { $0.object = .named("product", " \u{200B} ") }, ["/r/object/name"]),
    (told { $0.object = .named("product", "a\u{0}b") }, ["/r/object/name"]),
    (
      told { $0.object = .named("product", String(repeating: "x", count: 201)) }, ["/r/object/name"]
    ),
    (
      told {
        $0.subject = .named(EntityDescription(type: "x", name: "A", aliases: ["B", ""]))
      }, ["/r/subject/aliases/1"]
    ),
    (told { $0.object = $0.subject }, ["/r/object"]),
    (told { $0.source.weight = 1.01 }, ["/r/weight"]),
    (told { $0.source.weight = .nan }, ["/r/weight"]),
    (told { $0.source.source.name = "" }, ["/r/source/name"]),
    (told { $0.source.source.reference = "" }, ["/r/source/reference"]),
    (told { $0.source.timesSeen = 0 }, ["/r/source/timesSeen"]),
    (told { $0.validTo = now }, ["/r/validTo"]),
    (
      told {
        $0.validFrom = now + .days(-2)
        $0.validTo = now + .days(-1)
      }, []
    ),
    (told { $0.subject = .id(EntityID(rawValue: "ent_1")) }, []),
  ]

  @Test("what is wrong with a relation is told by its place", arguments: wrong.indices)
  func errors(_ index: Int) {
    let (relation, expected) = Self.wrong[index]
    #expect(relation.errors(at: "/r", now: Self.now).map(\.field) == expected)
  }

  @Test("an entity is what a reader may see of it")
  func seen() {
    let later = Self.now + .seconds(1)
    let role = AgentRoleID(rawValue: "closer")
    let record = EntityRecord(
      id: EntityID(rawValue: "ent_1"), type: "company",
      names: [
        EntityName("Acme", role: role, leadID: LeadID(rawValue: "lead_1"), recordedAt: Self.now),
        EntityName("The A", isAlias: true, recordedAt: later),
        EntityName("ACME", recordedAt: later + .seconds(1)),
        EntityName("the a", isAlias: true, role: role, recordedAt: later),
      ])
    let end = Timestamp.distantFuture
    #expect(record.seen(by: .agent(role), knownAt: Self.now)?.name == "Acme")
    let own = record.seen(by: .agent(role), knownAt: end)
    #expect(own?.aliases == ["The A"] && own?.leadID?.rawValue == "lead_1")
    #expect(record.seen(by: .agent(nil), knownAt: Self.now) == nil)
    #expect(record.seen(by: .agent(nil), knownAt: later)?.name == "The A")
    let shared = record.seen(by: .agent(nil), knownAt: end)
    #expect(shared?.name == "ACME" && shared?.aliases == ["The A"] && shared?.leadID == nil)
    #expect(shared?.recordedAt == later)
  }
}
