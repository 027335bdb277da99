import JSONRPC
package import MCP
import Marketing

/// Says what to change about a campaign, and why.
package struct OptimizeCampaignTool: Tool {
  /// Which campaign, and as of when.
  package struct Arguments: Decodable, Sendable {
    var campaignID: CampaignID
    var withCampaigns: [CampaignID]?
    var asOf: CalendarDay?
  }

  /// The proposals, or the question to a person.
  package struct Output: Encodable, Sendable {
    let campaignID: CampaignID
    let summary: String
    let findings: [JSONObject]
    let proposals: [OptimizationEntry]
    let escalationID: EscalationID?
    let budget: String?
    let experiment: JSONObject?
    let stored: Bool
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("optimize_campaign")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    // The end of the day that was asked for, else now.
    let moment = arguments.asOf.map(\.end) ?? now
    guard moment <= now + .days(1) else {
      throw .invalid(
        "Invalid day",
        [FieldError(field: "/asOf", found: "a day to come", expected: "one up to today")])
    }
    let isStored = arguments.asOf == nil
    let (environment, actor) = (environment, context.actor(definition.name))
    let (plan, others, escalationID, experiment) = try await storing(context) {
      () async throws(StoreError) in
      let desk = environment.campaigns
      var (series, plan) = try await desk.plan(
        for: arguments.campaignID, as: moment, at: now, in: context.workspace)
      var budget: BudgetReallocation.Result?
      if let ids = arguments.withCampaigns {
        budget = try await Self.budgets(series, ids, desk, moment, context.workspace)
      }
      let experiment = desk.experiment(for: plan, of: series, at: moment)
      let own = budget?.proposals.filter { $0.campaignID == arguments.campaignID } ?? []
      if let budget, !own.isEmpty {
        // Of two that change the budget from one basis only one could be applied.
        plan.proposals.removeAll { $0.changes.contains { $0.control == .dailyBudget } }
        plan.words = plan.findings.isEmpty ? budget.words : "\(plan.words) \(budget.words)"
      }
      plan.proposals += own
      if experiment != nil {
        // What a test can answer nobody has to be asked.
        plan.escalation = nil
        plan.words += " An experiment between the variants can tell which one is better."
      }
      guard isStored else { return (plan, budget, Optional<EscalationID>.none, experiment) }
      let opened = try await desk.store(
        plan, for: arguments.campaignID,
        with: Self.byCampaign(budget, except: arguments.campaignID), by: actor, at: now,
        in: context.workspace)
      return (plan, budget, opened, experiment)
    }
    let proposals =
      plan.proposals
      + Self.byCampaign(others, except: arguments.campaignID).flatMap(\.proposals)
    do {
      return Output(
        campaignID: arguments.campaignID, summary: plan.words,
        findings: (plan.findings.isEmpty ? plan.nearest.map { [$0] } ?? [] : plan.findings).map {
          $0.json(currency: nil)
        },
        proposals: try proposals.map(OptimizationEntry.init), escalationID: escalationID,
        budget: others?.words, experiment: experiment, stored: isStored)
    } catch {
      throw .fault(error)
    }
  }

  /// How the budgets of several campaigns are divided anew, as far as the policy lets all of it be applied now.
  private static func budgets(
    _ series: CampaignSeries, _ ids: [CampaignID], _ desk: CampaignDesk, _ moment: Timestamp,
    _ workspace: WorkspaceID
  ) async throws(StoreError) -> BudgetReallocation.Result {
    let last = CalendarDay(moment) + -1
    var members: [BudgetReallocation.Member] = []
    for id in [series.campaign.id] + Set(ids).subtracting([series.campaign.id]).sorted() {
      // Curves of responses want years of weeks.
      guard let other = try desk.series(of: id, days: 800, through: last, in: workspace) else {
        throw .noSuchCampaign(id)
      }
      members.append(
        BudgetReallocation.Member(
          series: other, controls: try desk.optimizations.controls(of: id, in: workspace)))
    }
    var generator = SplitMix64(state: .random(in: 0...UInt64.max))
    let (policy, reallocation) = (
      desk.settings.policy, BudgetReallocation(policy: desk.settings.policy)
    )
    let free = reallocation.propose(members, now: moment, using: &generator)
    guard let first = free.proposals.first else { return free }
    // What was changed lately, and what all other campaigns may spend, is the same for each of them.
    let situation = try await desk.optimizations.situation(
      of: first, under: policy, at: moment, in: workspace)
    let others = members.filter {
      $0.series.campaign.id != first.campaignID
        && $0.controls.currency == situation.controls.currency
    }
    let known = others.reduce(0) { $0 + ($1.controls[.dailyBudget]?.number ?? 0) }
    return reallocation.propose(
      members, history: situation.history,
      otherDailyBudgets: situation.otherDailyBudgets - known, now: moment, using: &generator)
  }

  private static func byCampaign(
    _ result: BudgetReallocation.Result?, except id: CampaignID
  ) -> [CampaignProposals] {
    let others = (result?.proposals ?? []).filter { $0.campaignID != id }
    return Dictionary(grouping: others, by: \.campaignID).sorted { $0.key < $1.key }
      .map { CampaignProposals($0.value, for: $0.key, replacing: .sameControls) }
  }
}
