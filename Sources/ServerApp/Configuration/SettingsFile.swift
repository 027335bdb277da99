import JSONRPC
import Yams

/// The settings in a JSON or YAML file: their values as text, whatever type the file gives them, so that
/// a setting is read in one way from every source.
struct SettingsFile: Sendable {
  /// The file.
  let path: String
  /// Values by key; the keys of groups within groups are joined by dots.
  private(set) var values: [String: String] = [:]
  /// What in the file is neither a value nor a group.
  private(set) var problems: [String] = []

  /// Reads a file.
  /// - Throws: `ConfigurationError` when it cannot be read or parsed.
  init(path: String) throws(ConfigurationError) {
    self.path = path
    let isJSON = path.hasSuffix(".json")
    guard isJSON || path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
      throw ConfigurationError(
        message: "\(path): found an unknown kind of file, expected .json, .yaml or .yml")
    }
    let root: JSONValue
    do {
      guard let text = try TextFile.read(path) else {
        throw ConfigurationError(message: "\(path): there is no such file")
      }
      root = isJSON ? try JSONParser().parse(text) : try Self.tree(ofYAML: text)
    } catch let error as ConfigurationError {
      throw error
    } catch let error as FileError {
      throw ConfigurationError(message: "\(error)")
    } catch {
      throw ConfigurationError(message: "\(path): cannot be read as configuration: \(error)")
    }
    guard case .object(let settings) = root else {
      throw ConfigurationError(
        message: "\(path): found \(root.typeName) as the whole, expected an object of settings")
    }
    add(settings, under: "")
  }

  /// Keys in the file that name no setting, each with what to do.
  var unknownKeys: [String] {
    let known = Set(SettingKey.all.map(\.name))
    return values.keys.filter { !known.contains($0) }.sorted().map { key in
      if let member = known.sorted().first(where: { $0.hasPrefix("\(key).") }) {
        return "\(path): \(key): found a value, expected a group of settings such as \(member)"
      }
      let hint = SettingKey.suggestion(for: key).map { "did you mean \($0)?" }
      return "\(path): \(key): no such setting; " + (hint ?? "leadrelay config lists them")
    }
  }

  private mutating func add(_ group: JSONObject, under prefix: String) {
    for member in group {
      let name = prefix + member.key
      switch member.value {
      case .object(let inner): add(inner, under: "\(name).")
      case .array(let elements):
        let texts = elements.compactMap(Self.text)
        if texts.count == elements.count {
          values[name] = texts.joined(separator: ",")
        } else {
          problems.append("\(path): \(name): found a list of more than values")
        }
      case .null:
        problems.append("\(path): \(name): found nothing, expected a value or no such line")
      case let value: values[name] = Self.text(value)
      }
    }
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .integer, .number: JSONWriter.text(of: value)
    case .null, .array, .object: nil
    }
  }

  /// YAML as the same tree; scalars stay text, as they are spelled.
  private static func tree(ofYAML text: String) throws -> JSONValue {
    guard let node = try Yams.compose(yaml: text) else { return [:] }
    return tree(node)
  }

  private static func tree(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      .object(JSONObject(mapping.map { ($0.key.string ?? "?", tree($0.value)) }))
    case .sequence(let sequence): .array(sequence.map(tree))
    case .scalar(let scalar): node.null != nil ? .null : .string(scalar.string)
    case .alias: .null
    }
  }
}
