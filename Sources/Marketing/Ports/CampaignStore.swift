/// Keeps what campaigns do. Every method is one transaction and, unless it says otherwise, sees and touches one
/// workspace only; what a method has returned from is durable.
///
/// Beside what is reported it counts by itself what is stored here of a campaign: messages and clicks, leads and
/// won leads. Those counts are always those of what is stored: an erased lead has no part in them.
package protocol CampaignStore: Sendable {
  /// Stores reports. The same report again changes nothing; one of the same campaign, day and part with other
  /// figures takes its place. Reports that take the place of all that were in a wrong currency set the right one.
  /// - Parameter event: makes the event of a campaign of which anything has changed.
  /// - Returns: what became of the reports, in their order.
  /// - Throws: `.conflict` when a report's money is in another currency than the campaign's; nothing is stored then.
  func record(
    _ metrics: [CampaignMetric], at now: Timestamp,
    event: @escaping @Sendable (CampaignID, ImportCount) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ImportChange]

  /// What is known of a campaign's days; `nil` when neither it nor anything of it is stored. Read in place.
  func record(
    of id: CampaignID, _ days: ClosedRange<CalendarDay>, in workspace: WorkspaceID
  ) throws(StoreError) -> CampaignRecord?

  /// What is known of many campaigns' days, by name.
  /// - Parameter after: the name that the page before ended with.
  func records(
    _ days: ClosedRange<CalendarDay>, after id: CampaignID?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignRecord]

  /// The names that begin with a text, in their order, for completion.
  func campaigns(
    prefix: String, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignID]

  /// The campaigns of all workspaces of which something is new since they were evaluated last.
  func unevaluated(limit: Int) async throws(StoreError) -> [UnevaluatedCampaign]

  /// Notes that campaigns were evaluated, and what was found: work for those whose findings are others than before,
  /// with the event that tells of it. What has become new meanwhile stays to be evaluated.
  /// - Parameter noting: what is logged of work when it is new.
  func note(
    _ evaluations: [CampaignEvaluation], at now: Timestamp, noting: @escaping WorkQueueStore.Events
  ) async throws(StoreError)
}

/// A campaign that is to be evaluated.
package struct UnevaluatedCampaign: Sendable, Hashable {
  /// Its workspace.
  package var workspace: WorkspaceID
  /// Its name.
  package var id: CampaignID
  /// How often something of it has changed.
  package var version: Int64
  /// What was found when it was evaluated last.
  package var findings: String?

  /// A campaign.
  package init(workspace: WorkspaceID, id: CampaignID, version: Int64, findings: String?) {
    self.workspace = workspace
    self.id = id
    self.version = version
    self.findings = findings
  }
}

/// What the evaluation of a campaign came to.
package struct CampaignEvaluation: Sendable {
  /// What was evaluated.
  package var campaign: UnevaluatedCampaign
  /// What was found, in a form that is the same for the same; `nil` for nothing.
  package var findings: String?
  /// Told when there is something that was not found before.
  package var event: Event?
  /// Work for it.
  package var work: WorkDraft?

  /// An evaluation.
  package init(
    _ campaign: UnevaluatedCampaign, findings: String?, event: Event? = nil, work: WorkDraft? = nil
  ) {
    self.campaign = campaign
    self.findings = findings
    self.event = event
    self.work = work
  }
}

extension CampaignMetric {
  /// The currency of each campaign that reports name money of.
  /// - Throws: `.conflict` where those of one campaign are in several.
  package static func currencies(
    of metrics: [CampaignMetric]
  ) throws(StoreError) -> [CampaignID: String] {
    var found: [CampaignID: String] = [:]
    for metric in metrics {
      guard let currency = metric.currency else { continue }
      let id = metric.key.campaignID
      if let first = found.updateValue(currency, forKey: id), first != currency {
        throw .otherCurrency(currency, than: first, of: id)
      }
    }
    return found
  }
}

extension StoreError {
  /// A campaign's money is counted in another currency.
  package static func otherCurrency(
    _ currency: String, than own: String, of id: CampaignID
  ) -> StoreError {
    StoreError(
      .conflict,
      "Campaign '\(id)' is counted in \(own), the report is in \(currency): convert it, or report it as "
        + "another campaign; if \(own) was wrong, report all its days with money anew in one call of "
        + "record_campaign_metrics")
  }
}

extension Event.Kind {
  package static let campaignMetricsRecorded: Event.Kind = "campaign.metrics_recorded"
  package static let campaignOptimizationNeeded: Event.Kind = "campaign.optimization_needed"
}
