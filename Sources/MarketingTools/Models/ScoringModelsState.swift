import LeadModels
import Marketing

/// What a process keeps in memory of models, bounded in number.
struct ScoringModelsState: Sendable {
  /// A model that counts leads.
  struct WatchKey: Sendable, Hashable {
    let workspace: WorkspaceID
    let model: String
  }

  private struct Used: Sendable {
    var lineup: ScoringModels.Lineup
    var use: UInt64
  }

  /// The most workspaces whose models are kept ready.
  static let mostLineups = 256

  private var lineups: [WorkspaceID: Used] = [:]
  private var uses: UInt64 = 0
  /// The workspaces whose lineup is being made, and who waits for it.
  var builds: [WorkspaceID: [CheckedContinuation<Void, Never>]] = [:]
  /// What counts recent leads: of every model that answers here, and of those that did until what they
  /// counted is stored.
  private(set) var watches: [WatchKey: DriftWatch] = [:]
  /// The models of workspaces that nobody has asked anything, for the sake of their drift.
  var unasked: [WorkspaceID: TrainedModel] = [:]

  /// What answers in a workspace, if it is known; it counts as used.
  mutating func lineup(of workspace: WorkspaceID) -> ScoringModels.Lineup? {
    uses += 1
    lineups[workspace]?.use = uses
    return lineups[workspace]?.lineup
  }

  /// Keeps what answers, in the place of what was used least lately. Its watch is kept with it, whatever
  /// became of that meanwhile: what is counted by it must be found again.
  mutating func keep(_ lineup: ScoringModels.Lineup, of workspace: WorkspaceID) {
    uses += 1
    lineups[workspace] = Used(lineup: lineup, use: uses)
    unasked[workspace] = nil
    if let watch = lineup.drift {
      watches[WatchKey(workspace: workspace, model: watch.model.version)] = watch
    }
    if lineups.count > Self.mostLineups,
      let oldest = lineups.min(by: { $0.value.use < $1.value.use })?.key
    {
      lineups[oldest] = nil
    }
  }

  /// What was last logged of a workspace's models.
  private var told: [WorkspaceID: String] = [:]

  /// Notes what is being logged of a workspace's models.
  /// - Returns: whether that is something else than the last time.
  mutating func note(_ problem: String, in workspace: WorkspaceID) -> Bool {
    if told.count > Self.mostLineups { told = [:] }
    return told.updateValue(problem, forKey: workspace) != problem
  }

  /// The workspaces in which something is counted or answers.
  var asked: Set<WorkspaceID> {
    Set(watches.keys.map(\.workspace)).union(lineups.keys)
  }

  /// The watches of a workspace, by model.
  func watches(in workspace: WorkspaceID) -> [DriftWatch] {
    watches.filter { $0.key.workspace == workspace }.values
      .sorted { $0.model.version < $1.model.version }
  }

  /// Forgets a watch that has nothing to store, unless what answers counts by it.
  mutating func drop(_ watch: DriftWatch, of workspace: WorkspaceID) {
    let key = WatchKey(workspace: workspace, model: watch.model.version)
    guard watches[key] === watch, lineups[workspace]?.lineup.drift !== watch, !watch.hasUnsaved
    else { return }
    watches[key] = nil
  }
}
