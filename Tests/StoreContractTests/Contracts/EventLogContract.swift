import JSONRPC
import Marketing
import Testing

@Suite("EventLog")
struct EventLogContract {
  @Test("an empty log reaches nowhere", arguments: Backend.allCases)
  func empty(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try stores.events.latestSequence() == 0)
      #expect(try stores.events.events(after: 0, limit: 10).isEmpty)
      #expect(try stores.events.events(of: "nobody", limit: 10, in: .default).isEmpty)
    }
  }

  @Test(
    "events of all workspaces come in the order of their places, without personal values",
    arguments: Backend.allCases)
  func ordered(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 1...6 {
        let workspace: WorkspaceID = number % 2 == 0 ? .other : .default
        let lead = Lead.bare("lead_\(number)")
        try await stores.leads.saveTriage(
          .sample(lead.id), of: lead, identity: LeadIdentity(), basis: .unchecked,
          events: [.sample("evt_\(number)", of: lead.id, personal: ["name": "Ann"])],
          in: workspace)
      }
      let all = try stores.events.events(after: 0, limit: 100)
      #expect(all.map(\.event.id.rawValue) == (1...6).map { "evt_\($0)" })
      #expect(
        all.map(\.workspace.rawValue) == [
          "default", "other", "default", "other", "default", "other",
        ])
      #expect(all.allSatisfy { $0.event.personal == nil })
      #expect(all.allSatisfy { $0.event.facts["score"] == 71.25 })
      let places = all.map(\.sequence)
      #expect(places == places.sorted() && Set(places).count == 6)
      #expect(try stores.events.latestSequence() == places.last)
      let behind = try stores.events.events(after: places[2], limit: 2)
      #expect(behind.map(\.event.id.rawValue) == ["evt_4", "evt_5"])
      #expect(try stores.events.events(after: places[5], limit: 10).isEmpty)
      #expect(try stores.events.events(after: 0, limit: 0).isEmpty)
      #expect(try stores.events.events(after: 0, limit: -1).isEmpty)
      #expect(try stores.events.events(after: .max, limit: 10).isEmpty)
      #expect(try stores.events.events(after: -5, limit: 10).count == 6)
    }
  }

  @Test("a lead's events come with their personal values", arguments: Backend.allCases)
  func personal(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let values: JSONObject = ["email": "ann@acme.example", "tags": ["a", 1, nil]]
      try await stores.add(.bare("lead_2"))
      try await stores.leads.saveTriage(
        .sample("lead_1"), of: .bare("lead_1"), identity: LeadIdentity(), basis: .unchecked,
        events: [
          .sample("evt_1", .leadCreated, of: "lead_1", personal: values),
          .sample("evt_2", of: "lead_1"),
          .sample("evt_3", of: "lead_2", personal: ["name": "Bob"]),
        ], in: .default)
      _ = try await stores.leads.record(
        .sample("int_1", of: "lead_1"), event: .sample("evt_4", of: "lead_1", personal: ["x": 1]),
        in: .default)
      let own = try stores.events.events(of: "lead_1", limit: 10, in: .default).map(\.event)
      #expect(own.map(\.id.rawValue) == ["evt_1", "evt_2", "evt_4"])
      #expect(own.map(\.personal) == [values, nil, ["x": 1]])
      let first = try stores.events.events(of: "lead_1", limit: 1, in: .default)
      #expect(first.map(\.event.id.rawValue) == ["evt_1"])
      let other = try stores.events.events(of: "lead_2", limit: 10, in: .default).map(\.event)
      #expect(other.map(\.personal) == [nil, ["name": "Bob"]])
    }
  }

  @Test(
    "what has no stored lead has no key: its personal values are not kept",
    arguments: Backend.allCases)
  func withoutLead(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.leads.saveTriage(
        .sample("lead_1"), of: .bare("lead_1"), identity: LeadIdentity(), basis: .unchecked,
        events: [
          .sample("evt_1", of: nil, personal: ["name": "Ann"]),
          .sample("evt_2", of: "nobody", personal: ["name": "Ann"]),
        ], in: .default)
      #expect(try stores.events.latestSequence() == 2)
      let stray = try stores.events.events(of: "nobody", limit: 1, in: .default)
      #expect(stray.map(\.event.personal) == [nil])
    }
  }

  @Test("listeners hear of a commit, whichever store made it", arguments: Backend.allCases)
  func changes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var first = stores.events.changes().makeAsyncIterator()
      var second = stores.events.changes().makeAsyncIterator()
      try await stores.add(.bare("lead_1"))
      #expect(await first.next() == 1)
      _ = try await stores.datasets.importRows(
        .campaigns([Campaign(id: "CMP0001", name: "Spring")]), event: .imported("evt_2"),
        in: .other)
      #expect(await first.next() == 2)
      // One that is slow hears of the newest only, unless it asks between the two.
      var heard = await second.next()
      if heard == 1 { heard = await second.next() }
      #expect(heard == 2)
    }
  }
}
