/// Decides which variant a unit is shown.
///
/// A unit that was assigned before keeps its variant: whoever asks hands over what is recorded. For a new
/// unit the same experiment and the same name lead to the same variant everywhere, as long as the shares
/// stay.
package struct ExperimentAssignment: Sendable {
  /// What a unit is shown.
  package enum Decision: Sendable, Hashable {
    /// The unit takes part: the variant that it counts for, the one that it is shown (the control once its
    /// own is switched off), and whether that is to be recorded.
    case assigned(variant: String, shown: String, isNew: Bool)
    /// The unit takes part in another experiment of the group, and is shown the control.
    case excluded(by: ExperimentID, shown: String)
    /// The experiment has ended: the unit is shown the winner, or the control where there is none.
    case ended(shown: String)

    /// The variant that is shown.
    package var shown: String {
      switch self {
      case .assigned(_, let shown, _), .excluded(_, let shown), .ended(let shown): shown
      }
    }
  }

  private let experiment: Experiment
  private let rivals: [ExperimentID]
  private let shares: [String: Double]

  /// The rules of an experiment.
  /// - Parameters:
  ///   - group: the running experiments of its exclusion group, with or without itself; not read without a
  ///     group.
  ///   - shares: what a bandit gives each variant now; the weights count where this is empty.
  package init(
    _ experiment: Experiment, group: [ExperimentID] = [], shares: [String: Double] = [:]
  ) {
    self.experiment = experiment
    self.rivals = experiment.exclusionGroup == nil ? [] : group.filter { $0 != experiment.id }
    self.shares = shares
  }

  /// What a unit is shown.
  /// - Parameters:
  ///   - unit: its name, for example that of a lead.
  ///   - recorded: the variant that it was assigned before.
  ///   - recordedElsewhere: another running experiment of the group that it was assigned in before.
  package func decision(
    for unit: String, recorded: String? = nil, recordedElsewhere: ExperimentID? = nil
  ) -> Decision {
    let control = experiment.control?.name ?? experiment.variants.first?.name ?? ""
    if experiment.state == .stopped {
      return .ended(shown: experiment.stop?.winner ?? control)
    }
    if let recorded, experiment.variants.contains(where: { $0.name == recorded }) {
      let isActive = experiment.activeVariants.contains { $0.name == recorded }
      return .assigned(variant: recorded, shown: isActive ? recorded : control, isNew: false)
    }
    if experiment.exclusionGroup != nil {
      if let recordedElsewhere, recordedElsewhere != experiment.id {
        return .excluded(by: recordedElsewhere, shown: control)
      }
      let winner = Self.experiment(
        for: unit, among: rivals + [experiment.id], group: experiment.exclusionGroup ?? "")
      if let winner, winner != experiment.id { return .excluded(by: winner, shown: control) }
    }
    let arms = experiment.activeVariants.map { variant in
      VariantAssignment.Arm(
        variant.name, weight: shares.isEmpty ? variant.weight : shares[variant.name] ?? 0)
    }
    let variant =
      VariantAssignment(experiment: experiment.id.rawValue, arms: arms).variant(forUnit: unit)
      ?? control
    return .assigned(variant: variant, shown: variant, isNew: true)
  }

  /// The experiment of a group that a new unit takes part in: the one with the highest hash (Thaler,
  /// Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996), so that an experiment that comes or
  /// goes takes or leaves only its own share.
  /// - Returns: `nil` when there are none.
  package static func experiment(
    for unit: String, among experiments: [ExperimentID], group: String
  ) -> ExperimentID? {
    func place(_ id: ExperimentID) -> Double {
      VariantAssignment.place(ofUnit: unit, in: "group \(group) \(id.rawValue)")
    }
    return experiments.sorted().map { (id: $0, place: place($0)) }.max { $0.place < $1.place }?.id
  }
}
