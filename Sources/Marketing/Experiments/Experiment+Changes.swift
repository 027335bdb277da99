/// How an experiment ended.
package struct ExperimentStop: Sendable, Hashable, Codable {
  /// What follows from the experiment.
  package enum Decision: String, Sendable, Hashable, Codable, CaseIterable {
    /// The winner is used for all.
    case ship
    /// The control stays.
    case keepControl = "keep_control"
    /// Nothing was found out.
    case inconclusive
    /// The data cannot be trusted, for example for their ratio.
    case invalid
  }

  /// What follows.
  package var decision: Decision
  /// The variant that is used from now on, where one is shipped.
  package var winner: String?
  /// Why, in a sentence.
  package var reason: String

  /// An end.
  package init(decision: Decision, winner: String? = nil, reason: String) {
    self.decision = decision
    self.winner = winner
    self.reason = reason
  }
}

/// Why an experiment was not changed.
package struct ExperimentConflict: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of conflict.
  package enum Code: String, Sendable, Hashable {
    /// It has ended already, in another way.
    case stopped
    /// What it compares and measures cannot be changed once it runs.
    case running
    /// It has no such variant.
    case unknownVariant
    /// The control cannot be taken out.
    case control
    /// A winner is missing, named where there is none, or was taken out.
    case winner
    /// It lies before the start.
    case time
  }

  /// The kind of conflict.
  package let code: Code
  /// What was asked and what stands against it.
  package let message: String

  package var description: String { message }
}

extension Experiment {
  /// Ends the experiment.
  /// - Returns: whether anything changed: not when it had ended in the same way before.
  /// - Throws: `.stopped` when it ended in another way, `.winner` and `.unknownVariant` when the winner
  ///   does not fit the decision or was taken out, `.time` before the start.
  package mutating func stop(
    _ end: ExperimentStop, at now: Timestamp
  ) throws(ExperimentConflict) -> Bool {
    if let stop {
      guard stop.decision == end.decision, stop.winner == end.winner else {
        throw ExperimentConflict(
          code: .stopped,
          message: "Experiment '\(id)' was stopped already, as \(stop.decision.rawValue)")
      }
      return false
    }
    if let winner = end.winner {
      try checkVariant(winner)
      // It may have been taken out since the analysis that the end follows.
      if let off = switchedOff.first(where: { $0.variant == winner }) {
        throw ExperimentConflict(
          code: .winner,
          message: "Variant '\(winner)' was taken out on \(off.at.iso8601.prefix(10)) and cannot "
            + "be the winner of experiment '\(id)'")
      }
    }
    guard (end.winner != nil) == (end.decision == .ship) else {
      throw ExperimentConflict(
        code: .winner, message: "A winner is named when a variant is shipped, and only then")
    }
    try checkTime(now)
    state = .stopped
    stoppedAt = now
    stop = end
    return true
  }

  /// Takes a variant out: it gets no new units, and units that have it are shown the control.
  /// - Returns: whether anything changed: not when it was out before.
  /// - Throws: `.stopped` when the experiment has ended, `.unknownVariant`, `.control`, or `.time` before the
  ///   start.
  package mutating func switchOff(_ variant: SwitchedOffVariant) throws(ExperimentConflict) -> Bool
  {
    try checkVariant(variant.variant)
    guard variant.variant != control?.name else {
      throw ExperimentConflict(
        code: .control, message: "The control cannot be taken out: stop the experiment instead")
    }
    guard !switchedOff.contains(where: { $0.variant == variant.variant }) else { return false }
    guard state == .running else {
      throw ExperimentConflict(code: .stopped, message: "Experiment '\(id)' was stopped already")
    }
    try checkTime(variant.at)
    switchedOff.append(variant)
    return true
  }

  /// Checks that an experiment sent once more is the one that is there.
  /// - Throws: `.running` or `.stopped` when it is planned in another way.
  package func checkIsRepeated(by other: Experiment) throws(ExperimentConflict) {
    var planned = other
    planned.state = state
    planned.startedAt = startedAt
    planned.stoppedAt = stoppedAt
    planned.stop = stop
    planned.switchedOff = switchedOff
    // What is expected follows the traffic; what is planned does not.
    planned.design.expectedDays = design.expectedDays
    guard planned != self else { return }
    throw ExperimentConflict(
      code: state == .running ? .running : .stopped,
      message: "Experiment '\(id)' is \(state.rawValue) with another plan: its plan cannot be "
        + "changed; stop it and create one of another name")
  }

  private func checkVariant(_ name: String) throws(ExperimentConflict) {
    guard variants.contains(where: { $0.name == name }) else {
      let names = variants.map { "'\($0.name)'" }.joined(separator: ", ")
      throw ExperimentConflict(
        code: .unknownVariant, message: "Experiment '\(id)' has no such variant, but \(names)")
    }
  }

  private func checkTime(_ now: Timestamp) throws(ExperimentConflict) {
    guard now >= startedAt else {
      throw ExperimentConflict(
        code: .time, message: "Experiment '\(id)' begins at \(startedAt.iso8601) only")
    }
  }
}
