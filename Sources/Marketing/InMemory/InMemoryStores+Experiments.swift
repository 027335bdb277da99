import JSONRPC

extension InMemoryStores: ExperimentStore {
  package func create(
    _ experiment: Experiment, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool) {
    try write(in: workspace) { (content) throws(StoreError) in
      if let known = content.experiments[experiment.id] {
        do throws(ExperimentConflict) {
          try known.checkIsRepeated(by: experiment)
        } catch {
          throw StoreError(error)
        }
        return ((known, false), [])
      }
      content.experiments[experiment.id] = experiment
      return ((experiment, true), [event])
    }
  }

  package func experiment(
    _ id: ExperimentID, in workspace: WorkspaceID
  ) throws(StoreError) -> Experiment? {
    read(in: workspace) { $0.experiments[id] }
  }

  package func experiments(
    _ query: ExperimentQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Experiment] {
    read(in: workspace) { content in
      let found = content.experiments.values.filter { experiment in
        guard query.matches(experiment) else { return false }
        guard let after = query.after else { return true }
        return experiment.startedAt.milliseconds < after.time
          || experiment.startedAt.milliseconds == after.time && experiment.id.rawValue > after.id
      }
      let sorted = found.sorted { ($1.startedAt, $0.id) < ($0.startedAt, $1.id) }
      return Array(sorted.prefix(max(0, query.limit)))
    }
  }

  package func change(
    _ id: ExperimentID,
    _ change: @escaping @Sendable (inout Experiment) throws(ExperimentConflict) -> Bool,
    event: @escaping @Sendable (Experiment) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool) {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var experiment = content.experiments[id] else { throw .noSuchExperiment(id) }
      let isNew: Bool
      do throws(ExperimentConflict) {
        isNew = try change(&experiment)
      } catch {
        throw StoreError(error)
      }
      guard isNew else { return ((experiment, false), []) }
      content.experiments[id] = experiment
      return ((experiment, true), [event(experiment)])
    }
  }

  package func assign(
    _ id: ExperimentID, to lead: LeadID, shares: [String: Double], at now: Timestamp,
    event: @escaping @Sendable (_ variant: String) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, decision: ExperimentAssignment.Decision) {
    try write(in: workspace) { (content) throws(StoreError) in
      guard let experiment = content.experiments[id] else { throw .noSuchExperiment(id) }
      guard content.leads[lead] != nil else { throw .noSuchLead(lead) }
      let group = content.experiments.values.filter { other in
        other.state == .running && other.exclusionGroup != nil
          && other.exclusionGroup == experiment.exclusionGroup
      }.map(\.id).sorted()
      let elsewhere = group.first {
        $0 != id && content.experimentUnits[$0]?[lead] != nil
      }
      let decision = ExperimentAssignment(experiment, group: group, shares: shares).decision(
        for: lead.rawValue, recorded: content.experimentUnits[id]?[lead]?.variant,
        recordedElsewhere: elsewhere)
      guard case .assigned(let variant, _, isNew: true) = decision else {
        return ((experiment, decision), [])
      }
      content.experimentUnits[id, default: [:]][lead] = (variant, now)
      return ((experiment, decision), [event(variant)])
    }
  }

  package func assignments(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> [LeadAssignment] {
    read(in: workspace) { content in
      let all = content.experimentUnits.compactMap { id, units -> LeadAssignment? in
        guard let unit = units[lead], let experiment = content.experiments[id] else { return nil }
        return LeadAssignment(experiment, unit.variant, at: unit.assignedAt)
      }
      let sorted = all.sorted {
        ($1.assignedAt, $0.experiment.id) < ($0.assignedAt, $1.experiment.id)
      }
      return Array(sorted.prefix(100))
    }
  }

  package func data(
    of experiment: Experiment, withPast: Bool, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentData {
    read(in: workspace) { content in
      guard let unit = experiment.reportedUnit else {
        var data = content.data(of: experiment)
        if !withPast { data.covariates = [] }
        return data
      }
      guard let id = experiment.campaignID else { return ExperimentData() }
      return ExperimentData(unit, of: experiment, in: content.campaignRecord(id, .always))
    }
  }

  package func segments(
    of experiment: Experiment, by field: LeadField, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String: ExperimentData] {
    guard experiment.reportedUnit == nil else { return [:] }
    return read(in: workspace) { content in
      let units = content.experimentUnits[experiment.id] ?? [:]
      let segments = Dictionary(grouping: units.keys) { lead in
        content.leads[lead].flatMap { field.value(of: $0.lead) } ?? ""
      }.filter { !$0.key.isEmpty }
      let largest = segments.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      return Dictionary(
        uniqueKeysWithValues: largest.prefix(max(0, limit)).map { name, leads in
          (name, content.data(of: experiment, among: Set(leads)))
        })
    }
  }

  package func running(
    after place: (workspace: WorkspaceID, id: ExperimentID)?, limit: Int
  ) async throws(StoreError) -> [(workspace: WorkspaceID, experiment: Experiment)] {
    state.withLock { state in
      var found: [(workspace: WorkspaceID, experiment: Experiment)] = []
      for (workspace, content) in state.workspaces.sorted(by: { $0.key < $1.key }) {
        let running = content.experiments.values.filter { experiment in
          experiment.state == .running
            && place.map { ($0.workspace, $0.id) < (workspace, experiment.id) } ?? true
        }
        found += running.sorted { $0.id < $1.id }.map { (workspace, $0) }
      }
      return Array(found.prefix(max(0, limit)))
    }
  }
}

extension InMemoryWorkspace {
  /// - Parameter leads: those that count; `nil` for all.
  fileprivate func data(
    of experiment: Experiment, among leads: Set<LeadID>? = nil
  ) -> ExperimentData {
    var data = ExperimentData()
    let binary = experiment.metrics.filter(\.isBinary)
    let primary = experiment.primaryMetric
    var covariates: [Int: [String: ExperimentData.Covariate]] = [:]
    func add(_ day: Int, _ variant: String, x: Double = 0, product: Double = 0) {
      var sums =
        covariates[day]?[variant]
        ?? ExperimentData.Covariate(
          day: day, variant: variant, metric: primary, sum: 0, sumOfSquares: 0, sumOfProducts: 0)
      sums.sum += x
      sums.sumOfSquares += x * x
      sums.sumOfProducts += product
      covariates[day, default: [:]][variant] = sums
    }
    for (lead, unit) in (experimentUnits[experiment.id] ?? [:]).sorted(by: { $0.key < $1.key })
    where leads?.contains(lead) ?? true {
      let day = experiment.day(of: unit.assignedAt)
      data.exposures.append(ExperimentData.Exposure(day: day, variant: unit.variant, units: 1))
      let firsts = firsts(of: lead, from: unit.assignedAt, to: experiment.end)
      for metric in binary {
        guard let at = firsts[metric] else { continue }
        data.outcomes.append(
          ExperimentData.Outcome(
            day: experiment.day(of: at), variant: unit.variant, metric: metric, successes: 1))
      }
      let past = Double(acts(of: lead, before: unit.assignedAt))
      if past > 0 {
        add(day, unit.variant, x: past)
        if let at = firsts[primary] { add(experiment.day(of: at), unit.variant, product: past) }
      }
      guard experiment.metrics.contains(.revenue) else { continue }
      var total = 0.0
      for (day, amount) in worth(of: lead, from: unit.assignedAt, in: experiment) {
        data.outcomes.append(
          ExperimentData.Outcome(
            day: day, variant: unit.variant, metric: .revenue, sum: amount,
            sumOfSquares: amount * (2 * total + amount)))
        total += amount
        if past > 0, !primary.isBinary { add(day, unit.variant, product: past * amount) }
      }
    }
    data.covariates = covariates.sorted { $0.key < $1.key }.flatMap { day in
      day.value.values.sorted { $0.variant < $1.variant }
    }
    return data
  }

  /// When a lead showed each metric first.
  private func firsts(
    of lead: LeadID, from start: Timestamp, to end: Timestamp
  ) -> [ExperimentMetric: Timestamp] {
    var shown: [(ExperimentMetric, Timestamp)] = []
    for interaction in interactions.values where interaction.leadID == lead {
      shown += ExperimentMetric.shown(by: interaction.kind, interaction.outcome).map {
        ($0, interaction.occurredAt)
      }
    }
    for outcome in outcomes where outcome.leadID == lead {
      shown += outcome.metrics.map { ($0, outcome.occurredAt) }
    }
    return Dictionary(shown.filter { $0.1 >= start && $0.1 < end }, uniquingKeysWith: min)
  }

  /// What came in from a lead on each day, in the order of the days.
  private func worth(
    of lead: LeadID, from start: Timestamp, in experiment: Experiment
  ) -> [(day: Int, amount: Double)] {
    var days: [Int: Double] = [:]
    for outcome in outcomes where outcome.leadID == lead && outcome.disposition == .converted {
      guard let value = outcome.value, value.currency == experiment.currency,
        outcome.occurredAt >= start, outcome.occurredAt < experiment.end
      else { continue }
      days[experiment.day(of: outcome.occurredAt), default: 0] += value.amount
    }
    return days.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// How often a lead had acted before its assignment.
  private func acts(of lead: LeadID, before time: Timestamp) -> Int {
    interactions.values.count { interaction in
      interaction.leadID == lead && interaction.occurredAt < time
        && interaction.occurredAt >= time + .days(-Experiment.pastDays)
        && interaction.kind.isFromLead
    }
  }
}
