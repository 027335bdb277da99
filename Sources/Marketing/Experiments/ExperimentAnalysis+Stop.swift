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
