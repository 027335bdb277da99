import ArgumentParser
import JSONRPC
import Marketing
import Recall
import ServerApp

extension BenchmarkFile.Pictures: ExpressibleByArgument {}

/// Measures how well recall finds what answers a question.
struct EvaluateRecallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-recall",
    abstract: "Measures recall on conversations with questions whose answers are known.",
    discussion: """
      Reads LoCoMo's layout. Each conversation is taken into a workspace of its own, its sessions as \
      conversations; then every question is asked. Figures are means over questions: the share of the \
      turns that answer it among the first k, nDCG of the first 10, one divided by the place of the \
      first, and the share of their sessions among the first 10's. The database is gone afterwards.
      """)

  @Argument(help: ArgumentHelp("The file of conversations.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("The k of recall@k, with commas.", valueName: "numbers"))
  var k = "5,10"

  @Option(
    help: ArgumentHelp("The tokens that an answer may have together.", valueName: "tokens"))
  var budget: Int?

  @Option(
    help: ArgumentHelp(
      "What of a picture counts as text: none, captions, or all, with what it was looked up by.",
      valueName: "what"))
  var pictures = BenchmarkFile.Pictures.all

  @Flag(
    name: [.customLong("fit"), .customLong("fold")],
    help: """
      Learn the weights anew for each conversation, from the others only, and show those learned from all.
      """)
  var fit = false

  @Option(
    help: ArgumentHelp(
      "Use vectors from this base URL of an OpenAI-compatible service too.", valueName: "url"))
  var embedder: String?

  @Option(help: ArgumentHelp("The model that makes the vectors.", valueName: "name"))
  var embeddingModel: String?

  @Option(
    help: ArgumentHelp("The file that holds the service's API key.", valueName: "file"))
  var embeddingKeyFile: String?

  @Option(
    help: ArgumentHelp(
      "Use the vectors of words in this file, in GloVe's text format.",
      valueName: "file"))
  var wordVectors: String?

  @Option(
    help: ArgumentHelp("Also write the figures as JSON; - for standard output.", valueName: "file"))
  var json: String?

  func run() async throws {
    let cutoffs = k.split(separator: ",").map { Int($0) ?? 0 }
    guard !cutoffs.isEmpty, cutoffs.allSatisfy({ (1...1000).contains($0) }) else {
      throw ValidationError("--k is '\(k)', expected numbers from 1 to 1000 such as 5,10")
    }
    if let budget, budget < 1 {
      throw ValidationError("--budget is \(budget), expected 1 or more")
    }
    let chosen = try await chosenEmbedder()
    let output = try json.map { try OutputFile($0, sparing: [file]) }
    let bar = ProgressBar()
    let request = RecallEvaluator.Request(
      path: file, cutoffs: Array(Set(cutoffs)).sorted(), tokenBudget: budget, pictures: pictures,
      isFitted: fit, embedder: chosen)
    let outcome = try await Interruptible.run(undone: "nothing was measured", bar: bar) {
      try await RecallEvaluator().evaluate(request) { bar.show($0, share: $1) }
    }
    let summary = RecallSummary(outcome)
    if json != OutputFile.standardOutput { for line in summary.lines { print(line) } }
    if let output {
      try output.write(Array((IndentedJSON.text(of: summary.json) + "\n").utf8))
      try output.keep()
    }
  }

  /// Where vectors come from, by the options alone: a measurement does not depend on the settings of a server.
  private func chosenEmbedder() async throws -> (any TextEmbedder)? {
    var settings = EmbeddingSettings()
    (settings.url, settings.model) = (embedder, embeddingModel)
    (settings.keyFile, settings.wordVectors) = (embeddingKeyFile, wordVectors)
    if let embedder, embeddingModel == nil {
      throw ValidationError(
        "--embedding-model: found nothing, expected the model's name, since --embedder is \(embedder)"
      )
    }
    if embedder != nil, wordVectors != nil {
      throw ValidationError("--embedder and --word-vectors: vectors come from one of the two")
    }
    return try await makeEmbedder(settings)
  }
}
