import ArgumentParser
import JSONRPC
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
      first, and the share of their sessions among the first 10's. Nothing is stored.
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
    let bar = ProgressBar()
    let request = RecallEvaluator.Request(
      path: file, cutoffs: Array(Set(cutoffs)).sorted(), tokenBudget: budget, pictures: pictures,
      isFitted: fit)
    let outcome = try await Interruptible.run(undone: "nothing was measured", bar: bar) {
      try await RecallEvaluator().evaluate(request) { bar.show($0, share: $1) }
    }
    let summary = RecallSummary(outcome)
    if json != OutputFile.standardOutput { for line in summary.lines { print(line) } }
    if let json {
      let output = try OutputFile(json, sparing: [file])
      try output.write(Array((IndentedJSON.text(of: summary.json) + "\n").utf8))
      try output.keep()
    }
  }
}
