import Gateway
import JSONRPC
import MCP

/// Tools that answer as a test wants, under the name and the contract of one of the product's.
enum StandInTool {
  /// A catalogue of the tool alone.
  static func catalog(
    _ name: String = "record_outcome",
    handle:
      @escaping @Sendable (JSONObject, RequestContext) async throws(CallInterruption) -> ToolResult
  ) throws -> ToolCatalog {
    try ToolCatalog([
      RegisteredTool(
        ToolDefinition(
          name: name, summary: "Stands in", inputSchema: ["type": "object"],
          scopes: ["leads:write"]), handle: handle)
    ])
  }
}

/// A tool's call that the test holds up.
final class HeldCall: Sendable {
  /// Fulfilled when the tool is called.
  let started = OneShot<Void>()
  /// Fulfilled when the call is cancelled.
  let cancelled = OneShot<Void>()
  private let go = OneShot<Void>()
  private let calls = Locked(0)

  /// How often the tool was called.
  var count: Int { calls.withLock { $0 } }

  /// Lets the call go on.
  func release() { go.fulfil(()) }

  /// What the tool does: the first call waits, later ones do not.
  func call() async throws(CallInterruption) -> ToolResult {
    let isFirst = calls.withLock { (calls: inout Int) -> Bool in
      calls += 1
      return calls == 1
    }
    guard isFirst else { return ToolResult(structured: ["call": 2]) }
    started.fulfil(())
    await withTaskCancellationHandler {
      await go.value()
    } onCancel: {
      cancelled.fulfil(())
      go.fulfil(())
    }
    if Task.isCancelled { throw .cancelled }
    return ToolResult(structured: ["call": 1])
  }
}
