package import Marketing

/// Asks every question of a file and tells how well it was answered.
package struct RecallEvaluation: Sendable {
  /// Answers a question: the names of records, the best first.
  package typealias Ask =
    @Sendable (_ question: String, _ now: Timestamp, _ limit: Int) async throws -> [MemoryID]
  /// Takes the records of one conversation into a workspace of their own.
  /// - Returns: what answers questions about them.
  package typealias Ingest =
    @Sendable (_ records: [MemoryRecord], _ conversation: Int) async throws -> Ask

  /// What came out.
  package struct Report: Sendable {
    /// The cutoffs of recall.
    package var cutoffs: [Int]
    /// By category.
    package var categories: [Int: RecallFigures]
    /// Of categories 1 to 4 together.
    package var together: RecallFigures
    /// Of categories 1 to 4, by conversation in the order of the file.
    package var conversations: [(name: String, figures: RecallFigures)]
    /// How long answers took, ascending.
    package var latencies: [Duration]
    /// How many records were taken in.
    package var records: Int
    /// How long that took.
    package var ingestTime: Duration

    /// A report of nothing yet.
    package init(cutoffs: [Int]) {
      self.cutoffs = cutoffs
      (categories, together, conversations) = ([:], RecallFigures(cutoffs: cutoffs), [])
      (latencies, records, ingestTime) = ([], 0, .zero)
    }

    /// The time that a share of the answers took at most.
    /// - Parameter share: 0–1.
    package func latency(_ share: Double) -> Duration {
      guard !latencies.isEmpty else { return .zero }
      let place = Int((share * Double(latencies.count)).rounded(.up)) - 1
      return latencies[min(latencies.count - 1, max(0, place))]
    }

    /// Records taken in per second.
    package var ingestRate: Double {
      let seconds =
        Double(ingestTime.components.attoseconds) / 1e18
        + Double(ingestTime.components.seconds)
      return seconds > 0 ? Double(records) / seconds : 0
    }
  }

  /// Answers are looked at down to this place, or the greatest cutoff.
  private static let depth = 50

  private let file: BenchmarkFile
  private let cutoffs: [Int]

  /// An evaluation.
  /// - Parameter cutoffs: the k of recall@k.
  package init(of file: BenchmarkFile, cutoffs: [Int] = [5, 10]) {
    self.file = file
    self.cutoffs = cutoffs
  }

  /// Runs it.
  /// - Parameters:
  ///   - stride: only every so manyth question is asked.
  ///   - progress: called with the share that is done.
  package func run(
    _ ingest: Ingest, stride: Int = 1, progress: (Double) -> Void = { _ in }
  ) async throws -> Report {
    let none = RecallFigures(cutoffs: cutoffs)
    var report = Report(cutoffs: cutoffs)
    let clock = ContinuousClock()
    for (number, conversation) in file.conversations.enumerated() {
      let records = Self.records(of: conversation)
      let start = clock.now
      let ask = try await ingest(records, number)
      report.ingestTime += clock.now - start
      report.records += records.count
      let places = Dictionary(
        records.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
      // Questions are asked the day after the last turn.
      let now = (conversation.turns.map(\.at).max() ?? Timestamp(milliseconds: 0)) + .days(1)
      var figures = none
      for (index, question) in conversation.questions.enumerated() where index % stride == 0 {
        try Task.checkCancellation()
        let start = clock.now
        let found = try await ask(question.text, now, max(Self.depth, cutoffs.max() ?? 0))
        report.latencies.append(clock.now - start)
        let ranked = found.compactMap { places[$0] }
        func session(_ turn: Int) -> Int { conversation.turns[turn].session }
        report.categories[question.category, default: none].count(
          ranked, evidence: question.evidence, session: session)
        if (1...4).contains(question.category) {
          report.together.count(ranked, evidence: question.evidence, session: session)
          figures.count(ranked, evidence: question.evidence, session: session)
        }
      }
      report.conversations.append((conversation.name, figures))
      progress(Double(number + 1) / Double(file.conversations.count))
    }
    report.latencies.sort()
    return report
  }

  /// The turns of a conversation as records: each of its sessions is a conversation of its own.
  package static func records(of conversation: BenchmarkFile.Conversation) -> [MemoryRecord] {
    conversation.turns.enumerated().map { index, turn in
      var record = MemoryRecord(
        id: MemoryID(rawValue: "turn_\(index + 1)"), kind: .episodic, text: turn.text,
        content: .utterance, source: MemorySource(name: "benchmark", reference: turn.name),
        trust: .untrusted, validFrom: turn.at, recordedAt: turn.at)
      record.conversationID = ConversationID(rawValue: "session_\(turn.session)")
      record.speaker = turn.speaker
      return record
    }
  }
}

extension RecallEvaluation {
  /// Takes records straight into an index.
  /// - Parameters:
  ///   - budget: the tokens that an answer may have.
  ///   - weights: those for the conversation of a number in the file.
  package static func indexing(
    with analyzer: TextAnalyzer, budget: Int? = nil,
    weights: @escaping @Sendable (_ conversation: Int) -> RecallWeights = { _ in RecallWeights() }
  ) -> Ingest {
    { records, number in
      let index = index(of: records, with: analyzer)
      let ids = records.map(\.id)
      let weights = weights(number)
      return { question, now, limit in
        let request = request(question, now, limit: limit, budget: budget, analyzer)
        return index.recall(request, weights: weights).map { ids[Int($0.version) - 1] }
      }
    }
  }

  /// An index of records, their versions counted from 1.
  package static func index(of records: [MemoryRecord], with analyzer: TextAnalyzer)
    -> RecallIndex
  {
    var index = RecallIndex(analyzer: analyzer)
    for (number, record) in records.enumerated() {
      let memory = AnalyzedMemory(record: record, text: analyzer.analyze(record.text))
      index.store(Int64(number + 1), memory)
    }
    return index
  }

  package static func request(
    _ question: String, _ now: Timestamp, limit: Int, budget: Int?, _ analyzer: TextAnalyzer
  ) -> RecallRequest {
    RecallRequest(
      QueryAnalysis(question, by: analyzer, now: now),
      in: RecallScope(for: .agent(nil), at: MemoryMoment(now: now), now: now), limit: limit,
      tokenBudget: budget)
  }
}
