import Foundation
import JSONRPC
import ServedFiles

/// A host's list of servers cannot be changed.
package struct HostError: Error, Sendable, CustomStringConvertible {
  /// What was found and what to do.
  package let message: String
  package var description: String { message }

  /// An error.
  package init(message: String) { self.message = message }
}

/// Enters the server in the configuration of an MCP host, by the table in `resources/hosts.json`.
package struct HostInstaller: Sendable {
  /// One host.
  package struct Host: Sendable {
    /// The name on the command line, for example `claude-code`.
    package let id: String
    /// The name for people.
    package let name: String
    /// What to do afterwards.
    package let activation: String
    /// How to see that it worked.
    package let check: String
    let json: JSONValue
  }

  /// Where a host's configuration is looked for.
  package enum Scope: String, Sendable, CaseIterable {
    case user, project
  }

  /// The hosts there are.
  package let hosts: [Host]
  private let environment: [String: String]
  private let name: String
  private let values: [String: String]
  private let arguments: [String]

  /// An installer.
  /// - Parameters:
  ///   - command: the absolute path of this program.
  ///   - database: the database's URL with an absolute path.
  ///   - arguments: what follows the database on the command line.
  ///   - name: the server's name in the host: 1 to 64 of letters, digits, `_` and `-`, which every
  ///     host accepts, makes tool names of, and stores without quotes.
  /// - Throws: `HostError` for another name, and when the table is broken.
  package init(
    command: String, database: String, arguments: [String] = [], name: String,
    environment: [String: String]
  ) throws(HostError) {
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(TOMLLine.isBare) else {
      throw HostError(
        message: "found the name '\(name)', expected 1 to 64 of letters, digits, '_' and '-'")
    }
    self.environment = environment.filter { !$0.value.isEmpty }
    self.name = name
    self.arguments = arguments
    self.values = ["command": command, "database": database, "name": name]
    guard let table = try? JSONParser().parse(ServedFile.hosts.bytes),
      let hosts = table["hosts"]?.arrayValue
    else { throw HostError(message: "resources/hosts.json cannot be read") }
    self.hosts = hosts.compactMap { host in
      guard let id = host["id"]?.stringValue, let name = host["name"]?.stringValue else {
        return nil
      }
      return Host(
        id: id, name: name, activation: host["activate"]?.stringValue ?? "",
        check: host["check"]?.stringValue ?? "", json: host)
    }
  }

  /// The host of this name.
  /// - Throws: `HostError` listing the names there are.
  package func host(_ id: String) throws(HostError) -> Host {
    guard let host = hosts.first(where: { $0.id == id }) else {
      let names = hosts.map(\.id).joined(separator: ", ")
      throw HostError(message: "found the host '\(id)', expected one of \(names)")
    }
    return host
  }

  /// Where the host's configuration is: the first of its files that exists, else the first.
  package func path(of host: Host, _ scope: Scope) throws(HostError) -> String {
    let paths = host.json["paths"]?[scope.rawValue]
    let candidates = (paths?.arrayValue ?? paths?[Self.system]?.arrayValue ?? [])
      .compactMap(\.stringValue).map(expanded)
    guard let first = candidates.first else {
      throw HostError(message: "\(host.name) has no configuration for the scope \(scope.rawValue)")
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0) } ?? first
  }

  /// What to write into the host's configuration, as its format has it.
  package func snippet(for host: Host) -> String {
    if host.json["format"] == "toml" { return toml(host) }
    var value = JSONValue.object([name: entry(host)])
    for part in pointer(host).reversed() { value = .object([part: value]) }
    return IndentedJSON.text(of: value)
  }

  /// The host's own command that does the same; `nil` when it has none for the scope.
  package func command(of host: Host, _ scope: Scope) -> String? {
    guard let words = host.json["install"]?[scope.rawValue]?.arrayValue else { return nil }
    return (words.compactMap(\.stringValue).map(filled) + arguments)
      .map(Self.quoted).joined(separator: " ")
  }

  /// The host's configuration with the server entered; everything else in it stays.
  /// - Throws: `HostError` when the file holds comments or anything else that would be lost.
  package func merged(into text: String, for host: Host) throws(HostError) -> String {
    if host.json["format"] == "toml" {
      if text.hasSuffix(toml(host)) || text.contains(toml(host) + "\n") { return text }
      guard !TOMLLine.defines(Self.tomlTable, name, in: text) else {
        throw HostError(
          message: "\(Self.tomlTable).\(name) may be there already: change it by hand")
      }
      return text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + "\n" + toml(host)
    }
    let isBlank = text.allSatisfy(\.isWhitespace)
    var root = JSONObject()
    if !isBlank {
      guard let parsed = (try? JSONParser().parse(text))?.objectValue else {
        throw HostError(
          message: "the file is no plain JSON object (comments?): enter the lines by hand")
      }
      root = parsed
    }
    let path = pointer(host) + [name]
    let known = path.reduce(JSONValue.object(root)) { $0[$1] ?? [:] }.objectValue ?? [:]
    var entered = known
    for member in entry(host).objectValue ?? [:]
    // What the user has added to the entry stays, and an empty group adds nothing to it.
    where known[member.key] == nil || member.value.objectValue?.isEmpty != true {
      entered[member.key] = member.value
    }
    let merged = try Self.setting(.object(entered), at: path, in: .object(root))
    return IndentedJSON.text(of: merged) + "\n"
  }

  private static func setting(
    _ value: JSONValue, at path: [String], in current: JSONValue
  ) throws(HostError) -> JSONValue {
    guard let key = path.first else { return value }
    guard var object = current.objectValue else {
      throw HostError(message: "found \(current.typeName) where an object is expected")
    }
    object[key] = try setting(value, at: Array(path.dropFirst()), in: object[key] ?? [:])
    return .object(object)
  }

  private func pointer(_ host: Host) -> [String] {
    (host.json["pointer"]?.stringValue ?? "").split(separator: "/").map(String.init)
  }

  private func entry(_ host: Host) -> JSONValue {
    var entry = filled(host.json["entry"] ?? [:]).objectValue ?? [:]
    let words = entry["args"]?.arrayValue ?? []
    entry["args"] = .array(words + arguments.map(JSONValue.string))
    return .object(entry)
  }

  private static let tomlTable = "mcp_servers"

  private func toml(_ host: Host) -> String {
    var lines = ["[\(Self.tomlTable).\(name)]"]
    for member in entry(host).objectValue ?? [:] {
      // JSON's strings and arrays of strings are TOML's as well.
      lines.append("\(member.key) = \(JSONWriter.text(of: member.value))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func filled(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(filled(text))
    case .array(let elements): .array(elements.map(filled))
    case .object(let object): .object(JSONObject(object.members.map { ($0.key, filled($0.value)) }))
    default: value
    }
  }

  private func filled(_ text: String) -> String {
    values.reduce(text) { $0.replacing("{{\($1.key)}}", with: $1.value) }
  }

  private func expanded(_ path: String) -> String {
    let home = DatabaseURL.home(environment)
    // The XDG specification has relative ones passed over.
    let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let folders = [
      ("$XDG_CONFIG_HOME", configuration ?? "\(home)/.config"),
      ("$CODEX_HOME", environment["CODEX_HOME"] ?? "\(home)/.codex"),
      ("%APPDATA%", environment["APPDATA"] ?? "\(home)/AppData/Roaming"), ("~", home),
    ]
    for (sign, folder) in folders where path.hasPrefix(sign) {
      return folder + path.dropFirst(sign.count)
    }
    return path
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=@".contains($0) }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }

  private static var system: String {
    #if os(macOS)
      "macos"
    #elseif os(Windows)
      "windows"
    #else
      "linux"
    #endif
  }
}
