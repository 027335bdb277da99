/// The families of models that a lead's chance of conversion can be computed by.
package enum ModelKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Points by field, written down by people.
  case scorecard
  /// Counts of won and lost leads per value of each field, taken for independent.
  case naiveBayes = "naive_bayes"
  /// A weighted sum, with weights kept small.
  case logisticRegression = "logistic_regression"
  /// A sum of many small decision trees, each made to mend the ones before it.
  case boostedTrees = "boosted_trees"
}

/// How a model's raw log-odds became a probability that can be taken at its word.
package enum CalibrationMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// They are used as they are.
  case none
  /// A straight line in log-odds (Platt, "Probabilistic Outputs for Support Vector Machines", 1999).
  case platt
  /// A rising curve without a shape of its own (Zadrozny and Elkan, 2002).
  case isotonic
}
