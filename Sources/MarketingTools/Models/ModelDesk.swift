import JSONRPC
package import LeadModels
package import Marketing

/// Trains, keeps, activates and judges scoring models, for tools and commands alike.
package struct ModelDesk: Sendable {
  /// The models that answer.
  package let models: ScoringModels
  let leads: any LeadStore
  let triage: TriageSettings
  let keepsPlusTags: Bool
  let now: @Sendable () -> Timestamp

  var store: any ScoringModelStore { models.store }

  /// A desk.
  package init(
    models: ScoringModels, leads: any LeadStore, triage: TriageSettings, keepsPlusTags: Bool,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.models = models
    self.leads = leads
    self.triage = triage
    self.keepsPlusTags = keepsPlusTags
    self.now = now
  }

  /// Why a model was not trained or changed.
  package enum Refusal: Error, Sendable {
    case cancelled
    /// What the caller can mend, in words.
    case unusable(String)
    /// There is no such model; with what it may have been meant to be.
    case unknown(String)
    /// A fault of ours, with its cause for the log.
    case fault(String)
    case store(StoreError)
  }

  /// The names that models may have. One that ends as a version does would be taken for one, and `none`
  /// stands for no model.
  package static func isName(_ name: String) -> Bool {
    let isAllowed = name.utf8.allSatisfy {
      switch $0 {
      case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    return (1...48).contains(name.utf8.count) && isAllowed && !endsAsVersion(name)
      && !["scorecard", IncrementalModel.name, "none"].contains(name)
  }

  private static func endsAsVersion(_ name: String) -> Bool {
    let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }
    return !digits.isEmpty && name.utf8.dropLast(digits.count).last == UInt8(ascii: "-")
  }

  /// What names a model may have, in words.
  package static let acceptedNames =
    "1 to 48 of lower-case letters, digits, '_' and '-', not ending in '-' and digits as versions do, "
    + "and none of 'scorecard', 'incremental' and 'none'"

  /// Training data of the leads that are stored.
  /// - Parameter excluded: the columns that are not used, from the names of all.
  package func storedData(
    byTime: Bool, lostAfterDays: Int?, in workspace: WorkspaceID,
    excluded: @escaping @Sendable (_ names: [String]) -> [String] = { _ in [] }
  ) async throws(Refusal) -> (data: TrainingData, takenAt: Timestamp) {
    let query = LabelledLeadQuery(
      lostAfter: .days(lostAfterDays ?? models.settings.lostAfterDays), now: now(),
      limit: Self.mostLeads)
    let leads = try await storing { () async throws(StoreError) in
      try await store.labelledLeads(query, in: workspace)
    }
    guard leads.contains(where: { $0.isConverted }) else {
      throw .unusable(
        leads.isEmpty
          ? "no stored lead has an outcome: record some with record_outcome, import them, or train on a CSV"
          : "none of the \(leads.count) leads with a known end converted: record conversions with "
            + "record_outcome, import them, or train on a CSV")
    }
    let training = StoredLeadTraining(scorecard: models.scorecard, keepsPlusTags: keepsPlusTags)
    let data = try await onPool { () async -> Result<TrainingData, Refusal> in
      do throws(DataError) {
        var data = try training.data(leads, excluded: [], byTime: byTime)
        let names = data.table.columns.map(\.name)
        let chosen = excluded(names)
        if chosen.contains(where: { ColumnName.match($0, among: names) == nil }) {
          // Which tells what they may have been meant to be.
          data = try training.data(leads, excluded: chosen, byTime: byTime)
        }
        StoredLeadTraining.exclude(chosen, from: &data)
        return .success(data)
      } catch {
        return .failure(.unusable(error.description))
      }
    }
    return (data, query.now)
  }

  /// The most stored leads that are trained on, the latest ones.
  private static let mostLeads = 200_000

  /// Trains a model and stores it as the next version of its name.
  /// - Parameters:
  ///   - dataAt: when stored leads were read; `nil` for a file.
  ///   - data: made on the pool: reading it may take as long as training.
  ///   - progress: called from several threads.
  package func train(
    _ name: String, seed: UInt64, role: ScoringModelRole, dataAt: Timestamp?, actor: String,
    in workspace: WorkspaceID, data: @escaping @Sendable () throws(DataError) -> TrainingData,
    progress: @escaping @Sendable (ModelTraining.Progress) -> Void
  ) async throws(Refusal) -> StoredModel {
    guard Self.isName(name) else {
      throw .unusable("name: found '\(name.shortened(to: 60))', expected \(Self.acceptedNames)")
    }
    var settings = ModelTraining.Settings()
    settings.seed = seed
    settings.bands = models.settings.bands
    settings.mapping = models.settings.mapping
    settings.triage = triage
    let training = ModelTraining(settings, scorecard: models.scorecard)
    let (content, bytes, seconds) = try await onPool {
      () async -> Result<(ModelContent, [UInt8], Double), Refusal> in
      // What waits for another training takes no time of its own.
      let start = ContinuousClock.now
      do {
        let content = try await training.train(on: data(), progress: progress)
        let bytes = try content.bytes()
        return .success((content, bytes, (ContinuousClock.now - start).milliseconds / 1000))
      } catch let error as DataError {
        return .failure(.unusable(error.description))
      } catch TrainingFailure.cancelled {
        return .failure(.cancelled)
      } catch TrainingFailure.data(let error) {
        return .failure(.unusable(error.description))
      } catch TrainingFailure.unavailable(let problem) {
        return .failure(.unusable(problem))
      } catch {
        return .failure(.fault("\(error)"))
      }
    }
    if Task.isCancelled { throw .cancelled }
    return try await add(
      name, content.report, bytes, seconds: seconds, dataAt: dataAt, role: role, actor: actor,
      in: workspace)
  }

  /// Stores a model's file as the next version of a name.
  package func importModel(
    _ name: String, bytes: [UInt8], actor: String, in workspace: WorkspaceID
  ) async throws(Refusal) -> StoredModel {
    guard Self.isName(name) else {
      throw .unusable("name: found '\(name.shortened(to: 60))', expected \(Self.acceptedNames)")
    }
    let scorecard = models.scorecard
    let report = try await models.answering.run { () async -> Result<ModelReport, Refusal> in
      do {
        let content = try ModelContent(bytes: bytes)
        // What cannot answer is not stored.
        _ = try TrainedModel(version: name, content: content, scorecard: scorecard)
        return .success(content.report)
      } catch let error as DataError {
        return .failure(.unusable(error.description))
      } catch let error as ScoringFailure {
        return .failure(.unusable(error.description))
      } catch {
        return .failure(.fault("\(error)"))
      }
    }.get()
    return try await add(
      name, report, bytes, seconds: nil, dataAt: nil, role: .stored, actor: actor, in: workspace)
  }

  private func add(
    _ name: String, _ report: ModelReport, _ bytes: [UInt8], seconds: Double?, dataAt: Timestamp?,
    role: ScoringModelRole, actor: String, in workspace: WorkspaceID
  ) async throws(Refusal) -> StoredModel {
    let now = now()
    guard let digest = try? models.digest(bytes) else {
      throw .store(StoreError(.unavailable, "The model's digest could not be computed"))
    }
    let new = NewScoringModel(
      name: name, createdAt: now, createdBy: actor, digest: digest, content: bytes,
      trainingSeconds: seconds, dataAt: dataAt, report: report)
    return try await storing { () async throws(StoreError) in
      try await store.add(
        new, role: role,
        events: { stored in
          var events = [Self.event(.modelTrained, stored.id.rawValue, actor, now)]
          switch role {
          case .stored: break
          case .challenger:
            events.append(Self.event(.modelChallenged, stored.id.rawValue, actor, now))
          case .active:
            events.append(Self.event(.modelActivated, stored.id.rawValue, actor, now))
          }
          return events
        }, in: workspace)
    }
  }

  func storing<Value>(
    _ step: () async throws(StoreError) -> Value
  ) async throws(Refusal) -> Value {
    do throws(StoreError) { return try await step() } catch { throw .store(error) }
  }

  private func onPool<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Result<Value, Refusal>
  ) async throws(Refusal) -> Value {
    try await models.pool.run(work).get()
  }

  static func event(
    _ kind: Event.Kind, _ model: String, _ actor: String, _ now: Timestamp
  ) -> Event {
    var generator = SystemRandomNumberGenerator()
    return Event(
      id: .make(prefix: "evt_", at: now, random: (generator.next(), generator.next())),
      kind: kind, occurredAt: now, actor: actor, facts: ["model": .string(model)])
  }
}
