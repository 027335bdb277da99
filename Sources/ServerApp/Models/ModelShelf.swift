package import JSONRPC
import LeadModels
package import Marketing
package import MarketingTools

/// The stored models, as the commands list, choose and move them.
package struct ModelShelf: Sendable {
  private static let actor = "models"

  private let desk: ModelDesk
  private let workspace: WorkspaceID

  /// The models of a workspace.
  package init(desk: ModelDesk, workspace: WorkspaceID) {
    self.desk = desk
    self.workspace = workspace
  }

  /// The models, the one stored last first, and which of them answer.
  package func list() async throws -> (choices: ScoringChoices, models: [StoredModel]) {
    try await wording { desk async throws(ModelDesk.Refusal) in
      (try await desk.choices(in: workspace), try await desk.list(named: nil, in: workspace))
    }
  }

  /// Makes a model answer: a trained one by its name, `scorecard` or `incremental`.
  package func activate(_ name: String) async throws -> ScoringChoices {
    try await wording { desk async throws(ModelDesk.Refusal) in
      try await desk.activate(name, actor: Self.actor, in: workspace)
    }
  }

  /// Makes what answered before answer again.
  package func rollBack() async throws -> ScoringChoices {
    try await wording { desk async throws(ModelDesk.Refusal) in
      try await desk.rollBack(actor: Self.actor, in: workspace)
    }
  }

  /// Has a model scored beside the one that answers; `none` ends that.
  package func challenge(_ name: String) async throws -> ScoringChoices {
    try await wording { desk async throws(ModelDesk.Refusal) in
      let id = name == "none" ? nil : try await desk.find(name, in: workspace).id
      return try await desk.setChallenger(id, actor: Self.actor, in: workspace)
    }
  }

  /// Writes a model's very bytes to a file.
  package func export(_ name: String, to path: String) async throws -> StoredModel {
    let (model, bytes) = try await wording { desk async throws(ModelDesk.Refusal) in
      let model = try await desk.find(name, in: workspace)
      return (model, try await desk.bytes(of: model, in: workspace))
    }
    try write(bytes, to: path)
    return model
  }

  /// Stores a model's file as the next version of a name.
  package func importFile(_ path: String, name: String) async throws -> StoredModel {
    let bytes = try FileChunks.contents(of: path, limit: ModelContent.largest)
    do {
      return try await wording { desk async throws(ModelDesk.Refusal) in
        try await desk.importModel(name, bytes: bytes, actor: Self.actor, in: workspace)
      }
    } catch let error as ModelCommandError where ModelDesk.isName(name) {
      throw ModelCommandError("\(path): \(error)")
    }
  }

  /// Writes a model's report as a page.
  /// - Parameter path: where to; `nil` for a file of the model's name in the current folder.
  /// - Returns: where it is.
  package func report(_ name: String, to path: String?) async throws -> (
    model: StoredModel, path: String
  ) {
    let standing = try await wording { desk async throws(ModelDesk.Refusal) in
      try await desk.standing(of: try await desk.find(name, in: workspace), in: workspace)
    }
    let path = path ?? "\(standing.model.id).html"
    try write(Array(try await desk.page(of: standing).utf8), to: path)
    return (standing.model, path)
  }

  private func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let file = try OutputFile(path)
    try file.write(bytes)
    try file.keep()
  }

  private func wording<Value>(
    _ step: (ModelDesk) async throws(ModelDesk.Refusal) -> Value
  ) async throws -> Value {
    try await ModelCommandError.wording { () async throws(ModelDesk.Refusal) in
      try await step(desk)
    }
  }
}

/// The stored models as a table and as JSON.
package struct ModelListing: Sendable {
  private let choices: ScoringChoices
  private let models: [StoredModel]

  /// A listing.
  package init(choices: ScoringChoices, models: [StoredModel]) {
    self.choices = choices
    self.models = models
  }

  /// What answers, and a line for each model.
  package var lines: [String] {
    var lines = ["active: \(choices.active.name)"]
    if let previous = choices.previous { lines.append("before it: \(previous.name)") }
    if let challenger = choices.challenger { lines.append("challenger: \(challenger)") }
    guard !models.isEmpty else { return lines + ["no model is stored; leadrelay train makes one"] }
    let rows = models.map { model in
      let metrics = model.report.metrics
      return [
        model.id.rawValue, role(of: model) ?? "", TrainingSummary.name(model.report.kind),
        "\(model.report.rows)", ScoredColumns.fixed(metrics.auc, decimals: 4),
        ScoredColumns.fixed(metrics.logLoss, decimals: 4),
        ScoredColumns.fixed(metrics.calibrationError, decimals: 4), model.createdAt.iso8601,
        model.createdBy,
      ]
    }
    return lines
      + TextTable.lines(
        [
          "model", "role", "family", "rows", "AUC", "log loss", "calibration error", "stored at",
          "by",
        ], rows, numeric: 3...6)
  }

  private func role(of model: StoredModel) -> String? {
    if choices.active == .trained(model.id) { return "active" }
    return choices.challenger == model.id ? "challenger" : nil
  }

  /// The same as one object.
  package func json() throws -> JSONValue {
    var json: JSONObject = ["active": .string(choices.active.name)]
    json["previous"] = choices.previous.map { .string($0.name) }
    json["challenger"] = choices.challenger.map { .string($0.rawValue) }
    json["models"] = .array(
      try models.map { model in
        var row: JSONObject = [
          "model": .string(model.id.rawValue), "kind": .string(model.report.kind.rawValue),
          "createdAt": .string(model.createdAt.iso8601), "createdBy": .string(model.createdBy),
          "digest": .string(model.digest), "bytes": JSONValue(model.size),
          "rows": JSONValue(model.report.rows),
        ]
        row["role"] = role(of: model).map(JSONValue.string)
        row["metrics"] = try JSONValueEncoder().encode(model.report.metrics)
        return .object(row)
      })
    return .object(json)
  }
}
