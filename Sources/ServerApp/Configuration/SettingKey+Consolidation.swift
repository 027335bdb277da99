import Marketing

// The settings of how memory is consolidated.
extension SettingKey {
  /// When memory is merged, summarised and let go, and what counts as a pattern.
  static let consolidationKeys: [SettingKey] = [
    integer(
      "memory.consolidateEveryHours",
      "how many hours lie between two consolidations of memory; 0 for none but those asked for",
      0...8760, \.consolidation.everyHours),
    decimal(
      "memory.successOutcome", "from this outcome on an episode counts as a success", 0...1,
      \.consolidation.successOutcome),
    integer(
      "memory.minimumTrials", "in fewer episodes a sequence of actions is no pattern", 2...10_000,
      \.consolidation.minimumTrials),
    decimal(
      "memory.halfLifeDays", "after so many days without use what happened counts half",
      0.01...36_500, \.consolidation.halfLifeDays),
    decimal(
      "memory.decayFloor", "below this strength what is summarised need not be kept", 0...1,
      \.consolidation.decayFloor),
    integer(
      "memory.retentionDays", "for so many days everything is kept, whatever its strength",
      0...36_500, \.consolidation.retentionDays),
    integer(
      "memory.compressAfterDays",
      "what happened longer ago than so many days is summarised, and stays as long beside its summary",
      1...36_500, \.consolidation.compressAfterDays),
    integer(
      "memory.compressAbove",
      "so many records of one conversation, or of one lead in one situation, are not summarised",
      1...100_000, \.consolidation.compressAbove),
    integer(
      "memory.summaryTokens", "how long a summary may be, in tokens", 20...4000,
      \.consolidation.summaryTokens),
  ]
}
