/// What triage found out about a lead, as it is stored.
package struct TriageRecord: Sendable, Hashable, Codable {
  /// The lead.
  package var leadID: LeadID
  /// When it was triaged.
  package var triagedAt: Timestamp
  /// What the bands read, 0–100.
  package var score: Double
  /// The chance of conversion, 0–1.
  package var probability: Double
  /// Whether the probability was fitted to outcomes.
  package var isCalibrated: Bool
  /// The category by the bands.
  package var category: LeadCategory
  /// The share of the model's total contribution range carried by fields that were present and known, 0–1.
  package var confidence: Double
  /// Signed contributions, strongest first.
  package var reasons: [TriageReason]
  /// The model that answered, for example `scorecard-1`.
  package var modelVersion: String

  private enum CodingKeys: String, CodingKey {
    case leadID, triagedAt, score, probability
    case isCalibrated = "calibrated"
    case category, confidence, reasons, modelVersion
  }

  /// A record.
  package init(
    leadID: LeadID, triagedAt: Timestamp, score: Double, probability: Double, isCalibrated: Bool,
    category: LeadCategory, confidence: Double, reasons: [TriageReason], modelVersion: String
  ) {
    self.leadID = leadID
    self.triagedAt = triagedAt
    self.score = score
    self.probability = probability
    self.isCalibrated = isCalibrated
    self.category = category
    self.confidence = confidence
    self.reasons = reasons
    self.modelVersion = modelVersion
  }
}

/// Why a score is what it is: one field's part in it.
package struct TriageReason: Sendable, Hashable, Codable {
  /// The field, for example `source`.
  package var field: String
  /// The part in the log-odds of conversion; positive speaks for the lead.
  package var contribution: Double
  /// The same in words. Holds no text that the lead wrote.
  package var text: String

  /// A reason.
  package init(field: String, contribution: Double, text: String) {
    self.field = field
    self.contribution = contribution
    self.text = text
  }
}
