import ArgumentParser
import JSONRPC
import Marketing
import ServerApp

/// Lists the trained models and chooses which of them answers.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Lists trained models, chooses which one answers, and moves them as files.",
    subcommands: [
      List.self, Activate.self, Challenge.self, Rollback.self, Export.self, Import.self,
    ])
}

extension ModelsCommand {
  /// Lists the models.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the models and says which one answers.")

    @Flag(help: "Print them as JSON.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let (choices, models) = try await options.application().modelShelf.list()
      let listing = ModelListing(choices: choices, models: models)
      if json {
        print(IndentedJSON.text(of: try listing.json()))
      } else {
        for line in listing.lines { print(line) }
      }
    }
  }

  /// Makes a model answer.
  struct Activate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "activate",
      abstract: "Makes a model answer from now on, in running servers too.",
      discussion: "Besides trained models there are scorecard, which is built in, and incremental.")

    @Argument(help: "A version such as leads-3, a name for its latest, scorecard or incremental.")
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let choices = try await options.application().modelShelf.activate(name)
      let before = choices.previous.map { "; before it \($0.name) did" } ?? ""
      print("\(choices.active.name) answers\(before)")
    }
  }

  /// Has a model scored beside the active one.
  struct Challenge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "challenge",
      abstract: "Has a model scored beside the one that answers; leadrelay report compares them.")

    @Argument(help: "A version such as leads-3, a name for its latest, or none to end it.")
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let choices = try await options.application().modelShelf.challenge(name)
      print(
        choices.challenger.map { "\($0) is compared with \(choices.active.name)" }
          ?? "no model is compared with \(choices.active.name)")
    }
  }

  /// Makes what answered before answer again.
  struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rollback", abstract: "Makes the model that answered before answer again.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let choices = try await options.application().modelShelf.rollBack()
      print("\(choices.active.name) answers again")
    }
  }

  /// Writes a model to a file.
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes a model to one file, which import takes.")

    @Argument(help: "A version such as leads-3, or a name for its latest.")
    var name: String

    @Option(help: ArgumentHelp("The file to write; - for standard output.", valueName: "file"))
    var output: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let model = try await options.application().modelShelf.export(name, to: output)
      if output != "-" { print("\(model.id) written to \(output), \(model.size) bytes") }
    }
  }

  /// Stores a model's file.
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Stores a model that export wrote; it does not answer yet.")

    @Argument(help: "The file.")
    var file: String

    @Option(help: ArgumentHelp("The name of which it becomes a version.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let model = try await options.application().modelShelf.importFile(file, name: name)
      print("\(model.id) stored; leadrelay models activate \(model.id) makes it answer")
    }
  }
}
