package import JSONRPC
import Recall

/// What a measurement of recall came to, in words and as JSON.
package struct RecallSummary: Sendable {
  /// The names of LoCoMo's categories by their numbers.
  private static let names = [
    1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial",
  ]
  private static let percentiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)]

  private let outcome: RecallEvaluator.Outcome
  private let isFitted: Bool

  /// A summary.
  package init(_ outcome: RecallEvaluator.Outcome) {
    self.outcome = outcome
    isFitted = outcome.weights != nil
  }

  /// The summary, line by line.
  package var lines: [String] {
    let report = outcome.report
    let file = outcome.file
    var lines = [
      "\(file.conversations.count) conversations, \(report.records) turns, "
        + "\(report.latencies.count) questions"
    ]
    if file.droppedEvidence > 0 {
      lines.append(
        "left out: \(file.droppedEvidence) evidence entries that name no turn, and "
          + "\(file.droppedQuestions) questions without any other")
    }
    if file.undatedSessions > 0 {
      lines.append(
        "\(file.undatedSessions) sessions have no date that can be read: "
          + "each is taken to be a day after the one before")
    }
    if let model = outcome.model { lines.append("vectors by \(model)") }
    if isFitted { lines.append("weights learned from all conversations but the one asked about") }
    lines += [""] + table(report)
    lines += ["", "by conversation, categories 1-4:"] + conversations(report)
    if let weights = outcome.weights {
      lines += ["", "weights learned from all conversations:"] + table(of: weights)
    }
    let times = Self.percentiles.map { name, share in
      "\(name) \(Self.milliseconds(report.latency(share))) ms"
    }
    lines += [
      "",
      "answers\(outcome.model == nil ? "" : " without the time of the model"): "
        + times.joined(separator: ", "),
      "ingest: \(Int(report.ingestRate.rounded())) records/s, durable",
    ]
    return lines
  }

  private func table(_ report: RecallEvaluation.Report) -> [String] {
    let header =
      ["category", "questions"] + report.cutoffs.map { "recall@\($0)" }
      + ["nDCG@10", "MRR", "session recall@10"]
    var rows = report.categories.sorted { $0.key < $1.key }.map { category, figures in
      Self.cells("\(category) \(Self.names[category] ?? "")", figures, report.cutoffs)
    }
    rows.append(Self.cells("1-4 together", report.together, report.cutoffs))
    return TextTable.lines(header, rows, numeric: 1...header.count - 1)
  }

  private static func cells(
    _ name: String, _ figures: RecallFigures, _ cutoffs: [Int]
  ) -> [String] {
    let recall = cutoffs.map { figures.recall[$0] ?? 0 }
    let numbers = recall + [figures.ndcg, figures.reciprocalRank, figures.sessionRecall]
    return [name, "\(figures.questions)"]
      + numbers.map { ScoredColumns.fixed($0, decimals: 4) }
  }

  private func conversations(_ report: RecallEvaluation.Report) -> [String] {
    let header =
      ["conversation", "questions"] + report.cutoffs.map { "recall@\($0)" } + ["nDCG@10"]
    let rows = report.conversations.map { name, figures in
      [name, "\(figures.questions)"]
        + (report.cutoffs.map { figures.recall[$0] ?? 0 } + [figures.ndcg]).map {
          ScoredColumns.fixed($0, decimals: 4)
        }
    }
    return TextTable.lines(header, rows, numeric: 1...header.count - 1)
  }

  private func table(of weights: RecallWeights) -> [String] {
    TextTable.lines(
      ["signal", "learned", "built in"],
      outcome.signals.map { signal in
        ["\(signal)"]
          + [weights, outcome.standard].map {
            ScoredColumns.fixed(Double($0[signal]), decimals: 2)
          }
      }, numeric: 1...2)
  }

  private static func milliseconds(_ duration: Duration) -> String {
    ScoredColumns.fixed(
      Double(duration.components.attoseconds) / 1e15 + Double(duration.components.seconds) * 1000,
      decimals: 3)
  }

  /// The summary as JSON; figures are 0 to 1, times in milliseconds.
  package var json: JSONValue {
    let report = outcome.report
    var categories: JSONObject = [:]
    for (category, figures) in report.categories.sorted(by: { $0.key < $1.key }) {
      categories["\(category)"] = Self.json(figures, report.cutoffs)
    }
    var latency: JSONObject = [:]
    for (name, share) in Self.percentiles {
      let time = report.latency(share).components
      latency[name] = JSONValue(Double(time.attoseconds) / 1e15 + Double(time.seconds) * 1000)
    }
    var json: JSONObject = [
      "turns": JSONValue(report.records), "questions": JSONValue(report.latencies.count),
      "droppedEvidence": JSONValue(outcome.file.droppedEvidence),
      "droppedQuestions": JSONValue(outcome.file.droppedQuestions),
      "undatedSessions": JSONValue(outcome.file.undatedSessions),
      "leaveOneOut": .bool(isFitted), "categories": .object(categories),
      "categories1to4": Self.json(report.together, report.cutoffs),
      "conversations": .array(
        report.conversations.map { name, figures in
          guard case .object(var object) = Self.json(figures, report.cutoffs) else { return nil }
          object["name"] = .string(name)
          return .object(object)
        }),
      "latencyMilliseconds": .object(latency), "recordsPerSecond": JSONValue(report.ingestRate),
    ]
    if let model = outcome.model { json["model"] = .string(model) }
    if let weights = outcome.weights {
      json["weights"] = .object(
        JSONObject(
          outcome.signals.map { ("\($0)", JSONValue(Double(weights[$0]))) }))
    }
    return .object(json)
  }

  private static func json(_ figures: RecallFigures, _ cutoffs: [Int]) -> JSONValue {
    var object: JSONObject = ["questions": JSONValue(figures.questions)]
    for k in cutoffs { object["recall@\(k)"] = JSONValue(figures.recall[k] ?? 0) }
    object["ndcg@10"] = JSONValue(figures.ndcg)
    object["mrr"] = JSONValue(figures.reciprocalRank)
    object["sessionRecall@10"] = JSONValue(figures.sessionRecall)
    return .object(object)
  }
}
