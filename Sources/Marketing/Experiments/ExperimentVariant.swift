/// One of the alternatives that an experiment compares.
package struct ExperimentVariant: Sendable, Hashable, Codable {
  /// The name, unique in its experiment, of the characters of an `Identifier`.
  package var name: String
  /// Its share of the units, in relation to the others' weights; above 0.
  package var weight: Double
  /// Whether it is what the others are compared with.
  package var isControl: Bool

  /// A variant.
  package init(_ name: String, weight: Double = 1, isControl: Bool = false) {
    self.name = name
    self.weight = weight
    self.isControl = isControl
  }
}

/// A variant that was taken out of a running experiment.
package struct SwitchedOffVariant: Sendable, Hashable, Codable {
  /// The variant's name.
  package var variant: String
  /// When it was taken out.
  package var at: Timestamp
  /// The guardrail that it broke; `nil` when somebody decided it.
  package var guardrail: ExperimentMetric?
  /// Why, in a sentence.
  package var reason: String

  /// A variant that was taken out.
  package init(
    variant: String, at: Timestamp, guardrail: ExperimentMetric? = nil, reason: String
  ) {
    self.variant = variant
    self.at = at
    self.guardrail = guardrail
    self.reason = reason
  }
}
