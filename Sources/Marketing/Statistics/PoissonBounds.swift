/// The least mean of a Poisson count that so many events or more are still credible under, one-sided and
/// exact (Garwood, "Fiducial Limits for the Poisson Distribution", 1936).
/// - Parameters:
///   - events: 0 or more.
///   - confidence: of the one bound, above 0 and below 1: 0.95 for a one-sided bound of 95 %.
/// - Returns: a mean in events; 0 for no events.
package func poissonLowerBound(events: Int, confidence: Double) -> Double {
  events <= 0 ? 0 : gammaQuantile(1 - confidence, shape: Double(events))
}

/// The greatest mean of a Poisson count that so few events or fewer are still credible under, one-sided and
/// exact (Garwood, "Fiducial Limits for the Poisson Distribution", 1936).
/// - Parameters:
///   - events: 0 or more.
///   - confidence: of the one bound, above 0 and below 1: 0.95 for a one-sided bound of 95 %.
/// - Returns: a mean in events, above `events`.
package func poissonUpperBound(events: Int, confidence: Double) -> Double {
  gammaQuantile(confidence, shape: Double(max(0, events)) + 1)
}

/// Both bounds of a Poisson mean, each of which is missed with half of what the confidence leaves (Garwood,
/// 1936).
/// - Parameters:
///   - events: 0 or more.
///   - confidence: of the range, above 0 and below 1: 0.95 for 2.5 % on each side.
package func poissonBounds(events: Int, confidence: Double) -> (low: Double, high: Double) {
  let oneSided = (1 + confidence) / 2
  return (
    poissonLowerBound(events: events, confidence: oneSided),
    poissonUpperBound(events: events, confidence: oneSided)
  )
}
