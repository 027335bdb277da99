import Marketing
import Testing

@Suite("IdempotencyStore")
struct IdempotencyStoreContract {
  private static let reply = StoredReply(
    status: 200, mediaType: "application/json", body: Array("{\"a\":\"\u{1F680}\"}".utf8))

  private func claim(
    _ key: String = "key-1", of principal: String = "alice", print: UInt8 = 1, holder: UInt8 = 1,
    at seconds: Int = 0
  ) -> IdempotencyClaim {
    IdempotencyClaim(
      principal: principal, key: key, fingerprint: [print, 0, 255], holder: [holder],
      time: noon + .seconds(seconds))
  }

  @Test("a key is claimed once, then runs, then is answered", arguments: Backend.allCases)
  func lifecycle(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = claim()
      #expect(try await stores.idempotency.claim(first, in: .default) == .claimed)
      let again = claim(holder: 2, at: 10)
      #expect(
        try await stores.idempotency.claim(again, in: .default)
          == .running(until: noon + .seconds(60)))
      #expect(try await stores.idempotency.complete(first, with: Self.reply, in: .default))
      for seconds in [10, 60, 86_399] {
        let late = claim(holder: 3, at: seconds)
        #expect(
          try await stores.idempotency.claim(late, in: .default) == .answered(Self.reply))
      }
      // An answer that has been given does not change.
      let other = StoredReply(status: 400, mediaType: "text/plain", body: [])
      #expect(try await !stores.idempotency.complete(first, with: other, in: .default))
      try await stores.idempotency.release(first, in: .default)
      #expect(try await stores.idempotency.claim(again, in: .default) == .answered(Self.reply))
    }
  }

  @Test(
    "an answer about somebody who was erased meanwhile is not kept", arguments: Backend.allCases)
  func erased(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      for (key, lead, kept) in [
        ("k1", "lead_1", Self.reply), ("k2", "lead_gone", StoredReply.erased),
      ] {
        let first = claim(key)
        #expect(try await stores.idempotency.claim(first, in: .default) == .claimed)
        #expect(
          try await stores.idempotency.complete(
            first, with: Self.reply, about: LeadID(rawValue: lead), in: .default))
        #expect(
          try await stores.idempotency.claim(claim(key, holder: 2, at: 1), in: .default)
            == .answered(kept))
      }
    }
  }

  @Test("another request under the key is told from it", arguments: Backend.allCases)
  func mismatch(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = claim()
      #expect(try await stores.idempotency.claim(first, in: .default) == .claimed)
      let other = claim(print: 2, holder: 2, at: 1)
      #expect(try await stores.idempotency.claim(other, in: .default) == .mismatch)
      try await stores.idempotency.complete(first, with: Self.reply, in: .default)
      #expect(try await stores.idempotency.claim(other, in: .default) == .mismatch)
      // Not even when the claim could be taken over.
      #expect(
        try await stores.idempotency.claim(claim(print: 2, at: 600), in: .default) == .mismatch)
    }
  }

  @Test(
    "a key belongs to its principal and its workspace", arguments: Backend.allCases)
  func separate(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await stores.idempotency.claim(claim(), in: .default) == .claimed)
      #expect(try await stores.idempotency.claim(claim(of: "bob"), in: .default) == .claimed)
      #expect(try await stores.idempotency.claim(claim(), in: .other) == .claimed)
      #expect(try await stores.idempotency.claim(claim("key-2"), in: .default) == .claimed)
    }
  }

  @Test("a claim whose holder is silent is taken over", arguments: Backend.allCases)
  func takeOver(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let crashed = claim()
      #expect(try await stores.idempotency.claim(crashed, in: .default) == .claimed)
      let heir = claim(holder: 2, at: 60)
      #expect(try await stores.idempotency.claim(heir, in: .default) == .claimed)
      // It was not dead, only slow: the heir's answer counts.
      #expect(try await !stores.idempotency.complete(crashed, with: Self.reply, in: .default))
      try await stores.idempotency.release(crashed, in: .default)
      #expect(
        try await stores.idempotency.claim(claim(holder: 3, at: 61), in: .default)
          == .running(until: noon + .seconds(120)))
      let empty = StoredReply(status: 204, mediaType: "", body: [])
      #expect(try await stores.idempotency.complete(heir, with: empty, in: .default))
      #expect(
        try await stores.idempotency.claim(claim(holder: 3, at: 62), in: .default)
          == .answered(empty))
    }
  }

  @Test("a claim that is given up leaves nothing behind", arguments: Backend.allCases)
  func release(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = claim()
      #expect(try await stores.idempotency.claim(first, in: .default) == .claimed)
      try await stores.idempotency.release(first, in: .default)
      let other = claim(print: 2, holder: 2, at: 1)
      #expect(try await stores.idempotency.claim(other, in: .default) == .claimed)
    }
  }

  @Test("a key is forgotten after its time", arguments: Backend.allCases)
  func expires(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = claim()
      #expect(try await stores.idempotency.claim(first, in: .default) == .claimed)
      try await stores.idempotency.complete(first, with: Self.reply, in: .default)
      let late = claim(print: 2, holder: 2, at: 86_400)
      #expect(try await stores.idempotency.claim(late, in: .default) == .claimed)
      #expect(try await !stores.idempotency.complete(first, with: Self.reply, in: .default))
    }
  }

  @Test("of many at the same time one gets the claim", arguments: Backend.allCases)
  func race(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let claimed = try await withThrowingTaskGroup(of: IdempotencyDecision.self) { group in
        for holder in 0..<20 {
          group.addTask {
            try await stores.idempotency.claim(claim(holder: UInt8(holder)), in: .default)
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 == .claimed ? 1 : 0 }
      }
      #expect(claimed == 1)
    }
  }
}
