/// A measured rate with the ends that it lies between: each is a one-sided 95 % bound, together 90 %.
package struct MeasuredRate: Sendable, Hashable, Codable {
  /// The measured value.
  package var value: Double
  /// The lower end.
  package var low: Double
  /// The upper end; `nil` where nothing bounds it: one event may be none.
  package var high: Double?

  /// A rate; see the properties.
  package init(value: Double, low: Double, high: Double?) {
    self.value = value
    self.low = low
    self.high = high
  }
}

/// A rate, or why there is none.
package enum RateReading: Sendable, Hashable {
  case known(MeasuredRate)
  /// Why there is none, as a sentence.
  case missing(String)

  /// The rate; `nil` where there is none.
  package var rate: MeasuredRate? {
    if case .known(let rate) = self { rate } else { nil }
  }

  /// Why there is none; `nil` where there is one.
  package var reason: String? {
    if case .missing(let reason) = self { reason } else { nil }
  }
}
