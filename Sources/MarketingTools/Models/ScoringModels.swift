import JSONRPC
import LeadModels
package import Marketing

/// The models that answer, ready in memory: which ones is asked of the store every time, so that another
/// process's choice counts at once; a model is read and built once.
package final class ScoringModels: Sendable {
  /// What answers for a workspace.
  struct Lineup: Sendable {
    let choices: ScoringChoices
    let champion: any LeadScoringModel
    /// Of a trained champion: what counts recent leads against training's.
    let drift: DriftWatch?
    /// What is scored beside the champion, with the champion itself, to be compared; empty when nothing is.
    let shadows: [(name: String, model: any LeadScoringModel)]
    /// What keeps the chosen model from answering.
    let problem: Problem?
    /// What keeps the challenger from being compared, for operators.
    let challengerProblem: String?
    /// What had been learned, at the least, when it was made.
    let revision: Int64

    /// Whether it is what the choices name and knows what had been learned by a revision.
    func fits(_ choices: ScoringChoices, _ revision: Int64) -> Bool {
      self.choices == choices && self.revision >= revision
    }
  }

  /// What keeps a model from answering.
  struct Problem: Sendable {
    /// What callers are told.
    let text: String
    /// What operators are told beside; `nil` when there is nothing for them to mend.
    let cause: String?

    /// A model that cannot be made ready or computed.
    init(_ model: String, _ failure: ScoringFailure) {
      text = "The chosen model \(model) could not answer: the scorecard did."
      cause = failure.description
    }

    /// A model that knows too little yet.
    static let untaught = Problem(
      text: "The chosen model could not answer (the incremental model needs "
        + "\(IncrementalModel.fewestOfEach) outcomes of each kind first): the scorecard did.")

    private init(text: String) { (self.text, cause) = (text, nil) }
  }

  let state = Locked(ScoringModelsState())

  let store: any ScoringModelStore
  let scorecard: Scorecard
  let settings: ModelSettings
  let digest: @Sendable ([UInt8]) throws -> String
  /// Trains, and reads what is trained on: minutes at a time.
  let pool: ComputePool
  /// Makes models ready and judges them: milliseconds, which never wait behind a training.
  let answering = ComputePool(width: 2)
  /// - Parameters:
  ///   - scorecard: answers where nothing else is chosen, or what is chosen cannot.
  ///   - digest: the SHA-256 of bytes, in hexadecimal.
  package init(
    store: any ScoringModelStore, scorecard: Scorecard, settings: ModelSettings,
    digest: @escaping @Sendable ([UInt8]) throws -> String
  ) {
    self.digest = digest
    self.store = store
    self.scorecard = scorecard
    self.settings = settings
    pool = ComputePool(width: settings.threads)
  }

  /// What answers now. Of those who ask while it is being made ready one makes it, the others wait for that.
  func lineup(in workspace: WorkspaceID) async throws(StoreError) -> Lineup {
    while true {
      let choices = try store.choices(in: workspace)
      let usesLessons = choices.active == .incremental || choices.challenger != nil
      let revision = usesLessons ? try store.lessonRevision(in: workspace) : 0
      switch turn(in: workspace, choices, revision) {
      case .answer(let lineup): return lineup
      case .build(let known):
        defer { endBuild(in: workspace) }
        let lineup = try await build(choices, known, usesLessons: usesLessons, workspace)
        state.withLock { $0.keep(lineup, of: workspace) }
        return lineup
      case .wait:
        await buildEnds(in: workspace)
        // What was made meanwhile holds all that had been learned when this began, which is enough.
        if let lineup = known(in: workspace, choices, revision) { return lineup }
      }
    }
  }

  private enum Turn {
    case answer(Lineup)
    /// To be built, from what was there before.
    case build(Lineup?)
    /// Somebody else is building.
    case wait
  }

  private func turn(
    in workspace: WorkspaceID, _ choices: ScoringChoices, _ revision: Int64
  ) -> Turn {
    state.withLock { state in
      let known = state.lineup(of: workspace)
      if let known, known.fits(choices, revision) { return .answer(known) }
      if state.builds[workspace] != nil { return .wait }
      state.builds[workspace] = []
      return .build(known)
    }
  }

  private func known(
    in workspace: WorkspaceID, _ choices: ScoringChoices, _ revision: Int64
  ) -> Lineup? {
    state.withLock { $0.lineup(of: workspace) }.flatMap { $0.fits(choices, revision) ? $0 : nil }
  }

  /// Waits until nobody builds. Not to be cancelled: it takes no longer than reading a model.
  private func buildEnds(in workspace: WorkspaceID) async {
    await withCheckedContinuation { (waiting: CheckedContinuation<Void, Never>) in
      let isOver = state.withLock { state in
        guard state.builds[workspace] != nil else { return true }
        state.builds[workspace]?.append(waiting)
        return false
      }
      if isOver { waiting.resume() }
    }
  }

  private func endBuild(in workspace: WorkspaceID) {
    let waiting = state.withLock { $0.builds.removeValue(forKey: workspace) } ?? []
    for one in waiting { one.resume() }
  }

  private func build(
    _ choices: ScoringChoices, _ known: Lineup?, usesLessons: Bool, _ workspace: WorkspaceID
  ) async throws(StoreError) -> Lineup {
    let counts = usesLessons ? try await store.lessonCounts(in: workspace) : nil
    let incremental =
      if let counts { await learned(counts) } else { nil as IncrementalModel? }
    var champion: any LeadScoringModel = scorecard
    var problem: Problem?
    var drift: DriftWatch?
    switch choices.active {
    case .scorecard: break
    case .incremental:
      if let incremental {
        champion = incremental
      } else {
        problem = .untaught
      }
    case .trained(let id):
      if let same = known?.champion as? TrainedModel, same.version == id.rawValue {
        (champion, drift) = (same, try watch(same, in: workspace))
      } else {
        switch try await load(id, in: workspace) {
        case .success(let model):
          champion = model
          drift = try watch(model, in: workspace)
        case .failure(let failure): problem = Problem(id.rawValue, failure)
        }
      }
    }
    let (shadows, challengerProblem) = try await shadows(
      choices, champion, incremental, known, workspace)
    return Lineup(
      choices: choices, champion: champion, drift: drift, shadows: shadows, problem: problem,
      challengerProblem: challengerProblem, revision: counts?.revision ?? 0)
  }

  private func shadows(
    _ choices: ScoringChoices, _ champion: any LeadScoringModel, _ incremental: IncrementalModel?,
    _ known: Lineup?, _ workspace: WorkspaceID
  ) async throws(StoreError) -> (
    shadows: [(name: String, model: any LeadScoringModel)], problem: String?
  ) {
    guard let id = choices.challenger else { return ([], nil) }
    var problem: String?
    var shadows: [(name: String, model: any LeadScoringModel)] = [(choices.active.name, champion)]
    if let same = known?.shadows.first(where: { $0.name == id.rawValue }) {
      shadows.append(same)
    } else {
      switch try await load(id, in: workspace) {
      case .success(let model): shadows.append((id.rawValue, model))
      case .failure(let failure): problem = failure.description
      }
    }
    if let incremental, choices.active != .incremental {
      shadows.append((IncrementalModel.name, incremental))
    }
    return (shadows, problem)
  }

  /// Whether a problem is to be logged: once, until there is another one.
  func isNews(_ cause: String, in workspace: WorkspaceID) -> Bool {
    state.withLock { $0.note(cause, in: workspace) }
  }

  /// The model that has learned from counts; `nil` when they are too few.
  func learned(_ counts: LessonCounts) async -> IncrementalModel? {
    let bands = settings.bands
    return await answering.run { IncrementalModel(counts, bands: bands) }
  }

  /// Reads a model and makes it ready, away from the caller's thread, which it would hold for some
  /// milliseconds, and from training, which it would wait for.
  func load(
    _ id: ScoringModelID, in workspace: WorkspaceID
  ) async throws(StoreError) -> Result<TrainedModel, ScoringFailure> {
    guard let stored = try store.model(id, in: workspace),
      let bytes = try await store.content(of: id, in: workspace)
    else {
      return .failure(ScoringFailure("the model \(id) is not stored"))
    }
    let (scorecard, digest) = (scorecard, digest)
    return await answering.run {
      guard (try? digest(bytes)) == stored.digest else {
        return .failure(
          ScoringFailure("the model \(id) cannot be read: its content is not what was stored"))
      }
      do throws(DataError) {
        let content = try ModelContent(bytes: bytes)
        do throws(ScoringFailure) {
          return .success(
            try TrainedModel(version: id.rawValue, content: content, scorecard: scorecard))
        } catch {
          return .failure(error)
        }
      } catch {
        return .failure(ScoringFailure("the model \(id) cannot be read: \(error)"))
      }
    }
  }

  /// What counts the leads that a model answers about: the one that does already, or one that goes on from
  /// what is stored.
  func watch(
    _ model: TrainedModel, in workspace: WorkspaceID
  ) throws(StoreError) -> DriftWatch {
    let key = ScoringModelsState.WatchKey(workspace: workspace, model: model.version)
    if let known = state.withLock({ $0.watches[key] }) { return known }
    return DriftWatch(model, stored: try store.drift(of: model.version, in: workspace))
  }
}
