import ArgumentParser
import Foundation
import JSONRPC
import Marketing
import ServerApp

/// Keeps the list of those who are not contacted.
struct SuppressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppress",
    abstract: "Keeps the list of those who are not contacted, on a channel or on all.",
    discussion: """
      Only salted hashes of addresses are kept. Who was erased is on the list too, and stays.
      """,
    subcommands: [Add.self, Remove.self, List.self, Import.self, Export.self])
}

extension SuppressCommand {
  /// Adds addresses.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Has people not contacted any more.")

    @Argument(help: "E-mail addresses and telephone numbers with country code.")
    var addresses: [String]

    @Option(help: SuppressionTerms.channelHelp)
    var channel: String?

    @Option(help: SuppressionTerms.reasonHelp)
    var reason = Suppression.Reason.requested.rawValue

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let channel = try SuppressionTerms.channel(channel)
      let reason = try SuppressionTerms.reason(reason)
      let desk = try await options.application().suppressions
      let result = try await desk.add(
        try SuppressionTerms.addresses(addresses, desk), channel: channel, reason: reason)
      print("\(result.added) added, \(result.known) on the list already")
    }
  }

  /// Takes addresses off the list.
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Lets people be contacted again; consent and all other rules hold as before.")

    @Argument(help: "E-mail addresses and telephone numbers with country code.")
    var addresses: [String]

    @Option(
      help: ArgumentHelp(
        "Take back only what holds for this channel alone (default: all that holds).",
        valueName: "name"))
    var channel: String?

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let channel = try SuppressionTerms.channel(channel)
      let desk = try await options.application().suppressions
      let (removed, isLeft) = try await desk.remove(
        try SuppressionTerms.addresses(addresses, desk), channel: channel)
      print("\(removed) removed")
      if isLeft {
        FileHandle.standardError.write(
          Data("some stay suppressed: erased, or on all channels\n".utf8))
      }
    }
  }

  /// Counts what is on the list.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Counts the list by channel and reason.")

    @Flag(help: "Print the counts as a JSON array.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let counts = try await options.application().suppressions.counts()
      if json {
        let rows = counts.map { count -> JSONValue in
          [
            "channel": .string(SuppressionScope(channel: count.channel).rawValue),
            "reason": .string(count.reason.rawValue), "count": JSONValue(count.count),
          ]
        }
        print(IndentedJSON.text(of: .array(rows)))
        return
      }
      for count in counts {
        let channel = SuppressionScope(channel: count.channel).rawValue
        print("\(channel)  \(count.reason.rawValue)  \(count.count)")
      }
      if counts.isEmpty { print("nobody is on the list") }
    }
  }

  /// Reads a list.
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Adds a list: addresses, or hashes that export wrote.",
      discussion: """
        A table with a column address, email, phone or hash, and where it has them channel, reason, by \
        and since; or a bare list of addresses. Hashes are good for the database that made them and for \
        its copies. Rows that cannot be taken are told with line and column, all others are added; the exit \
        code is 2 then.
        """)

    @Argument(help: "The file.")
    var file: String

    @Option(help: SuppressionTerms.channelHelp)
    var channel: String?

    @Option(help: SuppressionTerms.reasonHelp)
    var reason = Suppression.Reason.imported.rawValue

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let channel = try SuppressionTerms.channel(channel)
      let reason = try SuppressionTerms.reason(reason)
      let report = try await options.application().suppressions.importFile(
        file, channel: channel, reason: reason)
      print("\(report.added) added, \(report.known) on the list already")
      guard report.refused > 0 else { return }
      for refusal in report.firstRefused {
        FileHandle.standardError.write(Data("line \(refusal.line): \(refusal.reason)\n".utf8))
      }
      FileHandle.standardError.write(Data("\(report.refused) could not be taken\n".utf8))
      throw ExitCode(2)
    }
  }

  /// Writes the list.
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes the list, addresses as hashes only.")

    @Argument(help: "The file to write; - for standard output.")
    var file: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let count = try await options.application().suppressions.export(to: file)
      if file != OutputFile.standardOutput { print("\(count) written to \(file)") }
    }
  }
}

/// What is said of a suppression on the command line.
private enum SuppressionTerms {
  static let channelHelp = ArgumentHelp(
    "\(SuppressionScope.names.joined(separator: ", ")) (default: all).", valueName: "name")
  static let reasonHelp = ArgumentHelp(
    Suppression.Reason.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name")

  static func channel(_ text: String?) throws -> OutreachChannel? {
    guard let text else { return nil }
    guard let scope = SuppressionScope(rawValue: text) else {
      throw ValidationError(
        "--channel: found '\(text)', expected one of "
          + SuppressionScope.names.joined(separator: ", "))
    }
    return scope.channel
  }

  static func reason(_ text: String) throws -> Suppression.Reason {
    guard let reason = Suppression.Reason(rawValue: text) else {
      throw ValidationError(
        "--reason: found '\(text)', expected one of "
          + Suppression.Reason.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return reason
  }

  static func addresses(_ texts: [String], _ desk: SuppressionDesk) throws -> [ContactAddress] {
    try texts.enumerated().map { place, text in
      guard let address = desk.address(text) else {
        // Not what was given: it may be somebody's after all.
        throw ValidationError(
          "address \(place + 1): expected an e-mail address or a telephone number")
      }
      return address
    }
  }
}
