import JSONRPC
import Marketing
import Testing

@Suite("WorkQueueStore")
struct WorkQueueContract {
  @Test("what is due first is handed out first", arguments: Backend.allCases)
  func order(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(
        .sample("late", due: 90), .sample("first", due: 5), .sample("same_a", due: 30),
        .sample("same_b", due: 30))
      #expect(
        try await stores.claim(3).map(\.id.rawValue) == ["first", "same_a", "same_b"])
      #expect(try await stores.claim(3).map(\.id.rawValue) == ["late"])
      #expect(try await stores.claim(3).isEmpty)
    }
  }

  @Test("an item comes back as it was put in", arguments: Backend.allCases)
  func content(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let draft = WorkDraft.sample("a", of: "L1")
      #expect(
        try await stores.enqueue(draft) == [QueuedWork(workID: "a", isNew: true)])
      let expected = WorkItem(draft, at: noon)
      #expect(try stores.work.item("a", in: .default) == expected)
      var claimed = expected
      claimed.claim(by: "w1", until: noon + .seconds(63), at: noon + .seconds(3))
      #expect(try await stores.claim(at: 3) == [claimed])
      #expect(try stores.work.item("a", in: .default) == claimed)
      #expect(claimed.claim == 1 && claimed.attempts == 1 && claimed.state == .claimed)
      let done = try await stores.complete(claimed.held, at: 4)
      #expect(done.isNew && done.item.result == ["ok": true] && done.item.leaseUntil == nil)
      #expect(try stores.work.item("a", in: .default) == done.item)
      #expect(try stores.work.item("a", in: .other) == nil)
    }
  }

  @Test("roles and workspaces are apart", arguments: Backend.allCases)
  func apart(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"), .sample("b", role: "engagement"))
      _ = try await stores.enqueue(.sample("c"), in: .other)
      #expect(try await stores.claim(9, role: "engagement").map(\.id) == ["b"])
      #expect(try await stores.claim(9, in: .other).map(\.id) == ["c"])
      #expect(try await stores.claim(9, role: "optimizer").isEmpty)
      #expect(try await stores.claim(9).map(\.id) == ["a"])
      await #expect(throws: StoreError.self) {
        try await stores.work.complete(
          HeldWork("c", claim: 1), result: [:], next: [], at: noon, events: Event.ofWork,
          in: .default)
      }
    }
  }

  @Test("of a key one item is open", arguments: Backend.allCases)
  func keys(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await stores.enqueue(.sample("a", key: "k"))[0].isNew)
      #expect(
        try await stores.enqueue(.sample("b", key: "k"), .sample("c"))
          == [QueuedWork(workID: "a", isNew: false), QueuedWork(workID: "c", isNew: true)])
      let other = try await stores.enqueue(.sample("b", key: "k"), in: .other)
      #expect(other.map(\.isNew) == [true])
      let claimed = try #require(try await stores.claim().first)
      #expect(claimed.id == "a")
      #expect(try await stores.enqueue(.sample("b", key: "k"))[0].workID == "a")
      _ = try await stores.complete(claimed.held)
      #expect(try await stores.enqueue(.sample("b", key: "k"))[0].isNew)
      // The name of another item: nothing of it all is stored.
      let error = await #expect(throws: StoreError.self) {
        try await stores.enqueue(.sample("d"), .sample("a", key: "fresh"))
      }
      #expect(error?.code == .conflict)
      #expect(try stores.work.item("d", in: .default) == nil)
    }
  }

  @Test("a lost claim ends nothing", arguments: Backend.allCases)
  func fencing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"))
      let slow = try #require(try await stores.claim(by: "slow", at: 0, lease: 10).first)
      #expect(try await stores.claim(by: "quick", at: 9).isEmpty)
      let quick = try #require(try await stores.claim(by: "quick", at: 10).first)
      #expect(quick.claim == slow.claim + 1 && quick.attempts == 2 && quick.worker == "quick")
      for late in [slow.held, HeldWork("a", claim: 99)] {
        let refused = await #expect(throws: StoreError.self) { try await stores.complete(late) }
        #expect(refused?.code == .conflict)
        let failed = await #expect(throws: StoreError.self) { try await stores.fail(late) }
        #expect(failed?.code == .conflict)
      }
      #expect(
        try await stores.work.release(
          [slow.held], because: nil, at: noon, events: Event.ofWork, in: .default) == [])
      #expect(try stores.work.item("a", in: .default) == quick)
      #expect(try await stores.complete(quick.held).isNew)
      let again = try await stores.complete(quick.held, next: [.sample("n")])
      #expect(!again.isNew && again.next == [])
      #expect(try stores.work.item("n", in: .default) == nil)
      let unknown = await #expect(throws: StoreError.self) {
        try await stores.complete(HeldWork("nobody", claim: 1))
      }
      #expect(unknown?.code == .notFound)
    }
  }

  @Test(
    "a lease that has run out is good until the work is taken back", arguments: Backend.allCases)
  func lateButFirst(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"))
      let item = try #require(try await stores.claim(at: 0, lease: 10).first)
      #expect(try await stores.complete(item.held, at: 500).isNew)
    }
  }

  @Test(
    "what was done is done, also when it was taken back and nobody else has it yet",
    arguments: Backend.allCases)
  func doneBehindTheLease(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (id, attempts) in [("a", 3), ("b", 1)] {
        _ = try await stores.enqueue(.sample(id, attempts: attempts))
        let item = try #require(try await stores.claim(at: 0, lease: 10).first)
        _ = try await stores.work.takeBack(at: noon + .seconds(11), limit: 9, events: Event.ofWork)
        #expect(try stores.work.item(item.id, in: .default)?.state == (id == "a" ? .ready : .dead))
        #expect(try await stores.complete(item.held, at: 12).isNew)
        #expect(try await !stores.complete(item.held, at: 13).isNew)
        #expect(try await stores.claim(at: 14).isEmpty)
      }
    }
  }

  @Test("a sign of life never shortens a lease", arguments: Backend.allCases)
  func longerOnly(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"))
      let item = try #require(try await stores.claim(at: 0, lease: 600).first)
      for (end, expected) in [(60, 600), (900, 900)] {
        let beat = try await stores.work.heartbeat(
          [item.held], by: item.worker ?? "", until: noon + .seconds(end), at: noon, in: .default)
        #expect(beat.held == [item.id])
        let lease = try stores.work.item(item.id, in: .default)?.leaseUntil
        #expect(lease == noon + .seconds(expected))
      }
    }
  }

  @Test("work whose attempts are used up is dead, and comes back when asked for")
  func attempts() async throws {
    for backend in Backend.allCases {
      try await backend.withStores { (stores: Stores) async throws -> Void in
        _ = try await stores.enqueue(.sample("a", of: "L1", attempts: 2))
        #expect(try await stores.claim(at: 0, lease: 10).count == 1)
        #expect(try await stores.claim(at: 10, lease: 10).count == 1)
        #expect(try await stores.claim(at: 20).isEmpty)
        let dead = try #require(try stores.work.item("a", in: .default))
        #expect(dead.state == .dead && dead.lastError?.contains("w1") == true)
        #expect(
          try stores.workEvents() == [
            "work.released a", "work.claimed a", "work.claimed a", "work.dead_lettered a",
          ])
        let last = try #require(try stores.events.events(after: 0, limit: 9).last?.event)
        #expect(last.leadID == "L1" && last.facts["attempts"] == 2)
        let requeued = try await stores.work.requeue(
          ["a", "nobody", "a"], at: noon + .seconds(30), events: Event.ofWork, in: .default)
        #expect(requeued == RequeuedWork(requeued: ["a"], notDead: ["nobody", "a"]))
        let again = try #require(try await stores.claim(at: 30).first)
        #expect(again.attempts == 1 && again.claim == 3)
      }
    }
  }

  @Test("what fails waits, each time longer, and then is dead", arguments: Backend.allCases)
  func failing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a", attempts: 2), .sample("b"))
      let first = try #require(try await stores.claim().first)
      let failed = try await stores.fail(first.held, at: 1)
      #expect(failed.state == .ready && failed.notBefore == noon + .seconds(11))
      // Its answer was lost: the same again changes nothing.
      #expect(try await stores.fail(first.held, at: 5) == failed)
      #expect(try await stores.claim(at: 1).map(\.id) == ["b"])
      #expect(try await stores.claim(at: 10).isEmpty)
      #expect(try stores.work.nextChance(for: "triage", in: .default) == noon + .seconds(11))
      let second = try #require(try await stores.claim(at: 11).first)
      #expect(second.id == "a" && second.lastError == "no luck")
      #expect(try await stores.fail(second.held, "again", at: 12).state == .dead)
      #expect(try await stores.fail(second.held, "again", at: 13).lastError == "again")
      #expect(
        try stores.workEvents().suffix(3) == [
          "work.claimed b", "work.claimed a", "work.dead_lettered a",
        ])
    }
  }

  @Test("what cannot succeed is dead at once", arguments: Backend.allCases)
  func final(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"))
      let item = try #require(try await stores.claim().first)
      #expect(try await stores.fail(item.held, isFinal: true).state == .dead)
      #expect(try await stores.claim(at: 9999).isEmpty)
      #expect(try stores.work.nextChance(for: "triage", in: .default) == nil)
    }
  }

  @Test("a heartbeat tells what is held and what is lost", arguments: Backend.allCases)
  func heartbeats(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"), .sample("b"), .sample("c"))
      let items = try await stores.claim(3, at: 0, lease: 10)
      _ = try await stores.complete(items[1].held)
      func beat(_ worker: String, at seconds: Int) async throws -> WorkHeartbeat {
        try await stores.work.heartbeat(
          items.map(\.held) + [HeldWork("nobody", claim: 1), HeldWork("a", claim: 7)],
          by: worker, until: noon + .seconds(seconds + 10), at: noon + .seconds(seconds),
          in: .default)
      }
      #expect(
        try await beat("w1", at: 9)
          == WorkHeartbeat(held: ["a", "c"], lost: ["b", "nobody", "a"]))
      #expect(try await beat("w2", at: 9).held == [])
      #expect(try stores.work.item("a", in: .default)?.leaseUntil == noon + .seconds(19))
      #expect(try await stores.claim(9, by: "w2", at: 18).isEmpty)
      #expect(try await stores.claim(1, by: "w2", at: 19).map(\.id) == ["a"])
      // Nobody else has the third: it was taken back all the same.
      #expect(try await beat("w1", at: 20).held == [])
      #expect(try stores.work.item("c", in: .default)?.state == .ready)
    }
  }

  @Test("what is given back is not counted and is there at once", arguments: Backend.allCases)
  func release(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a", attempts: 1), .sample("b", attempts: 1))
      for round in 0..<4 {
        let items = try await stores.claim(2, at: round)
        #expect(
          items.map(\.attempts) == [1, 1]
            && items.map(\.claim) == [round + 1, round + 1].map(Int64.init))
        // The answer may be lost: told again, nothing changes.
        for _ in 0..<2 {
          let released = try await stores.work.release(
            items.map(\.held) + [HeldWork("x", claim: 1)], because: round == 2 ? nil : "r\(round)",
            at: noon + .seconds(round), events: Event.ofWork, in: .default)
          #expect(released == ["a", "b"])
        }
        let reason = try stores.work.item("b", in: .default)?.lastError
        #expect(reason == ["r0", "r1", "r1", "r3"][round])
      }
      let events = try stores.workEvents()
      #expect(events.count { $0.hasPrefix("work.released") } == 2 + 8, "those who wait are woken")
      #expect(events.count { $0.hasPrefix("work.claimed") } == 8)
    }
  }

  @Test(
    "what follows is in the queue when the work is done, or neither", arguments: Backend.allCases)
  func following(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"), .sample("b", key: "taken"))
      let item = try #require(try await stores.claim().first)
      let error = await #expect(throws: StoreError.self) {
        try await stores.complete(item.held, next: [.sample("n1"), .sample("b", key: "free")])
      }
      #expect(error?.code == .conflict)
      #expect(try stores.work.item("a", in: .default) == item)
      #expect(try stores.work.item("n1", in: .default) == nil)
      let done = try await stores.complete(
        item.held, next: [.sample("n1", role: "engagement"), .sample("n2", key: "taken")], at: 2)
      #expect(
        done.next
          == [QueuedWork(workID: "n1", isNew: true), QueuedWork(workID: "b", isNew: false)])
      #expect(try await stores.claim(role: "engagement", at: 2).map(\.id) == ["n1"])
      #expect(
        try stores.workEvents().suffix(4) == [
          "work.claimed a", "work.completed a", "work.released n1", "work.claimed n1",
        ])
    }
  }

  @Test("dead items are listed page by page, the latest first", arguments: Backend.allCases)
  func deadLetters(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<5 {
        let role: AgentRoleID = number == 2 ? "engagement" : "triage"
        _ = try await stores.enqueue(.sample("w\(number)", role: role))
        let item = try #require(try await stores.claim(role: role).first)
        // Two die at one moment.
        _ = try await stores.fail(item.held, isFinal: true, at: number / 2)
      }
      var names: [String] = []
      var place: WorkPage.Place?
      repeat {
        let page = try stores.work.deadLetters(of: nil, limit: 2, after: place, in: .default)
        names += page.items.map(\.id.rawValue)
        place = page.next(behind: page.items.count)
        #expect(page.hasMore == (place != nil))
      } while place != nil && names.count < 9
      #expect(names == ["w4", "w3", "w2", "w1", "w0"])
      let own = try stores.work.deadLetters(of: "engagement", limit: 9, after: nil, in: .default)
      #expect(own.items.map(\.id) == ["w2"] && !own.hasMore)
      #expect(try stores.work.deadLetters(of: nil, limit: 9, after: nil, in: .other).items == [])
      _ = try await stores.enqueue(.sample("again", key: "key_w0"))
      let requeued = try await stores.work.requeue(
        ["w0", "w1"], at: noon, events: Event.ofWork, in: .default)
      #expect(requeued == RequeuedWork(requeued: ["w1"], duplicates: ["w0"]))
    }
  }

  @Test("what is open is counted and listed", arguments: Backend.allCases)
  func counts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(
        .sample("a", of: "L1", due: 1), .sample("b", of: "L1", due: 9), .sample("c", due: 5),
        .sample("d", of: "L1", due: 2), .sample("e", role: "optimizer"))
      let items = try await stores.claim(2)
      _ = try await stores.complete(items[0].held)
      _ = try await stores.fail(items[1].held, isFinal: true)
      #expect(try await stores.claim().map(\.id) == ["c"])
      var triage = WorkCount(role: "triage")
      (triage.ready, triage.claimed, triage.dead) = (1, 1, 1)
      triage.firstDueAt = noon + .seconds(9)
      var optimizer = WorkCount(role: "optimizer")
      (optimizer.ready, optimizer.firstDueAt) = (1, noon + .seconds(60))
      #expect(try stores.work.counts(in: .default) == [optimizer, triage])
      #expect(try stores.work.counts(in: .other) == [])
      #expect(try stores.work.openItems(of: "L1", limit: 20, in: .default).map(\.id) == ["b", "d"])
      #expect(try stores.work.openItems(of: "L1", limit: 1, in: .default).map(\.id) == ["b"])
      #expect(try stores.work.openItems(of: "L1", limit: 20, in: .other) == [])
      // The claimed one could come back before the one that waits.
      #expect(try stores.work.nextChance(for: "triage", in: .default) == noon)
      #expect(try stores.work.nextChance(for: "nobody", in: .default) == nil)
    }
  }

  @Test("silent workers' items are taken back in every workspace", arguments: Backend.allCases)
  func takingBack(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.enqueue(.sample("a"), .sample("b", attempts: 1), .sample("c"))
      _ = try await stores.enqueue(.sample("d"), in: .other)
      _ = try await stores.claim(2, lease: 10)
      _ = try await stores.claim(1, lease: 99)
      _ = try await stores.claim(1, lease: 10, in: .other)
      func takeBack(at seconds: Int, _ limit: Int = 9) async throws -> Int {
        try await stores.work.takeBack(
          at: noon + .seconds(seconds), limit: limit, events: Event.ofWork)
      }
      #expect(try await takeBack(at: 9) == 0)
      #expect(try await takeBack(at: 10, 2) == 2)
      #expect(try await takeBack(at: 10) == 1)
      #expect(try await takeBack(at: 10) == 0)
      #expect(
        try Set(stores.workEvents().suffix(3))
          == ["work.released a", "work.dead_lettered b", "work.released d"])
      let workspaces = try stores.events.events(after: 0, limit: 99).suffix(3).map(\.workspace)
      #expect(workspaces.count { $0 == .other } == 1)
      #expect(try await stores.claim(9, at: 10).map(\.id) == ["a"])
    }
  }

  @Test("what was done long ago is deleted in steps", arguments: Backend.allCases)
  func removing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<5 { _ = try await stores.enqueue(.sample("w\(number)")) }
      for (number, item) in try await stores.claim(4).enumerated() {
        _ = try await stores.complete(item.held, at: number)
      }
      let before = noon + .seconds(3)
      #expect(try await stores.work.removeDone(before: before, limit: 2) == 2)
      #expect(try stores.work.item("w0", in: .default) == nil)
      #expect(try await stores.work.removeDone(before: before, limit: 2) == 1)
      #expect(try await stores.work.removeDone(before: before, limit: 2) == 0)
      #expect(try stores.work.item("w3", in: .default)?.state == .done)
      #expect(try stores.work.item("w4", in: .default)?.state == .ready)
    }
  }
}
