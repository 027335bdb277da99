/// How well a model did on leads that other models predicted too, so that they can be compared.
package struct ShadowComparison: Sendable, Hashable, Codable {
  /// The model's name, as `ScoringChoice.name` gives it.
  package var model: String
  /// Its figures on the leads that all compared models predicted and that have an outcome.
  package var metrics: ModelMetrics

  /// A model's figures.
  package init(model: String, metrics: ModelMetrics) {
    self.model = model
    self.metrics = metrics
  }
}
