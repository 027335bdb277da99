import JSONRPC
package import MCP
import Marketing

/// Sets a campaign's controls as an optimization says, if the policy lets it.
package struct ApplyOptimizationTool: Tool {
  /// Which one, and who has approved it.
  package struct Arguments: Decodable, Sendable {
    var optimizationID: OptimizationID
    var dryRun: Bool?
    var approvedBy: String?
  }

  /// What was changed, or would be.
  package struct Output: Encodable, Sendable {
    let optimizationID: OptimizationID
    let campaignID: CampaignID
    let applied: Bool
    let dryRun: Bool
    let isNew: Bool
    let changes: [String]
    let obstacle: String?
    let until: Timestamp?
    let controls: JSONObject
    let told: Bool
  }

  /// What a credential must have to approve in a person's name.
  static let approving: Set<String> = ["admin:write"]

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("apply_optimization")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let (now, desk) = (environment.now(), environment.campaigns)
    if arguments.approvedBy != nil, !context.principal.mayUse(Self.approving) {
      throw .problem(
        CallProblem(
          .invalid,
          "approvedBy: this credential may not approve, which takes admin:write. Leave it out: what the "
            + "policy lets go by itself is applied, and of what it does not a person has to be asked.",
          fields: [.init(pointer: "/approvedBy", detail: "the credential lacks admin:write")]))
    }
    let (optimization, situation) = try await storing(context) { () async throws(StoreError) in
      let store = desk.optimizations
      guard let found = try store.optimization(arguments.optimizationID, in: context.workspace)
      else { throw StoreError.noSuchOptimization(arguments.optimizationID) }
      return (
        found,
        try await store.situation(
          of: found, under: desk.settings.policy, at: now, in: context.workspace)
      )
    }
    var approver = arguments.approvedBy
    let decision = desk.settings.policy.decide(
      optimization, in: situation, now: now, approvedBy: approver)
    if arguments.dryRun != false {
      return output(
        optimization, decision, situation.controls, isNew: false, told: false, isDryRun: true)
    }
    if approver == nil, !decision.isAllowed, optimization.state == .proposed {
      approver = try await approval(of: optimization, situation, now, context)
    }
    let (person, actor) = (approver, context.actor(definition.name))
    let applied = try await storing(context) { () async throws(StoreError) in
      try await desk.apply(
        arguments.optimizationID, approvedBy: person, by: actor, at: now, in: context.workspace)
    }
    return output(
      applied.optimization, .allowed, applied.controls, isNew: applied.isNew,
      told: applied.isNew && desk.settings.tellsPlatforms, isDryRun: false)
  }

  /// Asks the user at the host, where only an approval is in the way, the host can ask and its credential may
  /// approve: whoever runs a host can answer in the user's place.
  /// - Returns: who has approved; `nil` when nobody was asked.
  private func approval(
    of optimization: Optimization, _ situation: OptimizationSituation, _ now: Timestamp,
    _ context: RequestContext
  ) async throws(CallInterruption) -> String? {
    let policy = environment.campaigns.settings.policy
    let name = context.principal.name
    guard policy.decide(optimization, in: situation, now: now, approvedBy: name).isAllowed else {
      return nil
    }
    let question = InputRequest.form(
      message: "Change campaign \(optimization.campaignID): "
        + optimization.changes.map(\.words).joined(separator: "; ")
        + ". Risk \(optimization.risk.level.rawValue): \(optimization.risk.words)",
      schema: [
        "type": "object",
        "properties": [
          "approve": [
            "type": "boolean", "title": "Apply it",
            "description": .string(optimization.undo), "default": false,
          ]
        ],
        "required": ["approve"],
      ])
    guard context.principal.mayUse(Self.approving), context.canAsk(question) else { return nil }
    guard case .accepted(let content) = try await context.ask("approve_optimization", question),
      content["approve"] == true
    else {
      throw .toolError("Nothing was changed: the user did not approve it.")
    }
    return name
  }

  private func output(
    _ optimization: Optimization, _ decision: OptimizationPolicy.Decision,
    _ controls: CampaignControls, isNew: Bool, told: Bool, isDryRun: Bool
  ) -> Output {
    var (obstacle, until): (String?, Timestamp?) = (nil, nil)
    if case .refused(let reason, let time) = decision { (obstacle, until) = (reason, time) }
    return Output(
      optimizationID: optimization.id, campaignID: optimization.campaignID,
      applied: optimization.state == .applied, dryRun: isDryRun, isNew: isNew,
      changes: optimization.changes.map(\.words), obstacle: obstacle, until: until,
      controls: controls.json, told: told)
  }
}
