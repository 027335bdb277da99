extension ExperimentAnalysis.Verdict {
  /// The end of the experiment that follows; `nil` while it is too early for one.
  package var stop: ExperimentStop? {
    let ending: ExperimentStop.Decision
    switch decision {
    case .goOn: return nil
    case .ship: ending = .ship
    case .keepControl: ending = .keepControl
    case .inconclusive: ending = .inconclusive
    case .invalid: ending = .invalid
    }
    return ExperimentStop(decision: ending, winner: ending == .ship ? winner : nil, reason: text)
  }
}

extension ExperimentStop {
  /// Longer explanations of what is wrong are cut.
  private static let mostLetters = 400

  /// The end of an experiment that is past its horizon and of which the data cannot be analysed, for example
  /// because of an amount beyond all numbers: it would never end by itself.
  /// - Parameter reason: why it cannot be analysed, without a full stop.
  /// - Returns: inconclusive, the reason in words; `nil` while the experiment has time left or where it was
  ///   stopped.
  package static func unanalysable(
    _ experiment: Experiment, because reason: String, at now: Timestamp
  ) -> ExperimentStop? {
    guard experiment.state == .running, experiment.horizon <= now else { return nil }
    let cut = reason.count > mostLetters ? "\(reason.prefix(mostLetters))…" : reason
    return ExperimentStop(
      decision: .inconclusive,
      reason: "The horizon is past, and the data cannot be analysed: \(cut). Nothing is concluded: "
        + "keep the control.")
  }
}
