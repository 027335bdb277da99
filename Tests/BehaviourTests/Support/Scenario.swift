import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// What a client does and must find: a scenario of the protocol's public conformance suite, or a part of
/// one.
struct Scenario: Sendable, CustomTestStringConvertible {
  /// The suite's name of it; behind a colon, of the part.
  let name: String
  let version: ProtocolVersion
  let sourceLocation: SourceLocation
  let run: @Sendable (Visit) async throws -> Void

  var testDescription: String { "\(name) \(version.rawValue)" }

  /// One entry for each revision.
  static func each(
    _ name: String, in versions: [ProtocolVersion],
    sourceLocation: SourceLocation = #_sourceLocation,
    _ run: @escaping @Sendable (Visit) async throws -> Void
  ) -> [Scenario] {
    versions.map {
      Scenario(name: name, version: $0, sourceLocation: sourceLocation, run: run)
    }
  }

  static let all: [Scenario] =
    lifecycle + tools + resources + prompts + asking + stateless + inputRequired + tasks
}

extension [ProtocolVersion] {
  /// The suite's set of the legacy era.
  static let legacy: Self = [.v2025November]
  /// The suite's set of the modern era.
  static let modern: Self = [.v2026July]
  static let both: Self = [.v2025November, .v2026July]
  /// Every revision: what is also tried in those that the suite no longer scores.
  static let every: Self = ProtocolVersion.allCases
}

/// The scenarios over every way to the server. What only HTTP has is in `HTTPScenarioTests`.
@Suite(.timeLimit(.minutes(2))) struct ScenarioTests {
  @Test(arguments: Way.allCases, Scenario.all)
  func scenario(way: Way, scenario: Scenario) async throws {
    try await scenario.run(
      Visit(way: way, version: scenario.version, sourceLocation: scenario.sourceLocation))
  }
}

extension ClientSession {
  /// The result of a tool.
  func call(
    _ tool: String, _ arguments: JSONObject = [:], onProgress: OnProgress? = nil
  ) async throws -> JSONObject {
    try await request(
      "tools/call", ["name": .string(tool), "arguments": .object(arguments)],
      onProgress: onProgress)
  }
}

extension JSONObject {
  /// The text of a tool result's first block.
  var firstText: String? { self["content"]?[0]?["text"]?.stringValue }
}

/// The error that a step ends with; `nil` when it succeeds.
func failure(of step: () async throws -> Void) async -> RPCError? {
  do { try await step() } catch { return error as? RPCError }
  return nil
}
