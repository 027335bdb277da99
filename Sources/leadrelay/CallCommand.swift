import ArgumentParser
import JSONRPC
import MCP
import ServerApp

/// Calls a tool without a server process.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Calls a tool and prints its result.",
    discussion: """
      The exit code is 0 when the tool succeeded, 1 when the tool or the server failed, and 64 when \
      the command line or a setting is wrong.
      """)

  @Argument(help: "The tool's name.")
  var tool: String

  @Argument(help: "The arguments as a JSON object.")
  var arguments = "{}"

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup(title: "Tools") var toolOptions: ToolOptions

  func run() async throws {
    let arguments: JSONValue
    do {
      arguments = try JSONParser().parse(self.arguments)
    } catch {
      throw ValidationError("arguments: found no JSON (\(error)), expected a JSON object")
    }
    guard arguments.objectValue != nil else {
      throw ValidationError("arguments: found \(arguments.typeName), expected a JSON object")
    }
    let application = try await options.application(toolOptions)
    let bar = ProgressBar()
    let result: JSONObject
    do {
      result = try await application.withLocalClient { client in
        try await client.request(
          "tools/call", ["name": .string(tool), "arguments": arguments]
        ) { progress, total, message in
          bar.show(message ?? tool, share: progress / max(1, total ?? progress))
        }
      }
    } catch {
      bar.clear()
      throw error
    }
    bar.clear()
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
