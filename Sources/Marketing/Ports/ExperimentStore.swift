/// Keeps experiments, who was assigned which variant, and what came of it. Every method is one transaction and,
/// unless it says otherwise, sees and touches one workspace only; what a method has returned from is durable.
package protocol ExperimentStore: Sendable {
  /// Stores an experiment with its event. The same one again changes nothing.
  /// - Returns: the experiment as it is stored, and whether it is new.
  /// - Throws: `.conflict` when one of this name has another plan.
  func create(
    _ experiment: Experiment, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool)

  /// The experiment; `nil` when there is none of this name. Read in place.
  func experiment(_ id: ExperimentID, in workspace: WorkspaceID) throws(StoreError) -> Experiment?

  /// Experiments that match, the one that began last first.
  func experiments(
    _ query: ExperimentQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Experiment]

  /// Changes an experiment, with its event when anything changed.
  /// - Parameter change: returns whether anything changed; what it throws is a conflict, and changes nothing.
  /// - Throws: `.notFound`; `.conflict`.
  func change(
    _ id: ExperimentID,
    _ change: @escaping @Sendable (inout Experiment) throws(ExperimentConflict) -> Bool,
    event: @escaping @Sendable (Experiment) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool)

  /// What a lead is shown, and stores it when it takes part and is new.
  /// - Parameters:
  ///   - shares: what a bandit gives each variant now; empty for the weights.
  ///   - event: of a new assignment.
  /// - Throws: `.notFound` when there is no such experiment or no such lead.
  func assign(
    _ id: ExperimentID, to lead: LeadID, shares: [String: Double], at now: Timestamp,
    event: @escaping @Sendable (_ variant: String) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, decision: ExperimentAssignment.Decision)

  /// The experiments that a lead takes or took part in, at most 100, the latest assignment first. Read in place.
  func assignments(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> [LeadAssignment]

  /// What the units of an experiment did until it ended.
  /// - Parameter withPast: whether what leads did before it is read as well, which takes long with many of them.
  func data(
    of experiment: Experiment, withPast: Bool, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentData

  /// The same by segments of the leads: those that most of them are in; nothing for units that are no leads.
  /// - Parameter limit: how many segments at most.
  func segments(
    of experiment: Experiment, by field: LeadField, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String: ExperimentData]

  /// The running experiments of all workspaces, by workspace and name.
  /// - Parameter place: where the page before ended.
  func running(
    after place: (workspace: WorkspaceID, id: ExperimentID)?, limit: Int
  ) async throws(StoreError) -> [(workspace: WorkspaceID, experiment: Experiment)]
}

extension ExperimentStore {
  /// What the units of an experiment did until it ended, and leads before it.
  package func data(
    of experiment: Experiment, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentData {
    try await data(of: experiment, withPast: true, in: workspace)
  }
}

/// What a lead was assigned in an experiment.
package struct LeadAssignment: Sendable, Hashable {
  /// The experiment.
  package var experiment: Experiment
  /// The variant.
  package var variant: String
  /// When.
  package var assignedAt: Timestamp

  /// An assignment.
  package init(_ experiment: Experiment, _ variant: String, at time: Timestamp) {
    self.experiment = experiment
    self.variant = variant
    assignedAt = time
  }
}

/// Which experiments to list. All conditions must hold; an absent one holds always.
package struct ExperimentQuery: Sendable, Hashable {
  /// Where they stand.
  package var state: Experiment.State?
  /// The campaign.
  package var campaignID: CampaignID?
  /// Where the page before ended.
  package var after: HandoffPlace?
  /// How many at most.
  package var limit: Int

  /// A query of everything.
  package init(limit: Int = 20) { self.limit = limit }

  /// Whether an experiment is meant, its place left aside.
  func matches(_ experiment: Experiment) -> Bool {
    (state == nil || state == experiment.state)
      && (campaignID == nil || campaignID == experiment.campaignID)
  }
}

extension Experiment: HandoffListed {
  package var place: HandoffPlace { HandoffPlace(time: startedAt, id: id.rawValue) }
}

extension Experiment {
  /// The units that are counted in campaign reports rather than assigned here: those of the variants' own names.
  package enum ReportedUnit: String, Sendable, Hashable, CaseIterable {
    /// Each impression is a unit; a click is its success.
    case impression
    /// Each click is a unit; a conversion is its success.
    case click

    /// What can be measured of it.
    package var metric: ExperimentMetric { self == .impression ? .click : .conversion }
  }

  /// What is counted in campaign reports; `nil` where leads are assigned.
  package var reportedUnit: ReportedUnit? { ReportedUnit(rawValue: unit) }

  /// Until when what happens counts.
  package var end: Timestamp { stoppedAt ?? Timestamp(milliseconds: .max) }

  /// For how long before its assignment a lead's own activity is taken as what was known of it.
  package static let pastDays = 28
}

extension ExperimentMetric {
  /// The interactions that show a metric; `nil` for those that outcomes show.
  package static func shown(by kind: InteractionKind, _ outcome: InteractionOutcome)
    -> [ExperimentMetric]
  {
    var metrics: [ExperimentMetric] =
      switch kind {
      case .reply, .smsReply: [.reply]
      case .emailClick, .adClick: [.click]
      case .emailOpen: [.open]
      case .meeting: [.meeting]
      case .bounce: [.bounce]
      case .complaint: [.complaint]
      default: []
      }
    if outcome == .unsubscribe { metrics.append(.unsubscribe) }
    return metrics
  }
}

extension Outcome {
  /// The binary metrics that an outcome shows.
  package var metrics: [ExperimentMetric] {
    guard disposition == .converted else { return [] }
    switch conversionType {
    case .demoBooked, .meetingScheduled: return [.conversion, .meeting]
    case .trialStarted, .purchase, nil: return [.conversion]
    }
  }
}

extension StoreError {
  /// An experiment that must be there is not.
  package static func noSuchExperiment(_ id: ExperimentID) -> StoreError {
    StoreError(.notFound, "There is no experiment '\(id)'")
  }

  /// An experiment cannot be changed so.
  package init(_ conflict: ExperimentConflict) { self.init(.conflict, conflict.message) }
}

extension Event.Kind {
  package static let experimentCreated: Event.Kind = "experiment.created"
  package static let experimentAssigned: Event.Kind = "experiment.assigned"
  package static let experimentVariantStopped: Event.Kind = "experiment.variant_stopped"
  package static let experimentStopped: Event.Kind = "experiment.stopped"
}
