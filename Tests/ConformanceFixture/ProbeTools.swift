import JSONRPC
package import MCP

/// Tools that a test holds by their latches.
package enum ProbeTools {
  /// `wait`: sets `started`, then waits for `release` or its cancellation, which it notes in `cancelled`.
  package static func waiting(
    _ probe: Probe, name: String = "wait", support: ToolDefinition.TaskSupport = .forbidden
  ) throws -> RegisteredTool {
    try .test(name, support: support) {
      (_: JSONObject, _: RequestContext) async throws(CallInterruption) in
      probe["started"].set()
      guard await probe["release"].wait() else {
        probe["cancelled"].set()
        throw .cancelled
      }
      return .text("released")
    }
  }

  /// `stubborn`: waits for `release` whatever happens; then reports progress, logs and answers, and
  /// sets `done`.
  package static func stubborn(
    _ probe: Probe, support: ToolDefinition.TaskSupport = .forbidden
  ) throws -> RegisteredTool {
    try .test("stubborn", support: support) {
      (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
      probe["started"].set()
      await probe["release"].waitDeafly()
      context.progress?.report(1, of: 2)
      context.log(.emergency, "after all")
      context.progress?.report(2, of: 2)
      probe["done"].set()
      return .text("released")
    }
  }
}
