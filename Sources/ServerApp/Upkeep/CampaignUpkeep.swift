import JSONRPC
package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Watches campaigns and experiments: judges campaigns of which something is new and calls for an optimizer where a
/// rule is broken, takes out variants that break a guardrail, ends experiments whose horizon is past, and measures
/// what came of applied optimizations.
package final class CampaignUpkeep: Service {
  private static let actor = "server/upkeep"
  /// So many campaigns at a time, and so often at a look.
  private static let step = 200
  private static let mostSteps = 100
  /// An optimizer has so long for a campaign.
  private static let urgency = Duration.seconds(24 * 3600)

  private let campaigns: CampaignDesk
  private let experiments: ExperimentDesk
  private let work: WorkDesk
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let notice: FailureNotice
  private let measuring = Interval(.seconds(3600))
  private let guarding: Interval

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ campaigns: CampaignDesk, _ experiments: ExperimentDesk, work: WorkDesk, logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    pause: (@Sendable () async throws -> Void)? = nil
  ) {
    self.campaigns = campaigns
    self.experiments = experiments
    self.work = work
    self.now = now
    // New figures are judged soon; what costs more has its own times.
    self.pause = pause ?? { try await Task.sleep(for: .seconds(2)) }
    guarding = Interval(campaigns.settings.checkInterval)
    notice = FailureNotice("campaigns could not be watched", logger: logger)
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await keep() }
  }

  /// Looks once.
  package func keep() async {
    do throws(StoreError) {
      try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
        (limit) async throws(StoreError) in
        try await evaluate(limit: limit)
      }
      let time = now()
      if guarding.isOver(at: time) { try await guardExperiments(at: time) }
      if measuring.isOver(at: time) { try await measure(at: time) }
      notice.note(nil)
    } catch {
      notice.note(error)
    }
  }

  /// Judges campaigns of which something is new.
  /// - Returns: how many.
  private func evaluate(limit: Int) async throws(StoreError) -> Int {
    let time = now()
    let found = try await campaigns.store.unevaluated(limit: limit)
    guard !found.isEmpty else { return 0 }
    let rules = GuardedRules(campaigns.settings.thresholds)
    let last = CalendarDay(time) + -1
    var evaluations: [CampaignEvaluation] = []
    for campaign in found {
      let series = try campaigns.series(
        of: campaign.id, days: GuardedRules.valueDays + 7, through: last, in: campaign.workspace)
      let broken = series.map { series -> [GuardedFinding] in
        // What is older says nothing about today.
        guard let latest = series.days.last?.day, last - latest < CampaignOptimizer.staleDays
        else { return [] }
        return rules.findings(series, through: latest)
      }
      evaluations.append(
        evaluation(of: campaign, broken ?? [], currency: series?.currency, at: time))
    }
    try await campaigns.store.note(
      evaluations, at: time, noting: work.noting(.workEnqueued, actor: Self.actor, at: time))
    return found.count
  }

  private func evaluation(
    of campaign: UnevaluatedCampaign, _ findings: [GuardedFinding], currency: String?,
    at time: Timestamp
  ) -> CampaignEvaluation {
    // The same rules on the same channels are the same need, whatever the figures of the day.
    let names = Set(findings.map { "\($0.rule.rawValue)/\($0.channel ?? "")" }).sorted()
    guard !names.isEmpty else { return CampaignEvaluation(campaign, findings: nil) }
    // Told anew every week while it stays: a change may have to wait for as long.
    let need = names.joined(separator: " ") + " in week \(CalendarDay(time).rawValue / 7)"
    guard need != campaign.findings else { return CampaignEvaluation(campaign, findings: need) }
    let words = findings.map { JSONValue.string($0.words(currency: currency)) }
    let event = Event(
      id: WorkDesk.newName("evt_", at: time), kind: .campaignOptimizationNeeded,
      campaignID: campaign.id, occurredAt: time, actor: Self.actor,
      facts: [
        "rules": .array(names.map(JSONValue.string)), "findings": .array(Array(words.prefix(10))),
      ])
    let draft = WorkDraft(
      id: WorkDesk.newName("work_", at: time), kind: .optimizeCampaign, role: .optimizer,
      subject: campaign.id.rawValue, dueAt: time + Self.urgency,
      maxAttempts: work.settings.attempts,
      payload: ["rules": .array(names.map(JSONValue.string))])
    return CampaignEvaluation(campaign, findings: need, event: event, work: draft)
  }

  /// Takes out variants that are certainly worse than a guardrail allows, and ends experiments whose time is over.
  private func guardExperiments(at time: Timestamp) async throws(StoreError) {
    var place: (workspace: WorkspaceID, id: ExperimentID)?
    repeat {
      let running = try await experiments.store.running(after: place, limit: Self.step)
      place =
        running.count == Self.step ? running.last.map { ($0.workspace, $0.experiment.id) } : nil
      for (workspace, experiment) in running {
        if Task.isCancelled { return }
        try await leniently { () async throws(StoreError) in
          _ = try await experiments.guardVariants(
            of: experiment, by: Self.actor, at: time, in: workspace)
        }
        try await leniently { () async throws(StoreError) in
          _ = try await experiments.conclude(
            experiment, by: Self.actor, at: time, in: workspace)
        }
      }
    } while place != nil
  }

  /// An experiment that cannot be analysed, or was stopped meanwhile, does not keep the others.
  private func leniently(
    _ step: () async throws(StoreError) -> Void
  ) async throws(StoreError) {
    do throws(StoreError) {
      try await step()
    } catch {
      guard error.code == .conflict || error.code == .notFound else { throw error }
    }
  }

  /// Measures optimizations of which enough time has passed, and remembers what came of them.
  private func measure(at time: Timestamp) async throws(StoreError) {
    // Of later ones more days are to come, and they would keep the others waiting.
    let last = CalendarDay(time) + -OptimizationMeasurement.waitingDays
    let due = try await campaigns.optimizations.unmeasured(
      appliedBefore: last.end, limit: Self.step)
    for (workspace, optimization) in due {
      if Task.isCancelled { return }
      guard
        let measurement = try await campaigns.measurement(
          of: optimization, at: time, in: workspace)
      else { continue }
      _ = try await campaigns.note(
        measurement, of: optimization, by: Self.actor, at: time, in: workspace)
    }
  }
}
