import Configuration
import Foundation
import Marketing
import SystemPackage

/// A setting that cannot be used.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// Where it stands, what was found and what would be accepted.
  package let message: String
  package var description: String { message }
}

/// Reads the configuration from its sources and remembers where each value came from.
package struct ConfigurationReader: Sendable {
  /// A configuration with the source of each setting.
  package struct Loaded: Sendable {
    /// The settings.
    package let configuration: ServerConfiguration
    /// The source of each setting by key: a flag, a variable, a file, or `default`.
    package let sources: [String: String]
  }

  private struct Source: Sendable {
    let describe: @Sendable (SettingKey) -> String
    let reader: ConfigReader
  }

  private let sources: [Source]
  private let environment: [String: String]

  /// A reader.
  /// - Parameters:
  ///   - flags: values given on the command line, by setting key.
  ///   - environment: the process's variables; `LEADRELAY_CONFIG` names the file when no flag does.
  ///   - file: a JSON (`.json`) or YAML (`.yaml`, `.yml`) file.
  /// - Throws: `ConfigurationError` for a file that cannot be read or parsed.
  package init(
    flags: [String: String], environment: [String: String], file: String?
  ) async throws(ConfigurationError) {
    self.environment = environment
    var sources: [Source] = []
    if !flags.isEmpty {
      let values = Dictionary(
        uniqueKeysWithValues: flags.map {
          (
            AbsoluteConfigKey($0.key.split(separator: ".").map(String.init)),
            ConfigValue(stringLiteral: $0.value)
          )
        })
      sources.append(
        Source(
          describe: { "flag --\($0.name.replacing(".", with: "-"))" },
          reader: ConfigReader(provider: InMemoryProvider(name: "flags", values: values))))
    }
    let variables = EnvironmentVariablesProvider(environmentVariables: environment)
    sources.append(
      Source(
        describe: { $0.variable },
        reader: ConfigReader(provider: variables.prefixKeys(with: "leadrelay"))))
    if let path = file ?? environment["LEADRELAY_CONFIG"] {
      sources.append(Source(describe: { _ in path }, reader: try await Self.reader(ofFile: path)))
    }
    self.sources = sources
  }

  private static func reader(ofFile path: String) async throws(ConfigurationError) -> ConfigReader {
    do {
      if path.hasSuffix(".json") {
        return ConfigReader(
          provider: try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
      }
      guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
        throw ConfigurationError(
          message: "\(path): found an unknown kind of file, expected .json, .yaml or .yml")
      }
      return ConfigReader(provider: try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw ConfigurationError(message: "\(path): cannot be read as configuration: \(error)")
    }
  }

  /// The settings in effect.
  /// - Throws: `ConfigurationError` naming every setting that cannot be used.
  package func load() throws(ConfigurationError) -> Loaded {
    var configuration = ServerConfiguration(
      databasePath: DatabaseURL.defaultPath(environment: environment))
    var origins: [String: String] = [:]
    var problems: [String] = []
    for key in SettingKey.all {
      guard let (source, text) = value(of: key) else {
        origins[key.name] = "default"
        continue
      }
      origins[key.name] = source
      if let accepted = key.set(text, &configuration) {
        let found = key.isSecret ? "a value" : "'\(text)'"
        problems.append("\(source): \(key.name): found \(found), expected \(accepted)")
      }
    }
    problems += configuration.triage.problems().map { "triage\($0.field): \($0)" }
    guard problems.isEmpty else {
      throw ConfigurationError(message: problems.joined(separator: "\n"))
    }
    return Loaded(configuration: configuration, sources: origins)
  }

  /// The first source that has the setting, with the value as text whatever its type there.
  private func value(of key: SettingKey) -> (String, String)? {
    let name = ConfigKey(key.name.split(separator: ".").map(String.init))
    for source in sources {
      if let text = Self.text(of: name, isSecret: key.isSecret, in: source.reader) {
        return (source.describe(key), text)
      }
    }
    return nil
  }

  private static func text(of name: ConfigKey, isSecret: Bool, in reader: ConfigReader) -> String? {
    if let text = reader.string(forKey: name, isSecret: isSecret) { return text }
    if let number = reader.int(forKey: name, isSecret: isSecret) { return String(number) }
    if let number = reader.double(forKey: name, isSecret: isSecret) { return String(number) }
    if let flag = reader.bool(forKey: name, isSecret: isSecret) { return String(flag) }
    return reader.stringArray(forKey: name, isSecret: isSecret)?.joined(separator: ",")
  }
}
