import JSONRPC
package import Marketing
package import Recall

/// Remembers and recalls: records, their words analyzed once, and the indexes over them.
package final class MemoryDesk: Sendable {
  /// A record that answers a question.
  package struct Found: Sendable {
    /// The record.
    package let record: MemoryRecord
    /// How well it fits, and why.
    package let hit: RecallHit
  }

  /// What came of the vectors that recall is set to use.
  package enum VectorUse: String, Sendable, Encodable {
    /// They were compared.
    case used
    /// The question's could not be had: the answer goes by words alone.
    case unavailable
  }

  /// What was found.
  package struct Answer: Sendable {
    /// The records, the best first.
    package let found: [Found]
    /// `nil` where no vectors are to be used.
    package let vectors: VectorUse?
  }

  /// The records.
  package let store: any MemoryStore
  /// What an operator may change.
  package let settings: MemorySettings
  /// Makes of a text what is indexed of it.
  package let analyzer: TextAnalyzer
  /// Where vectors come from and are kept, when recall uses them.
  package let vectors: MemoryVectors?
  let questions: QuestionVectors?
  let indexes: RecallIndexes
  private let pool: ComputePool
  /// What was recalled and is not stored yet: at most so many records, the rest is not counted.
  private let uses = Locked<[WorkspaceID: [OwnedMemoryID: MemoryUse]]>([:])
  private static let mostUses = 50_000
  /// So often is looked, where something that was found is gone by the time it is read and others may come in
  /// its place.
  private static let attempts = 3
  private static let usesAtOnce = 500

  /// - Parameter analyzer: the one that made the words of all that is stored.
  package init(
    store: any MemoryStore, vectors: MemoryVectors? = nil,
    settings: MemorySettings = MemorySettings(), analyzer: TextAnalyzer = TextAnalyzer()
  ) {
    self.store = store
    self.settings = settings
    self.analyzer = analyzer
    self.vectors = vectors
    questions = vectors.map { QuestionVectors($0.embedder) }
    indexes = RecallIndexes(
      store: store, vectors: vectors, analyzer: analyzer, byteLimit: settings.indexBytes)
    pool = ComputePool(width: 2)
  }

  func analyze(_ text: String) -> AnalyzedText { analyzer.analyze(text) }

  /// A record with its words.
  package func analyzed(_ record: MemoryRecord) -> AnalyzedMemory {
    AnalyzedMemory(record: record, text: analyzer.analyze(record.text))
  }

  /// Texts of more bytes than this together are not analyzed where a session runs.
  private static let bytesInPlace = 4096

  /// Records ready to be stored.
  func analyzed(_ records: [MemoryRecord]) async -> [AnalyzedMemory] {
    let analyzer = analyzer
    let analyze = { @Sendable in
      records.map { AnalyzedMemory(record: $0, text: analyzer.analyze($0.text)) }
    }
    let bytes = records.reduce(0) { $0 + $1.text.utf8.count }
    return bytes > Self.bytesInPlace ? await pool.run(analyze) : analyze()
  }

  /// Finds what answers a question, the best first, as it is stored now.
  /// - Parameter weights: how much each signal counts; `nil` for those that go with what is searched.
  package func recall(
    _ request: RecallRequest, weights: RecallWeights? = nil, in workspace: WorkspaceID
  ) async throws(StoreError) -> Answer {
    let vector = try await vector(of: request, in: workspace)
    let use: VectorUse? = questions == nil ? nil : vector == nil ? .unavailable : .used
    let (store, indexes) = (store, indexes)
    let result: Result<[Found], StoreError> = await pool.run {
      do throws(StoreError) {
        var found: [Found] = []
        for _ in 0..<Self.attempts {
          let hits = try await indexes.recall(
            request, vector: vector, weights: weights, in: workspace)
          let records = try store.versions(hits.map(\.version), in: workspace)
          let scope = request.scope
          found = hits.compactMap { hit in
            // What the index does not know yet counts: the record may be gone, or may not be shown.
            guard let record = records[hit.version], scope.reader.sees(recordOf: record.role),
              record.holds(at: scope.moment), !record.hasExpired(at: scope.now)
            else { return nil }
            return Found(record: record, hit: hit)
          }
          if found.count == hits.count { break }
        }
        return .success(found)
      } catch {
        return .failure(error)
      }
    }
    return Answer(found: try result.get(), vectors: use)
  }

  /// The question's vector; `nil` where there are none or it cannot be had now.
  private func vector(
    of request: RecallRequest, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Float]? {
    guard let questions else { return nil }
    let indexes = indexes
    let text: Result<String, StoreError> = await pool.run {
      do throws(StoreError) {
        return .success(
          try await indexes.textWithoutSpeakers(
            request.question, for: request.scope.reader, in: workspace))
      } catch {
        return .failure(error)
      }
    }
    return await questions.vector(of: try text.get())
  }

  /// Takes down that records were recalled; they are stored together, a little later.
  func note(_ ids: [OwnedMemoryID], at now: Timestamp, in workspace: WorkspaceID) {
    for id in ids { note(MemoryUse(count: 1, lastAt: now), of: id, in: workspace) }
  }

  private func note(_ new: MemoryUse, of id: OwnedMemoryID, in workspace: WorkspaceID) {
    uses.withLock { uses in
      if var use = uses[workspace]?[id] {
        use.count += new.count
        use.lastAt = max(use.lastAt, new.lastAt)
        uses[workspace]?[id] = use
      } else if uses[workspace, default: [:]].count < Self.mostUses {
        uses[workspace, default: [:]][id] = new
      }
    }
  }

  /// Stores what was recalled since the last time.
  package func storeUses() async throws(StoreError) {
    let noted = uses.withLock { uses in
      defer { uses = [:] }
      return uses
    }
    var failure: StoreError?
    for (workspace, uses) in noted {
      do throws(StoreError) {
        try await storeUses(Array(uses), in: workspace)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Stores uses a few at a time, so that nobody else who writes waits long. What could not be stored is kept for
  /// the next time.
  private func storeUses(
    _ noted: [(key: OwnedMemoryID, value: MemoryUse)], in workspace: WorkspaceID
  ) async throws(StoreError) {
    var rest = noted[...]
    do throws(StoreError) {
      while !rest.isEmpty {
        let some = rest.prefix(Self.usesAtOnce)
        try await store.noteUses(
          Dictionary(uniqueKeysWithValues: some.map { ($0.key, $0.value) }),
          extending: settings.isSliding ? settings.shortTermLifetime : nil, in: workspace)
        rest = rest.dropFirst(some.count)
      }
    } catch {
      for (id, use) in rest { note(use, of: id, in: workspace) }
      throw error
    }
  }

  /// Deletes what has expired.
  /// - Returns: how many records.
  package func sweep(at now: Timestamp) async throws(StoreError) -> Int {
    var swept = 0
    while true {
      let count = try await store.sweep(expiredBy: now, limit: 500)
      swept += count
      if count < 500 || Task.isCancelled { return swept }
    }
  }

  /// Has every index follow its store, and leaves no trace in memory of what was deleted.
  /// - Parameter now: to leave alone for a while what was done a short time ago; `nil` to leave nothing.
  package func scrub(at now: Timestamp? = nil) async throws(StoreError) {
    try await indexes.scrub(at: now)
    analyzer.forgetWords()
    questions?.forget()
  }

  /// Makes ready what finds the nearest of very many vectors; a long computation for as many.
  package func coverVectors() async {
    guard vectors != nil else { return }
    let indexes = indexes
    await pool.run { indexes.coverVectors() }
  }

  /// How many bytes the indexes take.
  package var indexBytes: Int { indexes.memoryFootprint }
}
