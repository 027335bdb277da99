import ArgumentParser
import Foundation
import JSONRPC
import Marketing
import ServerApp

/// Makes, lists and revokes the keys to the gateway.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Makes, lists and revokes the keys that agents present over HTTP and WebSocket.",
    discussion: """
      Once there is a key, nothing is done over HTTP and WebSocket without one, or without a token of \
      the issuer; that stays so when all keys are revoked or expired.
      """,
    subcommands: [Create.self, List.self, Revoke.self])
}

extension TokenCommand {
  /// Makes a key and shows it, once.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create", abstract: "Makes a key and prints it: it is not shown again.",
      discussion: """
        Only the key goes to stdout: KEY=$(leadrelay token create --scopes leads:read). It is sent as \
        Authorization: Bearer KEY and works in the workspace of --workspace.
        """)

    @Option(
      help: ArgumentHelp(
        "What it may do, such as leads:read,leads:write; * for all but admin.", valueName: "scopes")
    )
    var scopes: String

    @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
    var label: String?

    @Option(
      help: ArgumentHelp(
        "How long it is good, such as 12h, 90d or 8w (default: for ever).", valueName: "time"))
    var expires: String?

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let scopes = try KeyTerms.scopes(self.scopes)
      let label = try label.map(KeyTerms.label)
      let lifetime = try expires.map(KeyTerms.lifetime)
      let application = try await options.application()
      let (key, text) = try await application.accessKeys.create(
        scopes: scopes, label: label, workspace: application.configuration.workspace,
        lifetime: lifetime)
      print(text)
      let end = key.expiresAt.map { "until \($0.iso8601)" } ?? "until it is revoked"
      FileHandle.standardError.write(
        Data(
          """
          Key \(key.id) for \(key.scopes.sorted().joined(separator: ",")) in workspace \
          \(key.workspace), good \(end). It is not shown again.\n
          """.utf8))
    }
  }

  /// Lists the keys.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the keys of every workspace, without their secrets.")

    @Flag(help: "Print the keys as a JSON array.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      let keys = try await options.application().accessKeys.keys()
      if json {
        print(IndentedJSON.text(of: .array(keys.map { Self.row($0.key, $0.state) })))
        return
      }
      for (key, state) in keys {
        let words: [String?] = [
          key.id.rawValue, state.rawValue, key.workspace.rawValue,
          key.scopes.sorted().joined(separator: ","), "made \(key.createdAt.iso8601)",
          key.expiresAt.map { "good until \($0.iso8601)" },
          key.revokedAt.map { "revoked \($0.iso8601)" },
          key.lastUsedAt.map { "used \($0.iso8601)" } ?? "never used", key.label,
        ]
        print(words.compactMap { $0 }.joined(separator: "  "))
      }
      if keys.isEmpty { print("no keys") }
    }

    private static func row(_ key: AccessKey, _ state: AccessKey.State) -> JSONValue {
      var row: JSONObject = ["id": .string(key.id.rawValue), "state": .string(state.rawValue)]
      row["label"] = key.label.map(JSONValue.string)
      row["workspace"] = .string(key.workspace.rawValue)
      row["scopes"] = .array(key.scopes.sorted().map(JSONValue.string))
      row["createdAt"] = .string(key.createdAt.iso8601)
      row["expiresAt"] = key.expiresAt.map { .string($0.iso8601) }
      row["revokedAt"] = key.revokedAt.map { .string($0.iso8601) }
      row["lastUsedAt"] = key.lastUsedAt.map { .string($0.iso8601) }
      return .object(row)
    }
  }

  /// Makes a key worthless.
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke",
      abstract: "Makes a key worthless for good; running servers know within about a second.")

    @Argument(help: "The key's name, as token list prints it.")
    var id: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
      guard let key = try await options.application().accessKeys.revoke(id) else {
        // Not what was given: it may be a key.
        throw CommandError("there is no key of that name; leadrelay token list prints them")
      }
      print("key \(key.id) is revoked since \(key.revokedAt?.iso8601 ?? "now")")
    }
  }
}

/// What a key is made for, read from the command line.
private enum KeyTerms {
  private static let longestDays = 3650
  private static let longestLabel = 100

  static func scopes(_ text: String) throws -> Set<String> {
    let found = SettingText.list(text)
    guard !found.isEmpty else {
      throw ValidationError("--scopes: found none, expected \(accepted)")
    }
    var scopes: Set<String> = []
    for scope in found {
      if scope == "*" {
        scopes.formUnion(Scopes.allButAdmin)
      } else if Scopes.isKnown(scope) {
        scopes.insert(scope)
      } else {
        let hint = NearestName.of(scope, among: Scopes.all).map { "did you mean \($0)? " } ?? ""
        throw ValidationError("--scopes: found '\(scope)', \(hint)expected \(accepted)")
      }
    }
    return scopes
  }

  private static var accepted: String {
    "some of \(Scopes.all.joined(separator: ", ")), or * for all but admin"
  }

  static func label(_ text: String) throws -> String {
    let isReadable = text.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
    }
    guard (1...longestLabel).contains(text.count), isReadable else {
      throw ValidationError(
        "--label: found \(text.count) characters that are no label, expected 1 to \(longestLabel) "
          + "in one line")
    }
    return text
  }

  static func lifetime(_ text: String) throws -> Duration {
    let hours: [Character: Int] = ["h": 1, "d": 24, "w": 24 * 7]
    guard let unit = text.last.flatMap({ hours[$0] }), let count = Int(text.dropLast()),
      count >= 1, count <= longestDays * 24, count * unit <= longestDays * 24
    else {
      throw ValidationError(
        "--expires: found '\(text)', expected hours, days or weeks such as 12h, 90d or 8w, "
          + "up to \(longestDays)d")
    }
    return .seconds(count * unit * 3600)
  }
}
