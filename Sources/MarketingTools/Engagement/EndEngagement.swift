import MCP
import Marketing

/// What pausing and cancelling share.
package enum EndEngagement {
  /// Which engagement, and why.
  package struct Arguments: Decodable, Sendable {
    var engagementID: EngagementID
    var reason: String?
  }

  /// The engagement as it is now.
  package struct Output: Encodable, Sendable {
    let engagement: EngagementEntry
  }

  static func end(
    _ arguments: Arguments, _ ending: EngagementEnding, _ actor: String,
    _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let desk = environment.engagements
    return try await storing(context) { () async throws(StoreError) in
      let engagement = try await desk.end(
        arguments.engagementID, ending, by: actor, in: context.workspace)
      return Output(engagement: try await desk.entry(of: engagement, in: context.workspace))
    }
  }
}
