/// What was found out when a model was trained. The same data and seed make the same report: it holds no
/// time of day and no duration.
package struct ModelReport: Sendable, Hashable, Codable {
  /// The winner's family.
  package var kind: ModelKind
  /// How the winner was calibrated.
  package var calibration: CalibrationMethod
  /// The column or outcome that is predicted.
  package var target: String
  /// The target's value that counts as converted.
  package var positive: String
  /// Rows that were trained on.
  package var rows: Int
  /// How many of them converted.
  package var positives: Int
  /// How many leads the rows are of; `nil` when each row is a lead.
  package var leads: Int?
  /// How many of those converted; `nil` when each row is a lead.
  package var convertedLeads: Int?
  /// Rows left out, by reason in words.
  package var skipped: [String: Int] = [:]
  /// How the figures were come by.
  package var validation: Validation
  /// The winner's figures on rows that it was not trained on.
  package var metrics: ModelMetrics
  /// Every family that was tried, the best by log loss first.
  package var candidates: [Candidate]
  /// The winner's probabilities against what happened, in bins of equal count, rising.
  package var calibrationCurve: [CalibrationBin]
  /// The ROC curve from (0, 0) to (1, 1): x the false, y the true positive rate; at most 101 points.
  package var roc: [Point]
  /// Leads by descending probability in tenths.
  package var lift: [LiftRow]
  /// The categories that the leads fall into.
  package var bands: [Band]
  /// How much each field moves the log-odds, the most first.
  package var importance: [Importance]
  /// What became of each column of the data.
  package var columns: [Column]
  /// What the reader should know, in sentences.
  package var warnings: [String]

  /// How many leads were trained on.
  package var leadCount: Int { leads ?? rows }
  /// How many of them converted.
  package var convertedLeadCount: Int { convertedLeads ?? positives }
  /// The share that converted; not a number when there are none. Of leads, not of rows: those that are decided
  /// late make more rows.
  package var baseRate: Double {
    leadCount > 0 ? Double(convertedLeadCount) / Double(leadCount) : .nan
  }

  /// How a model's figures were come by.
  package struct Validation: Sendable, Hashable, Codable {
    /// Where the judged rows come from.
    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
      /// Each row was judged by a model that was trained without its fold.
      case crossValidation = "cross_validation"
      /// The latest rows were judged by a model that was trained on the earlier ones.
      case outOfTime = "out_of_time"
    }

    /// Where the judged rows come from.
    package var method: Method
    /// The folds of the cross-validation.
    package var folds: Int
    /// The column that orders the rows, where they are split by time.
    package var timeColumn: String?
    /// The first moment of the judged rows, in ISO 8601, where they are split by time.
    package var judgedFrom: String?

    /// A way of validation.
    package init(
      method: Method, folds: Int, timeColumn: String? = nil, judgedFrom: String? = nil
    ) {
      self.method = method
      self.folds = folds
      self.timeColumn = timeColumn
      self.judgedFrom = judgedFrom
    }
  }

  /// A family that was tried.
  package struct Candidate: Sendable, Hashable, Codable {
    /// The family.
    package var kind: ModelKind
    /// The calibration with the lower log loss.
    package var calibration: CalibrationMethod
    /// Its figures after calibration; `nil` when it could not be trained.
    package var metrics: ModelMetrics?
    /// The parameters that did best, by name.
    package var parameters: [String: Double]
    /// Why it could not be trained; `nil` when it was.
    package var problem: String?

    /// A candidate.
    package init(
      kind: ModelKind, calibration: CalibrationMethod = .none, metrics: ModelMetrics? = nil,
      parameters: [String: Double] = [:], problem: String? = nil
    ) {
      self.kind = kind
      self.calibration = calibration
      self.metrics = metrics
      self.parameters = parameters
      self.problem = problem
    }
  }

  /// Leads with similar probabilities.
  package struct CalibrationBin: Sendable, Hashable, Codable {
    /// How many.
    package var rows: Int
    /// Their mean probability, 0–1.
    package var predicted: Double
    /// The share of them that converted, 0–1.
    package var observed: Double
    /// The 95 % Wilson interval of that share.
    package var interval: RateInterval

    /// A bin.
    package init(rows: Int, predicted: Double, observed: Double, interval: RateInterval) {
      self.rows = rows
      self.predicted = predicted
      self.observed = observed
      self.interval = interval
    }
  }

  /// A point of a curve.
  package struct Point: Sendable, Hashable, Codable {
    /// Along.
    package var x: Double
    /// Up.
    package var y: Double

    /// A point.
    package init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A tenth of the leads.
  package struct LiftRow: Sendable, Hashable, Codable {
    /// 1 for the leads with the highest probabilities, up to 10.
    package var tenth: Int
    /// Leads in it.
    package var rows: Int
    /// How many of them converted.
    package var positives: Int
    /// The share of them that converted, 0–1.
    package var rate: Double
    /// That share ÷ the share of all leads.
    package var lift: Double
    /// The share of all conversions that this tenth and the better ones hold, 0–1.
    package var capturedShare: Double

    /// A row.
    package init(
      tenth: Int, rows: Int, positives: Int, rate: Double, lift: Double, capturedShare: Double
    ) {
      self.tenth = tenth
      self.rows = rows
      self.positives = positives
      self.rate = rate
      self.lift = lift
      self.capturedShare = capturedShare
    }
  }

  /// A category's leads.
  package struct Band: Sendable, Hashable, Codable {
    /// The category.
    package var category: LeadCategory
    /// Leads in it.
    package var rows: Int
    /// Their share of all, 0–1.
    package var share: Double
    /// The share of them that converted, 0–1.
    package var rate: Double
    /// The lowest probability that belongs to it, 0–1.
    package var fromProbability: Double

    /// A band.
    package init(
      category: LeadCategory, rows: Int, share: Double, rate: Double, fromProbability: Double
    ) {
      self.category = category
      self.rows = rows
      self.share = share
      self.rate = rate
      self.fromProbability = fromProbability
    }
  }

  /// A field's weight in the model.
  package struct Importance: Sendable, Hashable, Codable {
    /// The column or field.
    package var field: String
    /// The mean size of its contribution in log-odds.
    package var meanContribution: Double
    /// Its share of the sum over all fields, 0–1.
    package var share: Double

    /// An importance.
    package init(field: String, meanContribution: Double, share: Double) {
      self.field = field
      self.meanContribution = meanContribution
      self.share = share
    }
  }

  /// A column of the data.
  package struct Column: Sendable, Hashable, Codable {
    /// What a column's cells are.
    package enum Content: String, Sendable, Hashable, Codable, CaseIterable {
      case number, category, flag, date, text, identifier, empty
    }

    /// The column's name in the file, or the lead field.
    package var name: String
    /// What its cells are taken for.
    package var content: Content
    /// The lead field that it is read as; `nil` for an attribute.
    package var field: String?
    /// Whether the model uses it.
    package var isUsed: Bool
    /// Why it is not used, in words; `nil` when it is.
    package var reason: String?
    /// The share of rows without a value, 0–1.
    package var missingShare: Double
    /// How many different values it has.
    package var distinct: Int
    /// How well it alone ranks the leads, .5–1; `nil` when that was not computed.
    package var auc: Double?
    /// Whether it may be known only after the outcome.
    package var isLeakageSuspect: Bool

    /// A column.
    package init(
      name: String, content: Content, field: String? = nil, isUsed: Bool = true,
      reason: String? = nil, missingShare: Double, distinct: Int, auc: Double? = nil,
      isLeakageSuspect: Bool = false
    ) {
      self.name = name
      self.content = content
      self.field = field
      self.isUsed = isUsed
      self.reason = reason
      self.missingShare = missingShare
      self.distinct = distinct
      self.auc = auc
      self.isLeakageSuspect = isLeakageSuspect
    }
  }

  /// A report.
  package init(
    kind: ModelKind, calibration: CalibrationMethod, target: String, positive: String, rows: Int,
    positives: Int, skipped: [String: Int] = [:], validation: Validation, metrics: ModelMetrics,
    candidates: [Candidate], calibrationCurve: [CalibrationBin], roc: [Point], lift: [LiftRow],
    bands: [Band], importance: [Importance], columns: [Column], warnings: [String]
  ) {
    self.kind = kind
    self.calibration = calibration
    self.target = target
    self.positive = positive
    self.rows = rows
    self.positives = positives
    self.skipped = skipped
    self.validation = validation
    self.metrics = metrics
    self.candidates = candidates
    self.calibrationCurve = calibrationCurve
    self.roc = roc
    self.lift = lift
    self.bands = bands
    self.importance = importance
    self.columns = columns
    self.warnings = warnings
  }
}
