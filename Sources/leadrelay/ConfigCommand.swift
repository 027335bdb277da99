import ArgumentParser
import JSONRPC
import ServerApp

/// Prints the settings in effect.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Prints every setting with its value and where it came from; secrets are masked.")

  @Flag(help: "Print them as JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup(title: "Tools") var toolOptions: ToolOptions

  func run() async throws {
    let loaded = try await options.load(toolOptions)
    if json {
      print(IndentedJSON.text(of: .array(SettingKey.all.map { Self.row($0, loaded) })))
      return
    }
    for key in SettingKey.all {
      print("\(key.name) = \(Self.value(key, loaded))")
      print(
        "    \(key.meaning); from \(loaded.sources[key.name] ?? "default"), variable \(key.variable)"
      )
    }
  }

  private static func row(_ key: SettingKey, _ loaded: ConfigurationReader.Loaded) -> JSONValue {
    [
      "key": .string(key.name), "value": .string(value(key, loaded)),
      "source": .string(loaded.sources[key.name] ?? "default"), "variable": .string(key.variable),
      "meaning": .string(key.meaning),
    ]
  }

  private static func value(_ key: SettingKey, _ loaded: ConfigurationReader.Loaded) -> String {
    key.isSecret ? "••••••" : key.show(loaded.configuration)
  }
}
