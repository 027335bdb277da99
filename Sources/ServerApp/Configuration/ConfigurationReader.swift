import Configuration
import Marketing

/// A setting that cannot be used.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// Where it stands, what was found and what would be accepted.
  package let message: String
  package var description: String { message }
}

/// Reads the configuration from its sources and remembers where each value came from. Values are texts in
/// all of them, so that a setting is read in one way; a file is read by `SettingsFile`, because a provider
/// of the library does not tell which keys a file has, and a misspelled one must not be passed over.
package struct ConfigurationReader: Sendable {
  /// A configuration with the source of each setting.
  package struct Loaded: Sendable {
    /// The settings.
    package let configuration: ServerConfiguration
    /// The source of each setting by key: a flag, a variable, a file, or `default`.
    package let sources: [String: String]
    /// What was passed over, for the user to see.
    package let warnings: [String]
  }

  /// A value given on the command line.
  package struct Flag: Sendable, Hashable {
    /// The flag as it was written: `--database`, or `--set`.
    package let name: String
    /// The value.
    package let text: String

    /// A value behind a flag.
    package init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Variables that are read, but set nothing.
  private static let otherVariables = ["LEADRELAY_CONFIG"]
  private static let prefix = "LEADRELAY_"

  private struct Source: Sendable {
    /// What a setting from here is called in messages.
    let name: @Sendable (SettingKey) -> String
    let reader: ConfigReader
  }

  private let environment: [String: String]
  private let file: SettingsFile?
  /// In the order in which they are asked.
  private let sources: [Source]

  /// A reader.
  /// - Parameters:
  ///   - flags: values given on the command line, by setting key.
  ///   - environment: the process's variables; `LEADRELAY_CONFIG` names the file when no flag does. An
  ///     empty one counts as not set.
  ///   - file: a JSON (`.json`) or YAML (`.yaml`, `.yml`) file.
  /// - Throws: `ConfigurationError` for a file that cannot be read or parsed.
  package init(
    flags: [String: Flag], environment: [String: String], file: String?
  ) throws(ConfigurationError) {
    let variables = environment.filter { !$0.value.isEmpty }
    self.environment = variables
    if file?.isEmpty == true {
      throw ConfigurationError(message: "--config: found no path, expected that of a file")
    }
    if let file {
      self.file = try SettingsFile(path: file)
    } else if let path = self.environment["LEADRELAY_CONFIG"] {
      do {
        self.file = try SettingsFile(path: path)
      } catch {
        // Nobody has named the file in this command line.
        throw ConfigurationError(message: "LEADRELAY_CONFIG: \(error.message)")
      }
    } else {
      self.file = nil
    }
    var sources = [
      Source(
        name: { flags[$0.name]?.name ?? $0.name },
        reader: Self.reader(of: flags.mapValues(\.text), named: "flags")),
      Source(
        name: { $0.variable },
        reader: ConfigReader(
          provider: EnvironmentVariablesProvider(environmentVariables: variables)
            .prefixKeys(with: "leadrelay"))),
    ]
    if let file = self.file {
      sources.append(
        Source(name: { _ in file.path }, reader: Self.reader(of: file.values, named: file.path)))
    }
    self.sources = sources
  }

  private static func reader(of texts: [String: String], named name: String) -> ConfigReader {
    let values = texts.map { key, text in
      (AbsoluteConfigKey(parts(of: key)), ConfigValue(.string(text), isSecret: false))
    }
    return ConfigReader(
      provider: InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: values)))
  }

  private static func parts(of key: String) -> [String] {
    key.split(separator: ".").map(String.init)
  }

  /// The settings in effect.
  /// - Throws: `ConfigurationError` naming every setting that cannot be used and every key in the file
  ///   that is none.
  package func load() throws(ConfigurationError) -> Loaded {
    var configuration = ServerConfiguration(
      databasePath: DatabaseURL.defaultPath(environment: environment))
    var origins: [String: String] = [:]
    var problems = (file?.unknownKeys ?? []) + (file?.problems ?? [])
    for key in SettingKey.all {
      guard let (source, text) = value(of: key) else {
        origins[key.name] = "default"
        continue
      }
      origins[key.name] = source
      if let accepted = key.set(text, environment, &configuration) {
        let found = key.isSecret ? "a value" : "'\(text)'"
        problems.append("\(source): \(key.name): found \(found), expected \(accepted)")
      }
    }
    problems += configuration.triage.problems().map {
      Self.contradiction($0, in: "triage", origins)
    }
    problems += configuration.engagement.problems().map {
      Self.contradiction($0, in: "engagement", origins)
    }
    // What could not be set is told already, and would look as if it were missing.
    if problems.isEmpty { problems += configuration.contradictions() }
    guard problems.isEmpty else {
      throw ConfigurationError(message: problems.joined(separator: "\n"))
    }
    return Loaded(configuration: configuration, sources: origins, warnings: unknownVariables)
  }

  /// The first source that has the setting, with the value as text whatever its type there.
  private func value(of key: SettingKey) -> (source: String, text: String)? {
    let name = ConfigKey(Self.parts(of: key.name))
    for source in sources {
      if let text = source.reader.string(forKey: name, isSecret: key.isSecret) {
        return (source.name(key), text)
      }
    }
    return nil
  }

  /// Settings that are good alone and make no sense together, with where each came from.
  /// - Parameter section: what the settings' names begin with.
  private static func contradiction(
    _ problem: FieldError, in section: String, _ origins: [String: String]
  ) -> String {
    // Settings have no parts of their own in their names.
    let field = problem.field.split(separator: "/").last ?? ""
    let involved = SettingKey.all.map(\.name).filter { name in
      guard name.hasPrefix(section + ".") else { return false }
      let end = name.dropFirst(section.count + 1)
      return end == field || problem.expected.contains(end)
    }
    let places = involved.map { "\($0) is from \(origins[$0] ?? "default")" }
    return "\(section).\(field): found \(problem.found), expected \(problem.expected) ("
      + places.joined(separator: ", ") + ")"
  }

  /// Variables that look like ours and are not. No reason to refuse a start: others put variables into
  /// an environment too, such as Kubernetes for every service, `LEADRELAY_SERVICE_HOST` for one.
  private var unknownVariables: [String] {
    let known = SettingKey.all.map(\.variable) + Self.otherVariables
    return environment.keys.filter { $0.hasPrefix(Self.prefix) && !known.contains($0) }
      .sorted().map { name in
        let nearest = NearestName.of(
          String(name.dropFirst(Self.prefix.count)),
          among: known.map { String($0.dropFirst(Self.prefix.count)) })
        let hint = nearest.map { "; did you mean \(Self.prefix)\($0)?" }
        return "\(name) is no setting and is ignored" + (hint ?? "")
      }
  }
}
