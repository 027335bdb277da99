import AgentRuntime
import ArgumentParser
import JSONRPC

/// Scores leads that have come in and offers each to the agent that goes on with it.
@main
struct TriageAgent: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "triage-agent",
    abstract: "Takes leads from the queue, triages them and hands them on.",
    discussion: """
      Connects to --url, or starts the leadrelay beside this program. Works until SIGTERM or SIGINT, then \
      finishes what it has begun or gives it back. Several may run at once.
      """)

  @Option(help: "The role that triaged leads are offered to.")
  var receiver = "engagement"

  @OptionGroup var agent: AgentOptions

  func run() async throws {
    let receiver = receiver
    try await agent.run(role: "triage") { work, tools in
      try await Self.perform(work, receiver: receiver, tools)
    }
  }

  /// What is done by somebody who reaches out to the lead.
  private static let engaging: Set<String> = [
    "call_now", "offer_demo", "start_nurture_sequence", "send_self_service", "reply_only",
    "collect_contact_details",
  ]

  /// Whose matter a request is that campaigns do not answer.
  private static let others = ["route_to_support": "support", "route_to_recruiting": "recruiting"]

  /// Every step may have been done before, by one that did not live to say so.
  private static func perform(
    _ work: ClaimedWork, receiver: String, _ tools: AgentTools
  ) async throws -> FinishedWork {
    guard work.kind == "triage_lead" else {
      throw WorkFailure("work of the kind '\(work.kind)' is unknown to this agent")
    }
    guard let leadID = work.leadID else {
      throw WorkFailure("the work names no lead", isFinal: true)
    }
    let triage = try await tools.call("triage_lead", ["leadID": .string(leadID)])
    let action = triage["nextAction"]?["action"] ?? .null
    var result: JSONObject = [
      "category": triage["category"] ?? .null, "score": triage["score"] ?? .null,
      "nextAction": action,
    ]
    let name = action.stringValue ?? ""
    guard engaging.contains(name) else {
      result["handedOver"] = false
      if let known = triage["nextAction"]?["otherLeadID"], name == "continue_with_duplicate" {
        // The same person: what this form says, the lead that is known hears.
        _ = try await tools.call(
          "receive_lead", ["leadID": known, "mergeFrom": .string(leadID)])
        result["continuedWith"] = known
      }
      let next = others[name].map { role -> JSONValue in
        ["kind": "handle_request", "role": .string(role), "payload": ["nextAction": action]]
      }
      return FinishedWork(result, next: next.map { [$0] } ?? [])
    }
    // Named by the work, so that whoever repeats it meets the same handoff.
    let handoffID = "handoff_\(work.id)"
    let prepared = try await tools.call(
      "prepare_handoff",
      [
        "handoffID": .string(handoffID), "leadID": .string(leadID), "from": "triage",
        "to": .string(receiver),
        "reason": triage["nextAction"]?["reason"] ?? "The lead was triaged.",
      ])["handoff"]
    var state = prepared?["state"] ?? .null
    // What only a person can mend waits for one: there is an escalation for it.
    if state == "prepared" { state = try await offer(handoffID, of: leadID, to: receiver, tools) }
    result["handoffID"] = .string(handoffID)
    result["quality"] = prepared?["quality"] ?? .null
    result["state"] = state
    result["handedOver"] = .bool(state == "offered" || state == "accepted")
    return FinishedWork(result)
  }

  /// Puts a handoff on offer.
  /// - Returns: where it stands; `superseded` when the lead is on offer already by another one.
  private static func offer(
    _ handoffID: String, of leadID: String, to receiver: String, _ tools: AgentTools
  ) async throws -> JSONValue {
    do {
      let offered = try await tools.call("offer_handoff", ["handoffID": .string(handoffID)])
      return offered["handoff"]?["state"] ?? .null
    } catch let failure as WorkFailure where !failure.isPassing {
      let others = try await tools.call(
        "list_handoffs",
        ["leadID": .string(leadID), "states": ["offered"], "to": .string(receiver), "limit": 1])
      guard others["handoffs"]?.arrayValue?.isEmpty == false else { throw failure }
      return "superseded"
    }
  }
}
