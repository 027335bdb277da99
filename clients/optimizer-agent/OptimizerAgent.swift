import AgentRuntime
import ArgumentParser
import JSONRPC

/// Finds out what to change about campaigns that break a rule: changes what it may, tests what is uncertain, and has a
/// person asked about the rest.
@main
struct OptimizerAgent: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizer-agent",
    abstract: "Optimizes campaigns that break a rule, under the server's policy.",
    discussion: """
      Connects to --url, or starts the leadrelay beside this program. Works until SIGTERM or SIGINT, then \
      finishes what it has begun or gives it back. Several may run at once.
      """)

  @OptionGroup var agent: AgentOptions

  func run() async throws {
    try await agent.run(role: "optimizer") { work, tools in
      FinishedWork(try await Self.perform(work, tools))
    }
  }

  /// Every step may have been done before, by one that did not live to say so.
  private static func perform(
    _ work: ClaimedWork, _ tools: AgentTools
  ) async throws -> JSONObject {
    guard work.kind == "optimize_campaign" else {
      throw WorkFailure("work of the kind '\(work.kind)' is unknown to this agent")
    }
    guard let campaign = work.subject else {
      throw WorkFailure("the work names no campaign", isFinal: true)
    }
    let found: JSONObject
    do {
      found = try await tools.call("optimize_campaign", ["campaignID": .string(campaign)])
    } catch let failure as WorkFailure {
      // What is not known of a campaign is not known the next time either.
      throw failure.settled
    }
    var result: JSONObject = [
      "campaignID": .string(campaign), "summary": found["summary"] ?? .null,
    ]
    if let escalation = found["escalationID"] { result["askedAPerson"] = [escalation] }
    if let plan = found["experiment"]?.objectValue {
      result["experimentID"] = try await experiment(plan, tools)
    }
    var applied: [JSONValue] = []
    var asked: [JSONValue] = []
    var waiting: [JSONValue] = []
    let proposals = found["proposals"]?.arrayValue ?? []
    for proposal in proposals {
      guard let id = proposal["optimizationID"] else { continue }
      let dry = try await tools.call("apply_optimization", ["optimizationID": id])
      if dry["obstacle"] == nil {
        applied += try await apply(id, tools)
      } else if dry["until"] != nil {
        // Only time is in the way: the server calls again while the rule is broken.
        waiting.append(id)
      } else {
        asked.append(try await ask(about: proposal, among: proposals, dry, campaign, tools))
      }
    }
    if !applied.isEmpty { result["applied"] = .array(applied) }
    if !asked.isEmpty { result["askedAPerson"] = .array(asked) }
    if !waiting.isEmpty { result["waiting"] = .array(waiting) }
    return result
  }

  /// - Returns: the optimization; nothing where another one was faster.
  private static func apply(_ id: JSONValue, _ tools: AgentTools) async throws -> [JSONValue] {
    do {
      let done = try await tools.call(
        "apply_optimization", ["optimizationID": id, "dryRun": false])
      return done["applied"] == true ? [id] : []
    } catch let failure as WorkFailure where !failure.isPassing {
      // The campaign was changed meanwhile, or the policy's limits were reached: nothing is wrong.
      return []
    }
  }

  /// Has a person decide about a proposal that the policy does not let go by itself.
  private static func ask(
    about proposal: JSONValue, among proposals: [JSONValue], _ dry: JSONObject, _ campaign: String,
    _ tools: AgentTools
  ) async throws -> JSONValue {
    let reason = dry["obstacle"]?.stringValue ?? "It needs an approval."
    let subject = "\(proposal["kind"]?.stringValue ?? "change") of \(campaign)"
    let open = try await tools.call(
      "list_escalations", ["state": "open", "subject": .string(subject), "limit": 100])
    for question in open["escalations"]?.arrayValue ?? [] {
      guard let asked = question["context"]?["optimizationID"], let name = question["escalationID"]
      else { continue }
      if asked == proposal["optimizationID"] { return name }
      // What was proposed last week cannot be approved any more: the question is asked anew.
      guard !proposals.contains(where: { $0["optimizationID"] == asked }) else { continue }
      _ = try await tools.call(
        "resolve_escalation",
        ["escalationID": name, "resolution": "Another proposal has taken its place."])
    }
    let made = try await tools.call(
      "create_escalation",
      [
        "subject": .string(subject), "reason": .string(reason),
        "campaignID": .string(campaign),
        "context": [
          "campaignID": .string(campaign),
          "optimizationID": proposal["optimizationID"] ?? .null,
          "changes": proposal["changesInWords"] ?? [],
          "why": .array(
            (proposal["evidence"]?.arrayValue ?? []).compactMap { $0["words"] }),
          "risk": proposal["risk"] ?? .null, "undo": proposal["undo"] ?? .null,
          "approveWith": "apply_optimization with dryRun false and approvedBy",
        ],
      ])
    return made["escalation"]?["escalationID"] ?? .null
  }

  /// Begins the experiment that the server plans, unless it runs already.
  private static func experiment(
    _ plan: JSONObject, _ tools: AgentTools
  ) async throws -> JSONValue {
    do {
      let made = try await tools.call("create_experiment", plan)
      return made["experiment"]?["experimentID"] ?? .null
    } catch let failure as WorkFailure where !failure.isPassing {
      return plan["experimentID"] ?? .null
    }
  }
}
