/// Keeps trained models, which of them answers, and what shows how good they are. Every method is one
/// transaction and sees and touches one workspace only; what a method has returned from is durable.
package protocol ScoringModelStore: Sendable {
  /// Stores a model as the next version of its name. An equal content under the same name is stored again
  /// as another version. What its role makes of it holds from then on, in the same transaction.
  /// - Parameter events: makes the events to log from what was stored; a model that gets a role with
  ///   its storing has two.
  func add(
    _ model: NewScoringModel, role: ScoringModelRole,
    events: @escaping @Sendable (StoredModel) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredModel

  /// The models, the one stored last first.
  /// - Parameter name: only versions of this name; `nil` for all.
  func models(
    named name: String?, in workspace: WorkspaceID
  ) async throws(StoreError) -> [StoredModel]

  /// A model; `nil` when there is none of this name.
  func model(_ id: ScoringModelID, in workspace: WorkspaceID) throws(StoreError) -> StoredModel?

  /// A model's content, which may be megabytes; `nil` when there is none of this name.
  func content(
    of id: ScoringModelID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [UInt8]?

  /// Which models the workspace works with. A point read: triage asks every time.
  func choices(in workspace: WorkspaceID) throws(StoreError) -> ScoringChoices

  /// Makes a model answer from now on. Choosing what is active already changes nothing and logs nothing.
  /// A challenger that is chosen is no challenger any more.
  /// - Throws: `.notFound` when a trained model of this name is not stored.
  func activate(
    _ choice: ScoringChoice, at now: Timestamp, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices

  /// Makes what answered before the active choice answer again. Rolling back once more goes back one
  /// choice further, not forth; behind the first choice is the scorecard. A challenger that answers again
  /// is no challenger any more.
  /// - Parameter event: makes the event to log from the choices after it.
  /// - Throws: `.conflict` when there is nothing to go back to.
  func rollBack(
    at now: Timestamp, event: @escaping @Sendable (ScoringChoices) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices

  /// Sets the model that is scored beside the active one; `nil` for none. Setting what is set already
  /// changes nothing and logs nothing.
  /// - Throws: `.notFound` when there is no such model; `.conflict` when it is the active one.
  func setChallenger(
    _ id: ScoringModelID?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices

  /// What has been learned from outcomes; `revision` tells whether it is worth reading again.
  /// - Parameter mostValues: of each field so many values at most, those of the most leads; the others are
  ///   counted together as `LessonCounts.otherValues`.
  func lessonCounts(
    mostValues: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> LessonCounts

  /// The revision of `lessonCounts`; 0 before the first lesson. A point read.
  func lessonRevision(in workspace: WorkspaceID) throws(StoreError) -> Int64

  /// How many leads got their outcome at `time` or later, and how many of those were won. What counts is
  /// when it was recorded or imported, whenever it happened; a further conversion of a lead that was won
  /// before is none. Outcomes of leads that are not stored do not count.
  func outcomes(
    since time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> CohortCount

  /// What models predicted of leads that have an outcome by now, the latest outcome first; a lead's
  /// predictions stand together, by model.
  /// - Parameter limit: of how many leads at most.
  func judgedPredictions(
    limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [JudgedPrediction]

  /// Leads with their labels for training, in the order in which they came in. May take seconds.
  func labelledLeads(
    _ query: LabelledLeadQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> [LabelledLead]

  /// What was last stored of a model's drift; `nil` when nothing was. A point read.
  func drift(of model: String, in workspace: WorkspaceID) throws(StoreError) -> String?

  /// Changes what is stored of a model's drift, a text of the caller's own, and logs what follows from it.
  /// - Parameter change: makes what is to be stored from what is; changes nothing where it returns `nil`.
  func changeDrift(
    of model: String, in workspace: WorkspaceID,
    _ change: @escaping @Sendable (_ stored: String?) -> DriftChange?
  ) async throws(StoreError)

  /// The workspaces that hold a trained model, a lesson or an outcome, in the order of their names.
  func workspaces() async throws(StoreError) -> [WorkspaceID]

  /// When a model was last trained by itself, or tried to be; `nil` when it never was. A point read.
  func retrainingTime(in workspace: WorkspaceID) throws(StoreError) -> Timestamp?

  /// Lets one of all processes train in the workspace: `now` becomes the time of the last training unless
  /// that is less than `interval` away. One that trains claims again from time to time, without an
  /// interval, so that nobody else may begin.
  /// - Returns: whether the caller may train.
  func claimRetraining(
    at now: Timestamp, interval: Duration, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool

  /// Takes a claim back: the last training was at `time` after all, or never where that is `nil`.
  func releaseRetraining(to time: Timestamp?, in workspace: WorkspaceID) async throws(StoreError)
}

extension ScoringModelStore {
  /// What has been learned from outcomes, of each field as many values as a model is made of.
  package func lessonCounts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> LessonCounts {
    try await lessonCounts(mostValues: LessonCounts.mostValues, in: workspace)
  }
}

/// When a model may be trained by itself again.
package enum RetrainingRule {
  /// Whether the last training is far enough away. A time far ahead was written by a clock that has been put
  /// right since.
  package static func isOver(
    _ interval: Duration, since last: Timestamp?, at now: Timestamp
  ) -> Bool {
    guard interval > .zero, let last else { return true }
    return last <= now + (.zero - interval) || last >= now + interval
  }
}

/// A change of what is stored of a model's drift.
package struct DriftChange: Sendable {
  /// What is stored from now on.
  package var content: String
  /// What happened by it; `nil` for nothing that others need to know.
  package var event: Event?

  /// A change.
  package init(content: String, event: Event? = nil) {
    self.content = content
    self.event = event
  }
}
