extension InMemoryStores: ScoringModelStore {
  package func add(
    _ model: NewScoringModel, role: ScoringModelRole,
    events: @escaping @Sendable (StoredModel) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredModel {
    try write(in: workspace) { (content) throws(StoreError) in
      let stored = content.scoring.add(model)
      switch role {
      case .stored: break
      case .challenger: content.scoring.challenger = stored.id
      case .active: content.scoring.activate(.trained(stored.id), at: model.createdAt)
      }
      return (stored, events(stored))
    }
  }

  package func models(
    named name: String?, in workspace: WorkspaceID
  ) async throws(StoreError) -> [StoredModel] {
    read(in: workspace) { content in
      content.scoring.models.reversed().filter { name == nil || $0.name == name }
    }
  }

  package func model(
    _ id: ScoringModelID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredModel? {
    read(in: workspace) { $0.scoring.models.first { $0.id == id } }
  }

  package func content(
    of id: ScoringModelID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [UInt8]? {
    read(in: workspace) { $0.scoring.contents[id] }
  }

  package func choices(in workspace: WorkspaceID) throws(StoreError) -> ScoringChoices {
    read(in: workspace) { $0.scoring.choices }
  }

  package func activate(
    _ choice: ScoringChoice, at now: Timestamp, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices {
    try write(in: workspace) { (content) throws(StoreError) in
      if case .trained(let id) = choice, content.scoring.contents[id] == nil {
        throw .noSuchModel(id)
      }
      let isNew = content.scoring.activate(choice, at: now)
      return (content.scoring.choices, isNew ? [event] : [])
    }
  }

  package func rollBack(
    at now: Timestamp, event: @escaping @Sendable (ScoringChoices) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.scoring.rollBack(at: now) else { throw .nothingToRollBackTo }
      let choices = content.scoring.choices
      return (choices, [event(choices)])
    }
  }

  package func setChallenger(
    _ id: ScoringModelID?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices {
    try write(in: workspace) { (content) throws(StoreError) in
      if let id {
        guard content.scoring.contents[id] != nil else { throw .noSuchModel(id) }
        guard content.scoring.choices.active != .trained(id) else { throw .isActive(id) }
      }
      let isNew = content.scoring.challenger != id
      content.scoring.challenger = id
      return (content.scoring.choices, isNew ? [event] : [])
    }
  }
}

/// What a workspace holds of scoring models and of what was learned.
struct InMemoryScoring: Sendable {
  private struct Activation: Sendable {
    let choice: ScoringChoice
    /// When it was chosen; `nil` for what answered before anybody chose.
    let time: Timestamp?
    /// The place of the activation that a roll-back returns to.
    let previous: Int?
  }

  /// In the order they were stored.
  private(set) var models: [StoredModel] = []
  private(set) var contents: [ScoringModelID: [UInt8]] = [:]
  /// Every activation, the one that holds last.
  private var activations = [Activation(choice: .scorecard, time: nil, previous: nil)]
  var challenger: ScoringModelID?
  private var lessons: [LeadID: CountedLesson] = [:]
  private(set) var lessonCounts = LessonCounts()
  /// Probabilities by model of leads that had no outcome yet.
  private(set) var shadows: [LeadID: [String: Double]] = [:]
  var drifts: [String: String] = [:]
  /// When a model was last trained by itself.
  var retrainedAt: Timestamp?

  /// Forgets what a lead taught and what models said of it.
  /// - Returns: how many entries that were.
  mutating func erase(_ id: LeadID) -> Int {
    let lesson = lessons.removeValue(forKey: id)
    if let lesson { lessonCounts.apply(LessonChange(forgetting: lesson)) }
    return (lesson == nil ? 0 : 1) + (shadows.removeValue(forKey: id)?.count ?? 0)
  }

  var choices: ScoringChoices {
    guard let last = activations.last else { return ScoringChoices() }
    return ScoringChoices(
      active: last.choice, previous: last.previous.map { activations[$0].choice },
      challenger: challenger, since: last.time)
  }

  mutating func add(_ model: NewScoringModel) -> StoredModel {
    let version = 1 + (models.last { $0.name == model.name }?.version ?? 0)
    let stored = StoredModel(model, version: version)
    models.append(stored)
    contents[stored.id] = model.content
    return stored
  }

  /// - Returns: whether something else was active.
  @discardableResult
  mutating func activate(_ choice: ScoringChoice, at now: Timestamp) -> Bool {
    guard choices.active != choice else { return false }
    append(Activation(choice: choice, time: now, previous: activations.indices.last))
    return true
  }

  /// - Returns: whether there was something to go back to.
  mutating func rollBack(at now: Timestamp) -> Bool {
    guard let previous = activations.last?.previous else { return false }
    let target = activations[previous]
    append(Activation(choice: target.choice, time: now, previous: target.previous))
    return true
  }

  private mutating func append(_ activation: Activation) {
    activations.append(activation)
    if let challenger, activation.choice == .trained(challenger) { self.challenger = nil }
  }

  mutating func learn(_ lesson: Lesson?, from outcome: Outcome) {
    let earlier = lessons[outcome.leadID]
    guard let next = CountedLesson(lesson, outcome.disposition, after: earlier), next != earlier
    else { return }
    lessons[outcome.leadID] = next
    lessonCounts.apply(LessonChange(from: earlier, to: next))
  }

  mutating func keep(_ predictions: [ShadowPrediction], of id: LeadID) {
    for prediction in predictions {
      shadows[id, default: [:]][prediction.model] = prediction.probability
    }
  }
}

extension StoredModel {
  /// What is kept of a model beside its content.
  package init(_ model: NewScoringModel, version: Int) {
    self.init(
      id: ScoringModelID(name: model.name, version: version), name: model.name, version: version,
      createdAt: model.createdAt, createdBy: model.createdBy, digest: model.digest,
      size: model.content.count, trainingSeconds: model.trainingSeconds,
      dataAt: model.dataAt, report: model.report)
  }
}

extension StoreError {
  /// A trained model that must be there is not.
  package static func noSuchModel(_ id: ScoringModelID) -> StoreError {
    StoreError(.notFound, "There is no trained model '\(id)'")
  }

  /// A roll-back behind the first choice.
  package static var nothingToRollBackTo: StoreError {
    StoreError(.conflict, "There is no earlier choice of model to go back to")
  }

  /// A challenger that is what it shall be compared with.
  package static func isActive(_ id: ScoringModelID) -> StoreError {
    StoreError(.conflict, "Model '\(id)' is the active one and cannot be its own challenger")
  }
}
