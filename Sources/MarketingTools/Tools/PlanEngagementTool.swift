import JSONRPC
package import MCP
import Marketing

/// Plans how a lead is won: steps with channels, times and texts that every gate allows.
package struct PlanEngagementTool: Tool {
  /// Whom, and what to go by.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
    var engagementID: EngagementID?
    var handoffID: HandoffID?
    var campaignID: CampaignID?
    var category: LeadCategory?
    var experiment: Experiment?

    /// Variants that leads are shown by chance, each always the same.
    struct Experiment: Decodable, Sendable {
      var name: String
      var variants: [String]
    }
  }

  /// The plan, and what has worked before.
  package struct Output: Encodable, Sendable {
    let engagement: EngagementEntry
    let isNew: Bool
    let patterns: [Pattern]
  }

  /// Actions that worked in such a situation.
  struct Pattern: Encodable, Sendable {
    let actions: [String]
    let successes: Int
    let trials: Int
    let interval: [Double]
    let memoryID: MemoryID

    init(_ known: MemoryPatterns.Known) {
      actions = known.pattern.actions
      successes = known.pattern.successes
      trials = known.pattern.trials
      interval = [known.pattern.interval.low, known.pattern.interval.high]
      memoryID = known.factID
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("plan_engagement")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var request = EngagementDesk.PlanRequest(leadID: arguments.leadID)
    request.engagementID = arguments.engagementID
    request.handoffID = arguments.handoffID
    request.campaignID = arguments.campaignID
    request.category = arguments.category
    request.experiment = arguments.experiment.map { experiment in
      VariantAssignment(
        experiment: experiment.name, arms: experiment.variants.map { .init($0) })
    }
    let (desk, actor) = (environment.engagements, context.actor(definition.name))
    let wanted = request
    return try await storing(context) { () async throws(StoreError) in
      let planned = try await desk.plan(
        wanted, by: actor, for: .agent(.engagement), in: context.workspace)
      return Output(
        engagement: try await desk.entry(of: planned.engagement, in: context.workspace),
        isNew: planned.isNew, patterns: planned.patterns.map(Pattern.init))
    }
  }
}
