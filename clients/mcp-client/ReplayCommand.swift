import ArgumentParser
import Foundation
import JSONRPC
import MCP

/// Plays scripts of wire-level cases against a server.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Plays scripts against a server; the exit code is 1 on any mismatch.",
    discussion: """
      Each file is played against a server of its own with an empty database. The format is described \
      in clients/README.md.
      """)

  @Argument(help: "Scripts: files of JSON lines.")
  var files: [String]

  @Flag(help: "Print the failed cases only.")
  var failuresOnly = false

  @Option(
    help: ArgumentHelp(
      "The program that starts the server; --database sqlite:PATH is handed to it behind the "
        + "arguments given here, separated by spaces.", valueName: "command"))
  var server: String?

  func run() async throws {
    var table = Table(columns: ["script", "case", "", "why"])
    var passed = 0
    var failed = 0
    for file in files {
      let name = URL(fileURLWithPath: file).lastPathComponent
      let script = try ReplayScript(file: file)
      for outcome in try await play(script) {
        if outcome.failure == nil { passed += 1 } else { failed += 1 }
        if outcome.failure != nil || !failuresOnly {
          table.add([
            name, outcome.name, outcome.failure == nil ? "pass" : "FAIL", outcome.failure ?? "",
          ])
        }
      }
    }
    print(table.text)
    print("\(passed) passed, \(failed) failed")
    if failed > 0 { throw ExitCode(1) }
  }

  private func play(_ script: ReplayScript) async throws -> [ReplayPlayer.Outcome] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mcp-replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = try ServerOptions.parse([])
    options.database = "sqlite:\(folder.path)/replay.sqlite"
    if let server {
      options.command =
        server.split(separator: " ").map(String.init)
        + ["--database", "sqlite:\(folder.path)/replay.sqlite"]
    }
    let child = try ReplayServer(command: options.serverCommand)
    return await ReplayPlayer(server: child).play(script)
  }
}

/// A script's lines, read and checked.
struct ReplayScript {
  enum Step {
    case send([UInt8Part], end: String)
    case sendValue(JSONValue, end: String)
    case expect(JSONValue, within: Duration)
    case drop(JSONValue)
    case silence
    case close(exit: Int64, within: Duration)
  }

  /// A piece of raw text.
  enum UInt8Part {
    case text(String)
    case bytes([UInt8])
  }

  let steps: [(name: String?, step: Step)]

  init(file: String) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    var steps: [(String?, Step)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      do {
        let json = try JSONParser(maximumBytes: 64 << 20).parse(String(line))
        if let step = try Self.step(json) { steps.append((json["name"]?.stringValue, step)) }
      } catch {
        throw ValidationError("\(file), line \(index + 1): \(error)")
      }
    }
    self.steps = steps
  }

  private static func step(_ line: JSONValue) throws -> Step? {
    let end = line["end"]?.stringValue ?? "\n"
    if let value = line["send"] {
      guard let raw = value["raw"] else { return .sendValue(value, end: end) }
      let parts = raw.arrayValue ?? [raw]
      return .send(try parts.map(part), end: end)
    }
    let seconds = line["within"]?.doubleValue ?? 10
    if let pattern = line["expect"] { return .expect(pattern, within: .seconds(seconds)) }
    if let pattern = line["drop"] { return .drop(pattern) }
    if line["silence"] != nil { return .silence }
    if let close = line["close"] {
      return .close(
        exit: close["exit"]?.integerValue ?? 0, within: .seconds(close["within"]?.doubleValue ?? 3))
    }
    guard line["about"] != nil else {
      throw ValidationError("found a line that says nothing to do")
    }
    return nil
  }

  private static func part(_ json: JSONValue) throws -> UInt8Part {
    if let text = json.stringValue { return .text(text) }
    if let hex = json["hex"]?.stringValue {
      let digits = Array(hex.utf8)
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      }
      return .bytes(bytes)
    }
    guard let text = json["repeat"]?.stringValue, let times = json["times"]?.integerValue else {
      throw ValidationError("found a raw part that is no text, hex or repeat")
    }
    return .text(String(repeating: text, count: Int(times)))
  }
}
