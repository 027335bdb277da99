/// One variant compared with the control within a segment. All numbers are finite.
package struct SegmentFinding: Sendable, Hashable, Encodable {
  /// The segment.
  package let segment: String
  /// The variant.
  package let variant: String
  /// The units of the control in the segment.
  package let controlUnits: Int
  /// The units of the variant in the segment.
  package let units: Int
  /// Variant minus control in the primary metric.
  package let difference: Double
  /// The difference in relation to the control; `nil` when the control is too near 0.
  package let lift: Double?
  /// The lower end of the difference's interval at any look, for this comparison alone; `nil` when there are
  /// too few units.
  package let low: Double?
  /// The upper end.
  package let high: Double?
  /// The always-valid chance that allows for all segments and variants; 1 when there are too few
  /// units, and in a bandit.
  package let adjustedP: Double
  /// Whether the adjusted chance is alpha or less: only then the segment differs.
  package let isDifferent: Bool
  /// Whether the segment's units are split as planned; nothing is concluded where they are not.
  package let isRatioHeld: Bool
}

extension ExperimentAnalysis {
  /// Looks into segments: the primary metric by chances that hold at any look, corrected over all segments
  /// and variants, for among many segments one always looks different.
  /// - Parameter segments: the data of each segment by its name.
  /// - Returns: every segment with every variant but the control, by names of segments.
  /// - Throws: counts that cannot be; the fields begin with the segment's name.
  package static func segments(
    _ experiment: Experiment, _ segments: [String: ExperimentData], now: Timestamp
  ) throws(InvalidExperimentData) -> [SegmentFinding] {
    var found: [(segment: String, comparison: MetricAnalysis.Comparison, isHeld: Bool)] = []
    var units: [String: [String: Int]] = [:]
    for (segment, data) in segments.sorted(by: { $0.key < $1.key }) {
      let analyzed: ExperimentAnalyzer.PrimaryComparison
      do throws(InvalidExperimentData) {
        analyzed = ExperimentAnalyzer(
          experiment, try ExperimentTotals(data, of: experiment), now: now
        ).primaryComparison()
      } catch {
        throw InvalidExperimentData(
          errors: error.errors.map {
            FieldError(field: "/\(segment)\($0.field)", found: $0.found, expected: $0.expected)
          })
      }
      units[segment] = analyzed.units
      for comparison in analyzed.metric.comparisons {
        found.append((segment, comparison, analyzed.isRatioHeld))
      }
    }
    // A segment with a wrong ratio tells nothing, but it was looked at: it counts in the correction.
    let chances = found.map { $0.isHeld ? $0.comparison.alwaysValid?.p ?? 1 : 1 }
    let control = experiment.control?.name ?? ""
    return zip(found, experiment.correction.adjusted(chances)).map { entry, adjusted in
      let comparison = entry.comparison
      let counts = units[entry.segment] ?? [:]
      return SegmentFinding(
        segment: entry.segment, variant: comparison.variant, controlUnits: counts[control] ?? 0,
        units: counts[comparison.variant] ?? 0, difference: comparison.difference,
        lift: comparison.lift, low: comparison.alwaysValid?.low, high: comparison.alwaysValid?.high,
        adjustedP: adjusted, isDifferent: adjusted <= experiment.design.alpha,
        isRatioHeld: entry.isHeld)
    }
  }
}
