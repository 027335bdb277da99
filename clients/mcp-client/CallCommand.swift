import ArgumentParser
import Foundation
import JSONRPC
import MCP
import ServerConnections

/// Calls a tool and prints its result.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Calls a tool; the exit code is 1 when the tool failed.")

  @Argument(help: "The tool's name.")
  var tool: String

  @Argument(help: "The arguments as a JSON object, or - to read them from stdin.")
  var arguments = "{}"

  @OptionGroup var options: ServerOptions

  func run() async throws {
    let arguments = try JSONArgument.object(arguments)
    let isTerminal = isatty(STDERR_FILENO) == 1
    let result = try await options.withSession(as: .testClient, handlers: TerminalHandlers.make()) {
      session in
      try await session.request(
        "tools/call", ["name": .string(tool), "arguments": .object(arguments)]
      ) { progress, total, message in
        guard isTerminal else { return }
        let share = total.map { "\(Int(progress))/\(Int($0))" } ?? "\(Int(progress))"
        FileHandle.standardError.write(Data("\r\(share) \(message ?? "")\u{1B}[K".utf8))
      }
    }
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    if let structured = result["structuredContent"] {
      print(IndentedJSON.text(of: structured))
    } else {
      for block in result["content"]?.arrayValue ?? [] {
        print(block["text"]?.stringValue ?? JSONWriter.text(of: block))
      }
    }
    if result["isError"] == true { throw ExitCode(1) }
  }
}

/// JSON given on the command line.
enum JSONArgument {
  static func object(_ text: String) throws -> JSONObject {
    let bytes =
      text == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(text.utf8)
    do {
      guard let object = try JSONParser(maximumBytes: 64 << 20).parse(bytes).objectValue else {
        throw ValidationError("arguments: found JSON that is no object, expected an object")
      }
      return object
    } catch let error as JSONParseError {
      throw ValidationError("arguments: found no JSON (\(error)), expected a JSON object")
    }
  }
}
