import JSONRPC
import LeadModels
package import MCP
import Marketing

/// Trains a scoring model on stored leads or on the text of a file, and stores it.
package struct TrainScoringModelTool: Tool {
  /// What to train on, and what to do with the model.
  package struct Arguments: Decodable, Sendable {
    var name: String
    var role: ScoringModelRole?
    var exclude: [String]?
    var byTime: Bool?
    var lostAfterDays: Int?
    var csv: String?
    var target: String?
    var positive: String?
    var time: String?
    var mapping: JSONObject?
    var seed: Int?
  }

  /// What came of it.
  package struct Output: Encodable, Sendable {
    let model: ScoringModelID
    let role: ScoringModelRole
    let kind: ModelKind
    let calibration: CalibrationMethod
    let rows: Int
    let positives: Int
    let metrics: ModelMetrics
    let candidates: [Candidate]
    let importance: [Weight]
    let suspects: [String]
    let warnings: [String]
    let seconds: Double

    struct Candidate: Encodable, Sendable {
      let kind: ModelKind
      let auc: Double?
      let logLoss: Double?
      let problem: String?
    }

    struct Weight: Encodable, Sendable {
      let field: String
      let share: Double
    }
  }

  private static let weights = 12

  package let definition: ToolDefinition
  private let desk: ModelDesk

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("train_scoring_model")
    desk = environment.models
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    guard ModelDesk.isName(arguments.name) else {
      throw .invalid(
        "A model cannot have this name",
        [
          FieldError(
            field: "/name", found: "'\(arguments.name.shortened(to: 60))'",
            expected: ModelDesk.acceptedNames)
        ])
    }
    if arguments.csv != nil { try Self.checkFile(arguments) }
    let role = arguments.role ?? .stored
    let progress = context.progress
    do throws(ModelDesk.Refusal) {
      let (data, dataAt) = try await data(arguments, in: context.workspace)
      let stored = try await desk.train(
        arguments.name, seed: UInt64(arguments.seed ?? 42), role: role, dataAt: dataAt,
        actor: context.actor(definition.name), in: context.workspace, data: data
      ) { step in
        progress?.report(step.share * 100, of: 100, message: step.step)
      }
      return output(stored, role)
    } catch {
      throw CallInterruption(error, context)
    }
  }

  /// What is meant for stored leads says nothing of a file.
  private static func checkFile(_ arguments: Arguments) throws(CallInterruption) {
    var problems: [FieldError] = []
    if arguments.byTime == true {
      problems.append(
        FieldError(
          field: "/byTime", found: "a split by time of stored leads",
          expected: "none with csv; name its column of dates as time"))
    }
    if arguments.lostAfterDays != nil {
      problems.append(
        FieldError(
          field: "/lostAfterDays", found: "when stored leads count as lost",
          expected: "none with csv; its target says what was lost"))
    }
    guard problems.isEmpty else { throw .invalid("Invalid training", problems) }
  }

  private func data(
    _ arguments: Arguments, in workspace: WorkspaceID
  ) async throws(ModelDesk.Refusal) -> (
    data: @Sendable () throws(DataError) -> TrainingData, takenAt: Timestamp?
  ) {
    guard let csv = arguments.csv, let target = arguments.target else {
      let (data, takenAt) = try await desk.storedData(
        byTime: arguments.byTime ?? false, lostAfterDays: arguments.lostAfterDays, in: workspace
      ) { [excluded = arguments.exclude ?? []] _ in excluded }
      return ({ () throws(DataError) in data }, takenAt)
    }
    var mapping = ColumnMapping()
    if let json = arguments.mapping {
      do throws(MappingError) { mapping = try ColumnMapping(json: .object(json)) } catch {
        throw .unusable("mapping: \(error)")
      }
    }
    var file = FileTraining(target: target, mapping: mapping)
    file.positive = arguments.positive
    file.excluded = arguments.exclude ?? []
    file.time = arguments.time
    let training = file
    return ({ () throws(DataError) in try training.data(csv: Array(csv.utf8)) }, nil)
  }

  private func output(_ stored: StoredModel, _ role: ScoringModelRole) -> Output {
    let report = stored.report
    return Output(
      model: stored.id, role: role, kind: report.kind, calibration: report.calibration,
      rows: report.rows, positives: report.positives, metrics: report.metrics,
      candidates: report.candidates.map {
        .init(
          kind: $0.kind, auc: $0.metrics?.auc, logLoss: $0.metrics?.logLoss, problem: $0.problem)
      },
      importance: report.importance.prefix(Self.weights).map {
        .init(field: $0.field, share: $0.share)
      },
      suspects: report.columns.filter(\.isLeakageSuspect).map(\.name), warnings: report.warnings,
      seconds: stored.trainingSeconds ?? 0)
  }
}

extension CallInterruption {
  /// What a refusal about models means for the caller.
  init(_ refusal: ModelDesk.Refusal, _ context: RequestContext) {
    switch refusal {
    case .cancelled: self = .cancelled
    case .unusable(let text): self = .problem(CallProblem(.invalid, text))
    case .unknown(let text): self = .problem(CallProblem(.notFound, text))
    case .fault(let cause):
      self = .protocolError(RPCError(.internalError, "Internal error", cause: cause))
    case .store(let error): self = CallInterruption(error, context)
    }
  }
}
