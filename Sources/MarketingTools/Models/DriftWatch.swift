import JSONRPC
import LeadModels
import Marketing

/// Counts the leads that a trained model answers about against those it was trained on.
final class DriftWatch: Sendable {
  private struct State: Sendable {
    /// What is stored, as far as it is known here.
    var stored: StoredDrift
    /// What was counted here and is not stored yet.
    var unsaved = DriftCounts()
    /// Rows since the warning was looked at.
    var unseen = 0
    var warning: TriageWarning?

    var counts: DriftCounts {
      var counts = stored.counts
      counts.append(unsaved)
      return counts
    }
  }

  /// How many leads come before it is looked at again whether they have changed.
  private static let interval = 100

  let model: TrainedModel
  private let state: Locked<State>

  /// - Parameter stored: what was counted before, by whatever process; what cannot be read counts as nothing.
  init(_ model: TrainedModel, stored: String?) {
    self.model = model
    let stored = StoredDrift(stored, of: model)
    state = Locked(
      State(
        stored: stored, warning: Self.warning(model.drift(stored.counts, outcomes: nil))))
  }

  /// Counts a lead.
  /// - Returns: what is to be said of the leads of late.
  func note(_ subject: ScoringSubject) -> TriageWarning? {
    state.withLock { state in
      model.note(subject, in: &state.unsaved)
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

  /// Whether something was counted that is not stored yet.
  var hasUnsaved: Bool { state.withLock { $0.unsaved.rows > 0 } }

  /// Hands over what was counted and is not stored yet.
  func takeUnsaved() -> DriftCounts {
    state.withLock { state in
      defer { state.unsaved = DriftCounts() }
      return state.unsaved
    }
  }

  /// Takes back what could not be stored.
  func putBack(_ unsaved: DriftCounts) {
    state.withLock { state in
      var counts = unsaved
      counts.append(state.unsaved)
      state.unsaved = counts
    }
  }

  /// Learns what is stored by now.
  func know(_ stored: StoredDrift) {
    state.withLock { state in
      state.stored = stored
      state.warning = Self.warning(model.drift(state.counts, outcomes: nil))
    }
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

/// What is stored of a model's drift: what all processes have counted, and what that came to when it was
/// last looked at.
struct StoredDrift: Sendable, Hashable, Codable {
  var counts = DriftCounts()
  var status = DriftReport.Status.insufficient

  /// - Parameter text: what cannot be read, or was counted of other columns, counts as nothing.
  init(_ text: String?, of model: TrainedModel) {
    guard let text, let known = Self(text), known.counts.fits(model.columns) else { return }
    self = known
  }

  /// - Returns: `nil` for text that cannot be read.
  init?(_ text: String) {
    guard let json = try? JSONParser(maximumBytes: .max).parse(text),
      let known = try? JSONValueDecoder().decode(Self.self, from: json)
    else { return nil }
    self = known
  }

  /// As it is stored; `nil` never happens to counts.
  var text: String? { (try? JSONValueEncoder().encode(self)).map(JSONWriter.text) }
}
