#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How memory fades: 0.5^(age ÷ half-life) × importance × (1 + ln(1 + uses)). What is used does not fade:
/// age counts from when it was last recalled.
package struct MemoryDecay: Sendable, Hashable {
  /// After how many days the strength is half, above 0.
  package var halfLifeDays: Double

  /// A way to fade.
  package init(halfLifeDays: Double) { self.halfLifeDays = halfLifeDays }

  /// How strong something still is; 0 or more, 1 for what matters most and has just happened.
  package func strength(
    importance: Double, uses: Int, happenedAt: Timestamp, lastUsedAt: Timestamp?, asOf: Timestamp
  ) -> Double {
    let age = max(0, (asOf - max(happenedAt, lastUsedAt ?? happenedAt)).days)
    return pow(0.5, age / halfLifeDays) * importance * (1 + log(1 + Double(max(0, uses))))
  }

  /// How strong a record still is.
  package func strength(of record: MemoryRecord, asOf: Timestamp) -> Double {
    strength(
      importance: record.importance, uses: record.uses, happenedAt: record.validFrom,
      lastUsedAt: record.lastUsedAt, asOf: asOf)
  }
}
