import JSONRPC
import Marketing
import Testing

extension Stores {
  fileprivate func save(_ id: String, hasEnded: Bool = true, _ content: String) async throws {
    try await tasks.save(
      TaskRecord(
        id: id, principal: "ann", hasEnded: hasEnded, touchedAt: noon, expiresAt: nil,
        content: content), in: .default)
  }

  fileprivate func claim(_ key: String) async throws -> IdempotencyDecision {
    try await idempotency.claim(.by(key), in: .default)
  }

  fileprivate func answer(_ key: String, _ body: String) async throws {
    _ = try await claim(key)
    let reply = StoredReply(status: 200, mediaType: "application/json", body: Array(body.utf8))
    try await idempotency.complete(.by(key), with: reply, in: .default)
  }
}

extension IdempotencyClaim {
  fileprivate static func by(_ key: String) -> Self {
    Self(principal: "ann", key: key, fingerprint: [1], holder: [2], time: noon)
  }
}

extension LeadErasure {
  fileprivate subscript(_ place: String) -> Place? { places.first { $0.name == place } }
}

@Suite("LeadErasureStore: results")
struct ErasedResultsContract {
  /// Words that stand in every result.
  private static let commonWords = ["text", "content", "type", "email", "status", "completed"]
  private static let result =
    #"{"status":"completed","result":{"content":[{"type":"text","text":"{\"email\":1}"}]}}"#

  @Test("a word that is in every result names nobody", arguments: Backend.allCases, commonWords)
  func commonWord(backend: Backend, word: String) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let id = LeadID(rawValue: word)
      try await stores.save("t1", Self.result)
      try await stores.answer("k1", Self.result)
      await #expect(throws: StoreError.self) { try await stores.erase(id, LeadIdentity()) }
      // A lead that is called so takes only what names it.
      try await stores.add(.bare(word))
      try await stores.save("t2", #"{"result":{"leadID":"\#(word)"}}"#)
      let erasure = try await stores.erase(id, LeadIdentity())
      #expect(erasure["tasks"]?.erased == 1 && erasure["answers"]?.erased == 0)
      #expect(try stores.tasks.record("t1", at: noon, in: .default)?.content == Self.result)
      #expect(try stores.tasks.record("t2", at: noon, in: .default) == nil)
      guard case .answered(let reply) = try await stores.claim("k1") else {
        Issue.record("the answer is gone")
        return
      }
      #expect(reply.body == Array(Self.result.utf8))
    }
  }

  /// How results name a lead.
  private static let naming = [
    #"{"leadID":"L1"}"#, #"{"a":[{"leadID":"L2"},{"leadID":"L1"}]}"#,
    #"{"leadIDs":["L2","L1"]}"#, #"{"nextAction":{"otherLeadID":"L1"}}"#,
    #"{"lead":{"id":"L1","contact":{}}}"#, #"{"uri":"lead://L1"}"#,
    #"{"uri":"memory://L1/long_term"}"#, #"{"text":"{\"leadID\":\"L1\"}"}"#,
    #"{"text":" {\"text\":\"{\\\"leadID\\\":\\\"L1\\\"}\"}"}"#,
  ]

  @Test("whatever names the lead goes", arguments: Backend.allCases, naming)
  func named(backend: Backend, content: String) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.save("t1", content)
      try await stores.save("t2", content.replacing("L1", with: "L12"))
      try await stores.answer("k1", content)
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(erasure["tasks"]?.erased == 1 && erasure["answers"]?.erased == 1)
      #expect(erasure.isComplete)
      #expect(try stores.tasks.record("t2", at: noon, in: .default) != nil)
    }
  }

  @Test("results alone are nothing of a lead", arguments: Backend.allCases)
  func nothing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.save("t1", #"{"leadID":"L1"}"#)
      await #expect(throws: StoreError.self) { try await stores.erase("L1", LeadIdentity()) }
      #expect(try stores.tasks.record("t1", at: noon, in: .default) != nil)
    }
  }

  @Test("a request whose answer is erased is not done again", arguments: Backend.allCases)
  func repeated(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.answer("k1", #"{"leadID":"L1"}"#)
      _ = try await stores.erase("L1", LeadIdentity())
      #expect(try await stores.claim("k1") == .answered(.erased))
    }
  }

  @Test("a task that asks about the lead is left, and counted", arguments: Backend.allCases)
  func unfinished(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.save("t1", hasEnded: false, #"{"inputRequests":{"a":{"leadID":"L1"}}}"#)
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(erasure["tasks"] == .init(name: "tasks", erased: 0, remaining: 1))
      #expect(!erasure.isComplete)
    }
  }

  @Test("an outcome that is imported again is news", arguments: Backend.allCases)
  func outcomes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (round, event) in ["e1", "e2"].enumerated() {
        try await stores.add(.bare("L1"))
        let count = try await stores.datasets.importRows(
          .outcomes([.won("L1")]), event: .imported(event), in: .default)
        #expect(count == ImportCount(added: 1), "\(round)")
        #expect(try stores.leads.latestOutcome(of: "L1", in: .default) == .won("L1"))
        _ = try await stores.erase("L1", LeadIdentity())
      }
    }
  }

  @Test("who gives up waiting still gets the proof of what was done", arguments: Backend.allCases)
  func cancelled(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      let waiting = Locked<Task<LeadErasure, any Error>?>(nil)
      let (start, starter) = AsyncStream.makeStream(of: Void.self)
      let task = Task {
        for await _ in start { break }
        return try await stores.erasures.erase(
          "L1", identity: { _ in LeadIdentity() }, at: noon,
          event: { _ in
            // Within the transaction: it is completed, and the caller is not there any more.
            waiting.withLock { $0?.cancel() }
            return .sample("e1", "lead.erased", of: "L1")
          }, in: .default)
      }
      waiting.withLock { $0 = task }
      starter.yield()
      #expect(try await task.value.isComplete)
    }
  }
}
