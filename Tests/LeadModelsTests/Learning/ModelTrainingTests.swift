import JSONRPC
import Marketing
import Testing

@testable import LeadModels

@Suite struct ModelTrainingTests {
  private let training = ModelTraining(SampleModels.settings, scorecard: nil)

  @Test func findsTheRuleAndAccountsForEveryColumn() async throws {
    let report = try await SampleModels.trained().report
    #expect(report.metrics.auc > 0.7)
    #expect(report.metrics.rows == 400)
    #expect(report.candidates.map(\.kind).count == 4)
    let losses = report.candidates.compactMap { $0.metrics?.logLoss }
    #expect(losses == losses.sorted())
    #expect(report.candidates.last?.problem == "there is no scorecard")
    #expect(
      report.columns.map(\.name) == [
        "lead_no", "channel", "minutes", "income", "agent", "weekly", "plan", "created", "seen",
      ])
    let unused = report.columns.filter { !$0.isUsed }
    #expect(unused.map(\.name) == ["lead_no"])
    #expect(report.columns.first { $0.name == "income" }?.content == .number)
    #expect(report.importance.count == 8)
    #expect(abs(report.importance.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    // What the rule does not look at is not important.
    let plan = report.importance.first { $0.field == "plan" }?.share ?? 1
    #expect(plan < 0.15)
    #expect(abs(report.bands[0].share - 0.25) < 0.02)
    #expect(abs(report.bands[1].share - 0.40) < 0.02)
    #expect(report.bands.reduce(0) { $0 + $1.rows } == 400)
    #expect(report.bands[0].rate > report.bands[1].rate)
    #expect(report.bands[1].rate > report.bands[2].rate)
  }

  @Test func equalDataAndSeedMakeEqualBytes() async throws {
    let bytes = try await SampleModels.trained().bytes()
    let again = try await training.train(on: LeadSample().data())
    #expect(try again.bytes() == bytes)
    #expect(try ModelContent(bytes: bytes) == again)
  }

  @Test func theDelimiterAndDecimalCommasMakeNoDifference() async throws {
    var sample = LeadSample()
    (sample.delimiter, sample.hasDecimalCommas) = (";", true)
    let report = try await training.train(on: sample.data()).report
    let usual = try await SampleModels.trained().report
    #expect(report.metrics == usual.metrics)
    #expect(report.columns == usual.columns)
  }

  @Test func progressOnlyGrows() async throws {
    let seen = Locked<[ModelTraining.Progress]>([])
    _ = try await training.train(on: LeadSample(rows: 150).data()) { progress in
      seen.withLock { $0.append(progress) }
    }
    let shares = seen.withLock { $0.map(\.share) }
    #expect(shares.first == 0)
    #expect(shares.allSatisfy { (0...1).contains($0) })
    #expect(shares == shares.sorted())
    #expect(seen.withLock { Set($0.map(\.step)) }.count > 4)
  }

  @Test(arguments: [0.0, 0.03, 0.1, 0.3, 0.6]) func endsSoonAfterCancellation(
    from share: Double
  ) async throws {
    let data = try LeadSample(rows: 300).data()
    let (reached, continuation) = AsyncStream.makeStream(of: Void.self)
    let last = Locked(0.0)
    let task = Task {
      try await training.train(on: data) { progress in
        last.withLock { $0 = progress.share }
        if progress.share >= share { continuation.yield() }
      }
    }
    for await _ in reached { break }
    task.cancel()
    await #expect(throws: TrainingFailure.cancelled) { try await task.value }
    // Most of the work was never done.
    #expect(last.withLock { $0 } < 0.95)
  }

  @Test func aRuleThatTurnsAroundShowsWhenJudgedByTime() async throws {
    var sample = LeadSample()
    sample.flipsLate = true
    let report = try await training.train(on: sample.data(time: "created")).report
    #expect(report.validation.method == .outOfTime)
    #expect(report.validation.timeColumn == "created")
    #expect(report.metrics.rows == 100)
    // What was learned earlier is wrong now.
    #expect(report.metrics.auc < 0.45)
    let steady = try await training.train(on: LeadSample().data(time: "created")).report
    #expect(steady.metrics.auc > 0.65)
    let first = try LeadSample().data(time: "created").times?.sorted()[300]
    #expect(steady.validation.judgedFrom == first?.iso8601)
  }

  @Test func aNumberThatOrdersRowsIsNoDate() async throws {
    var file = FileTraining(target: "won")
    file.time = "lead_no"
    let data = try file.data(DataTable(csv: Array(LeadSample(rows: 200).csv().utf8)))
    let report = try await training.train(on: data).report
    #expect(report.validation.method == .outOfTime)
    #expect(report.validation.timeColumn == "lead_no")
    #expect(report.validation.judgedFrom == nil)
  }

  @Test func tooFewLateConversionsAreAnError() async throws {
    var data = try LeadSample().data(time: "created")
    for row in 300..<400 { data.labels[row] = row == 310 }
    let failure = await #expect(throws: TrainingFailure.self) {
      try await training.train(on: data)
    }
    guard case .data(let error) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(error.description.contains("too few of one outcome"))
    #expect(error.description.contains("100 later ones 1"))
  }

  @Test func noUsefulColumnIsAnErrorThatSaysWhy() async throws {
    var data = try LeadSample().data()
    data.excluded = Dictionary(
      uniqueKeysWithValues: data.table.columns.map { ($0.name, "excluded by request") })
    let failure = await #expect(throws: TrainingFailure.self) {
      try await training.train(on: data)
    }
    guard case .data(let error) = failure else { return }
    #expect(error.description.contains("no column is of use: 'lead_no': excluded by request"))
  }
}
