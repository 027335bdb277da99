import JSONRPC
import Marketing
import Testing

@Suite("ScoringModelStore: drift and retraining")
struct ModelUpkeepContract {
  @Test("what was counted of a drift is kept by model", arguments: Backend.allCases)
  func drift(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try stores.models.drift(of: "leads-1", in: .default) == nil)
      for content in [#"{"rows":1}"#, "", #"{"rows":2,"ü":"\u{1F680}"}"#] {
        try await stores.saveDrift(content, of: "leads-1")
        #expect(try stores.models.drift(of: "leads-1", in: .default) == content)
      }
      try await stores.saveDrift("x", of: "incremental")
      try await stores.saveDrift("y", of: "incremental", in: .other)
      #expect(try stores.models.drift(of: "incremental", in: .default) == "x")
      #expect(try stores.models.drift(of: "incremental", in: .other) == "y")
      #expect(try stores.models.drift(of: "leads-1", in: .default)?.isEmpty == false)
    }
  }

  @Test("a change sees what is stored, and logs with it", arguments: Backend.allCases)
  func change(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let seen = Locked<[String?]>([])
      for next in [DriftChange(content: "a"), nil, DriftChange(content: "b", event: .drifted)] {
        try await stores.models.changeDrift(of: "leads-1", in: .default) { stored in
          seen.withLock { $0.append(stored) }
          return next
        }
      }
      #expect(seen.withLock { $0 } == [nil, "a", "a"])
      #expect(try stores.models.drift(of: "leads-1", in: .default) == "b")
      #expect(try stores.modelEvents() == ["model.drifted leads-1"])
    }
  }

  @Test("no change of many at once is lost", arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<40 {
          group.addTask {
            try await stores.models.changeDrift(of: "leads-1", in: .default) {
              DriftChange(content: ($0 ?? "") + "+")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(
        try stores.models.drift(of: "leads-1", in: .default) == String(repeating: "+", count: 40))
    }
  }

  @Test("workspaces with models or outcomes are known", arguments: Backend.allCases)
  func workspaces(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await stores.models.workspaces() == [])
      try await stores.add(.bare("a"), in: "leads only")
      #expect(try await stores.models.workspaces() == [])
      try await stores.add(.sample(), in: "z")
      for workspace: WorkspaceID in ["b", "outcomes", "b2"] {
        for id in ["a", "b"] {
          try await stores.add(.bare(id), in: workspace)
          _ = try await stores.leads.record(
            .won(id), replacing: false,
            lesson: workspace == "outcomes" ? nil : Lesson(values: ["source": "Ads"]),
            event: .sample("e\(id)", of: LeadID(rawValue: id)), in: workspace)
        }
      }
      #expect(try await stores.models.workspaces() == ["b", "b2", "outcomes", "z"])
      try await stores.add(.sample(), in: "b")
      #expect(try await stores.models.workspaces() == ["b", "b2", "outcomes", "z"])
    }
  }

  @Test("a workspace is trained in at most once an interval", arguments: Backend.allCases)
  func claims(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let hour = Duration.seconds(3600)
      func claim(_ seconds: Int, _ interval: Duration, _ workspace: WorkspaceID = .default)
        async throws -> Bool
      {
        try await stores.models.claimRetraining(
          at: noon + .seconds(seconds), interval: interval, in: workspace)
      }
      func last() throws -> Timestamp? { try stores.models.retrainingTime(in: .default) }
      #expect(try last() == nil)
      #expect(try await claim(0, hour))
      #expect(try last() == noon)
      #expect(try await claim(0, hour, .other))
      for seconds in [0, 1, 3599, -3599] { #expect(try await !claim(seconds, hour)) }
      #expect(try last() == noon)
      #expect(try await claim(3600, hour))
      // The one that trains goes on.
      #expect(try await claim(3610, .zero))
      #expect(try last() == noon + .seconds(3610))
      #expect(try await !claim(7209, hour))
      // The clock was put back.
      #expect(try await claim(-10, hour))
      #expect(try last() == noon + .seconds(-10))
      try await stores.models.releaseRetraining(to: noon + .seconds(-9000), in: .default)
      #expect(try last() == noon + .seconds(-9000))
      #expect(try await claim(0, hour))
      try await stores.models.releaseRetraining(to: nil, in: .default)
      #expect(try last() == nil)
      #expect(try stores.models.retrainingTime(in: .other) == noon)
      #expect(try await claim(1, hour))
    }
  }

  @Test("of many at once one may train", arguments: Backend.allCases)
  func oneClaim(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<20 {
          group.addTask {
            try await stores.models.claimRetraining(
              at: noon + .milliseconds(number), interval: .seconds(60), in: .default)
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(granted == 1)
    }
  }
}

extension Event {
  fileprivate static var drifted: Event { .model(.modelDrifted) }
}
