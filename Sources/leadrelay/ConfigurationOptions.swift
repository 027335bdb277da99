import ArgumentParser
import Foundation
import Logging
import MarketingTools
import ServerApp

/// The flags that every subcommand takes. A setting is taken from its flag, else from its `LEADRELAY_*`
/// variable, else from the configuration file, else from the defaults.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where everything is kept (default: under the XDG data folder).", valueName: "sqlite:PATH"))
  var database: String?

  @Option(help: ArgumentHelp("A JSON or YAML file of settings.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "trace, debug, info, notice, warning, error or critical.", valueName: "level"))
  var logLevel: String?

  @Option(help: ArgumentHelp("The workspace to work in.", valueName: "name"))
  var workspace: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Any setting by its key; leadrelay config lists the keys.", valueName: "key=value"))
  var settings: [String] = []

  /// The settings in effect, with where each came from. What was passed over is told on stderr.
  /// - Parameter tools: the flags of commands that offer tools.
  /// - Throws: `ValidationError` for settings that cannot be used.
  func load(_ tools: ToolOptions? = nil) async throws -> ConfigurationReader.Loaded {
    do {
      let reader = try ConfigurationReader(
        flags: try flags.merging(tools?.flags ?? [:]) { $1 },
        environment: ProcessInfo.processInfo.environment, file: config)
      let loaded = try reader.load()
      for warning in loaded.warnings {
        FileHandle.standardError.write(Data("warning: \(warning)\n".utf8))
      }
      return loaded
    } catch let error as ConfigurationError {
      throw ValidationError(error.message)
    }
  }

  private var flags: [String: ConfigurationReader.Flag] {
    get throws {
      var flags: [String: ConfigurationReader.Flag] = [:]
      for setting in settings {
        guard let equals = setting.firstIndex(of: "=") else {
          throw ValidationError("--set: found '\(setting)', expected key=value")
        }
        let key = String(setting[..<equals])
        guard SettingKey.all.contains(where: { $0.name == key }) else {
          let keys = SettingKey.all.map(\.name).joined(separator: ", ")
          let hint = SettingKey.suggestion(for: key).map { "did you mean \($0)?" }
          throw ValidationError(
            "--set: found the key '\(key)', \(hint ?? "expected one of \(keys)")")
        }
        flags[key] = .init("--set", String(setting[setting.index(after: equals)...]))
      }
      for (name, key, value) in [
        ("--database", "database", database), ("--log-level", "log.level", logLevel),
        ("--workspace", "workspace", workspace),
      ] {
        if let value { flags[key] = .init(name, value) }
      }
      return flags
    }
  }

  /// The product for the settings in effect, its log on stderr.
  func application(_ tools: ToolOptions? = nil) async throws -> Application {
    let configuration = try await load(tools).configuration
    return try Application(configuration, logger: Self.logger(configuration.logLevel))
  }

  /// The product for long computations: on all cores, unless a setting says otherwise.
  func modelApplication() async throws -> Application {
    let loaded = try await load()
    var configuration = loaded.configuration
    if loaded.sources["models.threads"] == "default" {
      configuration.models.threads = ProcessInfo.processInfo.activeProcessorCount
    }
    return try Application(configuration, logger: Self.logger(configuration.logLevel))
  }

  /// A log of structured lines on stderr.
  static func logger(_ level: String) -> Logger {
    var logger = Logger(label: "leadrelay") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = Logger.Level(rawValue: level) ?? .info
    return logger
  }
}
