import ArgumentParser
import JSONRPC
import MCP
import ServerConnections

/// Reads a resource.
struct ReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Reads a resource and prints its contents.")

  @Argument(help: "The resource's address, for example dataset://summary.")
  var uri: String

  @OptionGroup var options: ServerOptions

  func run() async throws {
    let result = try await options.withSession(as: .testClient) { session in
      try await session.request("resources/read", ["uri": .string(uri)])
    }
    for contents in result["contents"]?.arrayValue ?? [] {
      print(contents["text"]?.stringValue ?? contents["blob"]?.stringValue ?? "")
    }
  }
}

/// Fills in a prompt.
struct PromptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Fills in a prompt and prints its messages.")

  @Argument(help: "The prompt's name.")
  var name: String

  @Option(
    name: .customLong("argument"),
    help: ArgumentHelp("An argument of the prompt; may be repeated.", valueName: "name=value"))
  var values: [String] = []

  @OptionGroup var options: ServerOptions

  func validate() throws {
    if let value = values.first(where: { !$0.contains("=") }) {
      throw ValidationError("--argument: found '\(value)', expected name=value")
    }
  }

  func run() async throws {
    var arguments = JSONObject()
    for value in values {
      let name = value.prefix { $0 != "=" }
      arguments[String(name)] = .string(String(value.dropFirst(name.count + 1)))
    }
    let filled = arguments
    let result = try await options.withSession(as: .testClient) { session in
      try await session.request(
        "prompts/get", ["name": .string(name), "arguments": .object(filled)])
    }
    for message in result["messages"]?.arrayValue ?? [] {
      print("── \(message["role"]?.stringValue ?? "")")
      let content = message["content"]
      print(
        content?["text"]?.stringValue ?? content?["resource"]?["text"]?.stringValue
          ?? JSONWriter.text(of: content ?? .null))
    }
  }
}
