import JSONRPC
package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Makes the vectors of what is remembered, a little after it was. Where several processes share a store each
/// of them may make a vector; the first that is stored counts.
package final class MemoryEmbedding: Service {
  /// Where it has come.
  private struct State: Sendable {
    /// The last version that was looked at.
    var place: Int64 = 0
    /// How often it has failed in a row.
    var failures = 0
    /// What was last said to be wrong.
    var problem: String?
  }

  /// How a look ended.
  package enum Outcome: Sendable, Hashable {
    /// Everything has its vector.
    case upToDate
    /// There is more to do.
    case hasMore
    /// Not now.
    case failed(EmbeddingError)
  }

  /// A text that no model is refused for; tells a refusal of a text from one of everything.
  private static let harmless = "hello"
  private static let batches = 4

  private let vectors: MemoryVectors
  private let logger: Logger?
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable (Duration) async throws -> Void
  private let state = Locked(State())

  /// - Parameter pause: returns when a time is over.
  package init(
    _ vectors: MemoryVectors, logger: Logger? = nil, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.vectors = vectors
    self.logger = logger
    self.now = now
    self.pause = pause
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    var rest = Duration.zero
    let pause = pause
    while await Upkeep.isTimeAgain(after: { [rest] in try await pause(rest) }) {
      let outcome = await cancelWhenGracefulShutdown { await self.embed() }
      switch outcome {
      case .hasMore: rest = .zero
      case .upToDate: rest = .seconds(1)
      case .failed:
        let failures = state.withLock { $0.failures }
        rest = .seconds(min(300, 2 << min(8, failures)))
      }
    }
  }

  /// Makes the vectors of some records.
  package func embed() async -> Outcome {
    let place = state.withLock { $0.place }
    let limit = vectors.embedder.batchLimit * Self.batches
    do throws(Failure) {
      let records = try await missing(after: place, limit: limit)
      var rest = records[...]
      while !rest.isEmpty {
        let batch = Array(rest.prefix(vectors.embedder.batchLimit))
        rest = rest.dropFirst(batch.count)
        let made = try await embed(batch)
        try await keep(made)
        if let last = batch.last { state.withLock { $0.place = last.version } }
      }
      isWell()
      return records.count < limit ? .upToDate : .hasMore
    } catch {
      if error.kind != .cancelled { say(error.reason) }
      return .failed(error)
    }
  }

  private typealias Failure = EmbeddingError

  private func missing(
    after place: Int64, limit: Int
  ) async throws(Failure) -> [UnembeddedMemory] {
    do throws(StoreError) {
      return try await vectors.store.withoutVectors(
        of: vectors.embedder.model, after: place, limit: limit, now: now())
    } catch {
      throw Failure(.unavailable, "\(error)")
    }
  }

  private func keep(_ made: [MemoryVector]) async throws(Failure) {
    do throws(StoreError) {
      try await vectors.store.store(made, of: vectors.embedder.model)
    } catch {
      throw Failure(.unavailable, "\(error)")
    }
  }

  /// The vectors of a batch. Of one that is refused though others would not be, the texts are sent in ever
  /// smaller parts, until the one that it is refused for is found: it has no vector.
  private func embed(_ batch: [UnembeddedMemory]) async throws(Failure) -> [MemoryVector] {
    do throws(Failure) {
      let made = try await vectors.embedder.vectors(of: batch.map(\.text))
      guard made.count == batch.count else {
        throw Failure(
          .refused, "the embedder made \(made.count) vectors of \(batch.count) texts")
      }
      return zip(batch, made).map { MemoryVector(version: $0.version, vector: $1) }
    } catch {
      guard error.kind == .refused else { throw error }
      if batch.count == 1 {
        _ = try await vectors.embedder.vectors(of: [Self.harmless])
        return [MemoryVector(version: batch[0].version, vector: [])]
      }
      let half = batch.count / 2
      return try await embed(Array(batch[..<half])) + embed(Array(batch[half...]))
    }
  }

  /// Says once what is wrong until it is mended.
  private func say(_ problem: String) {
    let isNew = state.withLock { state in
      state.failures += 1
      defer { state.problem = problem }
      return state.problem != problem
    }
    if isNew {
      logger?.warning(
        "vectors of memory cannot be made; recall goes by words alone where they are missing",
        metadata: ["model": "\(vectors.embedder.model)", "cause": "\(problem)"])
    }
  }

  private func isWell() {
    let wasIll = state.withLock { state in
      state.failures = 0
      defer { state.problem = nil }
      return state.problem != nil
    }
    if wasIll { logger?.notice("vectors of memory are made again") }
  }
}
