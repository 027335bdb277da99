import ArgumentParser
import ServerApp

/// Prints the settings in effect.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Prints every setting with its value and where it came from; secrets are masked.")

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let loaded = try await options.load()
    for key in SettingKey.all {
      let value = key.isSecret ? "••••••" : key.show(loaded.configuration)
      print("\(key.name) = \(value)")
      print(
        "    \(key.meaning); from \(loaded.sources[key.name] ?? "default"), variable \(key.variable)"
      )
    }
  }
}
