package import JSONRPC
import MCP

/// The server's tools, as an agent calls them.
package struct AgentTools: Sendable {
  /// How often a call is repeated that the server has no room for.
  private static let repeats = 5

  private let session: ClientSession

  init(_ session: ClientSession) { self.session = session }

  /// Calls a tool.
  /// - Returns: its structured result.
  /// - Throws: `WorkFailure` with what the tool or the server says; `RPCError` when the connection is gone.
  package func call(_ tool: String, _ arguments: JSONObject) async throws -> JSONObject {
    for _ in 0..<Self.repeats {
      do {
        return try Self.result(
          of: tool,
          try await session.request(
            "tools/call", ["name": .string(tool), "arguments": .object(arguments)]))
      } catch let error as RPCError where error.code == .rateLimited {
        let wait = error.data?["retryAfterMs"]?.integerValue ?? 1000
        try await Task.sleep(for: .milliseconds(max(1, min(wait, 10_000))))
      } catch let error as RPCError {
        guard !session.isClosed, !Task.isCancelled else { throw error }
        throw WorkFailure("\(tool): \(error.message)", isPassing: true)
      }
    }
    throw WorkFailure("\(tool): the server has no room for it", isPassing: true)
  }

  /// What a tool answered.
  /// - Throws: `WorkFailure` when that is no result.
  static func result(of tool: String, _ answer: JSONObject) throws -> JSONObject {
    guard answer["isError"] != true, let structured = answer["structuredContent"]?.objectValue
    else {
      let text = answer["content"]?[0]?["text"]?.stringValue ?? "answered without a result"
      // As tools say it of what others have changed meanwhile, and of what cannot be done at the moment.
      let isPassing = ["try again later", "and retry"].contains { text.contains($0) }
      throw WorkFailure("\(tool): \(text)", isPassing: isPassing)
    }
    return structured
  }
}

/// Why a piece of work could not be done.
package struct WorkFailure: Error, CustomStringConvertible {
  /// In words.
  package let description: String
  /// Whether no further attempt can succeed.
  package let isFinal: Bool
  /// Whether the server says that it may succeed later, with nothing changed.
  package let isPassing: Bool

  /// A failure.
  package init(_ description: String, isFinal: Bool = false, isPassing: Bool = false) {
    self.description = description
    self.isFinal = isFinal
    self.isPassing = isPassing
  }

  /// The same as one that no further attempt can mend, unless it passes by itself.
  package var settled: WorkFailure {
    WorkFailure(description, isFinal: !isPassing, isPassing: isPassing)
  }
}
