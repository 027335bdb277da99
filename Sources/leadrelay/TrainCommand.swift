import ArgumentParser
import JSONRPC
import Marketing
import MarketingTools
import ServerApp

/// Trains a scoring model.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a scoring model on a file with outcomes, or on the stored leads.",
    discussion: """
      Tries several families of models, judges each on rows that it was not trained on, calibrates \
      them, keeps the best and prints how good it is. The same data and seed give the same model. The \
      model is stored; it answers only after leadrelay models activate, or with --role active. Ctrl-C \
      ends it, and nothing is stored.
      """)

  @Option(
    help: ArgumentHelp("The file to train on (default: the stored leads).", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("The column that says what became of a row.", valueName: "column"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "The target's value that counts as converted (default: found out).", valueName: "value"))
  var positive: String?

  @Option(
    help: ArgumentHelp(
      "Columns that are not used, with commas between them; may be repeated. A name with a comma in it stands alone.",
      valueName: "columns"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "The column of dates that orders the rows: the latest are judged.", valueName: "column"))
  var time: String?

  @Option(
    help: ArgumentHelp(
      "The model's name (default: made from the file's); its versions count up.", valueName: "name")
  )
  var name: String?

  @Option(help: "A JSON file that maps the columns to lead fields, as for import.")
  var mapping: String?

  @Option(help: "Chooses the parts of the cross-validation and what the trees see.")
  var seed: UInt64 = 42

  @Option(help: "What is done with the model: stored, challenger or active.")
  var role = ScoringModelRole.stored

  @Flag(help: "Of stored leads: judge the latest ones instead of cross-validating.")
  var byTime = false

  @Option(
    help: ArgumentHelp(
      "Of stored leads: one without an outcome counts as lost after so many days.",
      valueName: "days"))
  var lostAfterDays: Int?

  @Flag(help: "Print the model and its whole report as JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let source = try source()
    let application = try await options.modelApplication()
    let bar = ProgressBar()
    let furthest = Locked(0.0)
    let trainer = application.modelTrainer
    let (name, excluded, seed, role) = (name, exclude, seed, role)
    let model = try await Interruptible.run(undone: "no model was stored", bar: bar) {
      try await trainer.train(
        source, name: name, excluded: excluded, seed: seed, role: role
      ) { progress in
        // Several threads tell how far they are.
        let share = furthest.withLock {
          $0 = max($0, progress.share)
          return $0
        }
        bar.show(progress.step, share: share)
      }
    }
    if json {
      print(
        IndentedJSON.text(of: [
          "model": .string(model.id.rawValue), "role": .string(role.rawValue),
          "seconds": JSONValue(model.trainingSeconds ?? 0),
          "report": try JSONValueEncoder().encode(model.report),
        ]))
      return
    }
    for line in TrainingSummary(model).lines { print(line) }
    print("")
    switch role {
    case .active: print("it answers from now on; leadrelay models rollback takes that back")
    case .challenger: print("it is scored beside the one that answers, from now on")
    case .stored: print("next: leadrelay models activate \(model.id)")
    }
    print("its pictures: leadrelay report --model \(model.id)")
  }

  private func source() throws -> ModelTrainer.Source {
    guard let csv else {
      for (flag, value) in [
        ("--target", target), ("--positive", positive), ("--time", time), ("--mapping", mapping),
      ] where value != nil {
        throw ValidationError("\(flag): is for a file, expected --csv beside it")
      }
      if let lostAfterDays, !(1...3650).contains(lostAfterDays) {
        throw ValidationError("--lost-after-days: found \(lostAfterDays), expected 1 to 3650")
      }
      return .storedLeads(byTime: byTime, lostAfterDays: lostAfterDays)
    }
    guard let target else {
      throw ValidationError(
        "--target: found nothing, expected the column of \(csv) that says what became of a row")
    }
    if byTime {
      throw ValidationError(
        "--by-time: is for stored leads, expected --time with the column that orders the rows")
    }
    if lostAfterDays != nil { throw ValidationError("--lost-after-days: is for stored leads") }
    var columns = ColumnMapping()
    do {
      if let mapping { columns = try ColumnMapping(file: mapping) }
    } catch {
      throw ValidationError("--mapping: \(error)")
    }
    return .file(
      ModelTrainer.File(
        path: csv, target: target, positive: positive, time: time, mapping: columns))
  }
}

extension ScoringModelRole: ExpressibleByArgument {}
