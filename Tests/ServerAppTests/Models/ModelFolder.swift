import Foundation
import JSONRPC
import Testing

/// A folder with files, and a database in a folder of its own, for the commands about models.
struct ModelFolder {
  let path: String
  /// The folder of the database.
  let kept: String

  /// Runs a test in a folder that is gone afterwards.
  static func with<Value>(_ body: (ModelFolder) async throws -> Value) async throws -> Value {
    try await ServerProcess.withFolder { folder in
      let (files, kept) = ("\(folder)/files", "\(folder)/kept")
      for path in [files, kept] {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      }
      return try await body(ModelFolder(path: files, kept: kept))
    }
  }

  /// The arguments that name the database.
  var database: [String] { ["--database", "sqlite:\(kept)/l.sqlite"] }

  /// A file's path.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file.
  /// - Returns: its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Writes leads to a file.
  /// - Returns: its path.
  @discardableResult
  func write(_ name: String, _ leads: LeadRows) throws -> String { try write(name, leads.text) }

  /// What a file holds.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  /// The names of the files that there are, hidden ones too.
  var names: Set<String> {
    get throws { Set(try FileManager.default.contentsOfDirectory(atPath: path)) }
  }

  /// Runs a command.
  func run(_ arguments: [String]) async throws -> (code: Int32, output: String, errors: String) {
    try await ServerProcess.run(arguments + database)
  }

  /// Runs a command that must succeed.
  /// - Returns: what it printed.
  @discardableResult
  func done(_ arguments: [String]) async throws -> String {
    let result = try await run(arguments)
    try #require(result.code == 0, "\(arguments): \(result.output) \(result.errors)")
    return result.output
  }

  /// Trains on leads, without the columns that are of no use.
  /// - Returns: what it printed.
  @discardableResult
  func train(
    _ leads: LeadRows = LeadRows(), as name: String = "leads", _ flags: [String] = []
  ) async throws -> String {
    let csv = try write("\(name)-training.csv", leads)
    return try await done(
      ["train", "--csv", csv, "--target", "Converted", "--exclude", "Notes", "--name", name]
        + flags)
  }

  /// The models as `models list` tells them.
  func list() async throws -> JSONValue {
    try JSONParser().parse(try await done(["models", "list", "--json"]))
  }

  /// The names of the stored models, and the one that answers.
  func standing() async throws -> (models: [String], active: String) {
    let list = try await list()
    let models = list["models"]?.arrayValue?.compactMap { $0["model"]?.stringValue }
    return (try #require(models), try #require(list["active"]?.stringValue))
  }
}
