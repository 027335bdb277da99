import JSONRPC
import Marketing
import Testing

/// Whatever workers do and wherever they die: nothing is lost, nothing is done twice.
@Suite("WorkQueueStore: agents that die")
struct WorkQueueModelContract {
  /// What one worker has in its hands.
  private struct Worker {
    var held: [WorkItem] = []
  }

  @Test(
    "each item is done exactly once, none is lost", arguments: Backend.allCases, [1, 2, 3])
  func crashes(backend: Backend, seed: UInt64) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var generator = SeededGenerator(seed: seed)
      var workers = [Worker](repeating: Worker(), count: 7)
      var (added, now) = (0, 0)
      var done: [WorkID: Int] = [:]
      var steps = 0
      while done.count < 60, steps < 20_000 {
        steps += 1
        now += Int.random(in: 0...4, using: &generator)
        if added < 60, Bool.random(using: &generator) {
          _ = try await stores.enqueue(
            .sample("w\(added)", due: .random(in: 0...600, using: &generator), attempts: 1000),
            at: now)
          added += 1
        }
        let number = Int.random(in: workers.indices, using: &generator)
        try await act(&workers[number], "worker\(number)", at: now, &done, &generator, stores)
      }
      #expect(added == 60 && done.count == 60, "lost after \(steps) steps: \(done.count)")
      #expect(done.values.allSatisfy { $0 == 1 }, "done twice: \(done.filter { $0.value > 1 })")
      #expect(try stores.work.counts(in: .default).isEmpty)
    }
  }

  private func act(
    _ worker: inout Worker, _ name: String, at now: Int, _ done: inout [WorkID: Int],
    _ generator: inout SeededGenerator, _ stores: Stores
  ) async throws {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0...3:
      let claimed = try await stores.claim(
        .random(in: 1...4, using: &generator), by: name, at: now, lease: 20)
      #expect(claimed.allSatisfy { done[$0.id] == nil }, "handed out although it is done")
      worker.held += claimed
    case 4...6:
      guard let item = worker.held.popLast() else { return }
      do {
        if try await stores.complete(item.held, at: now).isNew { done[item.id, default: 0] += 1 }
        // The answer is lost and the call is repeated, now and then.
        if Bool.random(using: &generator) {
          #expect(try await !stores.complete(item.held, at: now).isNew)
        }
      } catch {
        #expect(error.code == .conflict)
      }
    case 7:
      guard let item = worker.held.popLast() else { return }
      do { _ = try await stores.fail(item.held, at: now) } catch {
        #expect(error.code == .conflict)
      }
    case 8:
      // It dies, with all that it has.
      worker.held = []
    default:
      let beat = try await stores.work.heartbeat(
        worker.held.map(\.held), by: name, until: noon + .seconds(now + 20),
        at: noon + .seconds(now), in: .default)
      worker.held.removeAll { beat.lost.contains($0.id) && !beat.held.contains($0.id) }
    }
  }

  @Test("fifty that claim at once get different items", arguments: Backend.allCases)
  func disjoint(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let drafts = (0..<120).map { WorkDraft.sample("w\($0)", due: $0) }
      _ = try await stores.work.enqueue(
        drafts, at: noon, events: Event.ofWork, in: .default)
      let claims = try await withThrowingTaskGroup(of: [WorkID].self) { group in
        for number in 0..<50 {
          group.addTask { try await stores.claim(3, by: "worker\(number)").map(\.id) }
        }
        return try await group.reduce(into: []) { $0 += [$1] }
      }
      let all = claims.flatMap(\.self)
      #expect(all.count == 120 && Set(all).count == 120)
      #expect(claims.count { $0.count == 3 } == 40 && claims.count { $0.isEmpty } == 10)
    }
  }
}
