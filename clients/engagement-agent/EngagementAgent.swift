import AgentRuntime
import ArgumentParser
import JSONRPC

/// Accepts leads that are offered, plans what to say to them and sets it going.
@main
struct EngagementAgent: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engagement-agent",
    abstract: "Accepts leads that are handed on, plans their engagement and starts it.",
    discussion: """
      Connects to --url, or starts the leadrelay beside this program. Works until SIGTERM or SIGINT, then \
      finishes what it has begun or gives it back. Several may run at once.
      """)

  @OptionGroup var agent: AgentOptions

  func run() async throws {
    try await agent.run(role: "engagement") { work, tools in
      FinishedWork(try await Self.perform(work, tools))
    }
  }

  /// Every step may have been done before, by one that did not live to say so.
  private static func perform(
    _ work: ClaimedWork, _ tools: AgentTools
  ) async throws -> JSONObject {
    guard work.kind == "engage_lead" else {
      throw WorkFailure("work of the kind '\(work.kind)' is unknown to this agent")
    }
    guard let leadID = work.leadID else {
      throw WorkFailure("the work names no lead", isFinal: true)
    }
    var request: JSONObject = ["leadID": .string(leadID)]
    // Work that the server left to agents has no handoff.
    if let handoffID = work.subject {
      // In the name of the work, which one agent has at a time: whoever goes on with it has accepted already.
      _ = try await tools.call(
        "accept_handoff", ["handoffID": .string(handoffID), "receiver": .string(work.id)])
      request["handoffID"] = .string(handoffID)
    }
    let planned: JSONObject
    do {
      planned = try await tools.call("plan_engagement", request)
    } catch let failure as WorkFailure where !failure.isPassing {
      return try await engagedAlready(leadID, tools, else: failure)
    }
    guard let engagement = planned["engagement"], let id = engagement["engagementID"] else {
      throw WorkFailure("plan_engagement answered without an engagement")
    }
    guard engagement["state"] == "planned" else { return outcome(engagement) }
    let steps = engagement["steps"]?.arrayValue ?? []
    guard steps.contains(where: { $0["state"] == "planned" }) else {
      let gates = Set(steps.map { $0["gate"]?.stringValue ?? "no channel that leads to it" })
      // A gate is no failure of anybody's: trying again changes nothing, and nobody has to look at it.
      var result = outcome(engagement)
      result["note"] = .string("nothing can be sent: \(gates.sorted().joined(separator: ", "))")
      return result
    }
    do {
      let started = try await tools.call("execute_engagement", ["engagementID": id])
      return outcome(started["engagement"] ?? engagement)
    } catch let failure as WorkFailure {
      // A text that lacks something lacks it the next time too.
      throw failure.settled
    }
  }

  /// A lead that is being engaged is done with.
  /// - Throws: the failure, when it is not.
  private static func engagedAlready(
    _ leadID: String, _ tools: AgentTools, else failure: WorkFailure
  ) async throws -> JSONObject {
    let known: JSONObject
    do {
      known = try await tools.call("get_engagement", ["leadID": .string(leadID)])
    } catch is WorkFailure {
      throw failure.settled
    }
    guard let engagement = known["engagement"],
      ["running", "paused"].contains(engagement["state"])
    else { throw failure.settled }
    var result = outcome(engagement)
    result["note"] = "another engagement of the lead is at work already"
    return result
  }

  /// What is kept with the work.
  private static func outcome(_ engagement: JSONValue) -> JSONObject {
    let steps = engagement["steps"]?.arrayValue ?? []
    let gates = Set(steps.compactMap { $0["gate"]?.stringValue })
    return [
      "engagementID": engagement["engagementID"] ?? .null,
      "strategy": engagement["strategy"] ?? .null, "state": engagement["state"] ?? .null,
      "messages": JSONValue(steps.count { $0["messageID"] != nil }),
      "keptBackBy": .array(gates.sorted().map(JSONValue.string)),
    ]
  }
}
