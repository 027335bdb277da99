import JSONRPC
import LeadModels
import Marketing

/// Counts the leads that a trained model answers about against those it was trained on.
final class DriftWatch: Sendable {
  private struct State: Sendable {
    var counts: DriftCounts
    /// Rows since the warning was looked at.
    var unseen = 0
    var isUnsaved = false
    var warning: TriageWarning?
  }

  /// How many leads come before it is looked at again whether they have changed.
  private static let interval = 100

  let model: TrainedModel
  private let state: Locked<State>

  /// - Parameter stored: what an earlier process counted; what cannot be read counts as nothing.
  init(_ model: TrainedModel, stored: String?) {
    self.model = model
    var counts = DriftCounts()
    if let stored, let json = try? JSONParser().parse(stored),
      let known = try? JSONValueDecoder().decode(DriftCounts.self, from: json),
      known.fits(model.columns)
    {
      counts = known
    }
    state = Locked(State(counts: counts, warning: Self.warning(model.drift(counts, outcomes: nil))))
  }

  /// Counts a lead.
  /// - Returns: what is to be said of the leads of late.
  func note(_ subject: ScoringSubject) -> TriageWarning? {
    state.withLock { state in
      model.note(subject, in: &state.counts)
      state.isUnsaved = true
      state.unseen += 1
      if state.unseen >= Self.interval {
        state.unseen = 0
        state.warning = Self.warning(model.drift(state.counts, outcomes: nil))
      }
      return state.warning
    }
  }

  /// What the leads of late show.
  func report(outcomes: CohortCount?) -> DriftReport {
    model.drift(state.withLock { $0.counts }, outcomes: outcomes)
  }

  /// The counts as text, when they have changed since this was asked last.
  func takeUnsaved() -> String? {
    let counts = state.withLock { state -> DriftCounts? in
      defer { state.isUnsaved = false }
      return state.isUnsaved ? state.counts : nil
    }
    return counts.flatMap { try? JSONValueEncoder().encode($0) }.map(JSONWriter.text)
  }

  private static func warning(_ report: DriftReport) -> TriageWarning? {
    guard report.status == .alarm || report.status == .warning, let worst = report.fields.first
    else { return nil }
    let index = (worst.index * 100).rounded() / 100
    return TriageWarning(
      field: worst.field.shortened(to: 80),
      text: "Recent leads differ from those the model was trained on (population stability index "
        + "\(index), \(report.status.rawValue)): its probabilities may be off.")
  }
}
