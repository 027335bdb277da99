/// What an operator may change about how memory is consolidated. No code holds the defaults a second time.
package struct ConsolidationSettings: Sendable, Hashable {
  /// How many hours lie between two runs that nobody asked for; 0 for none.
  package var everyHours = 24
  /// From this outcome on an episode counts as a success, 0–1.
  package var successOutcome = 0.5
  /// In fewer episodes a sequence of actions is no pattern.
  package var minimumTrials = 5
  /// How likely it may be that a situation in which actions make no difference has a pattern, 0–1.
  package var falsePatternChance = 0.05
  /// After so many days without use what happened counts half.
  package var halfLifeDays = 90.0
  /// Below this strength something that is summarised need not be kept.
  package var decayFloor = 0.02
  /// For so many days everything is kept, whatever its strength.
  package var retentionDays = 365
  /// What happened longer ago than so many days is summarised; a summary stands beside its originals for at
  /// least as long again.
  package var compressAfterDays = 30
  /// So many records of one conversation, or of one lead in one situation, are not summarised.
  package var compressAbove = 20
  /// The most records that one summary is of.
  package var compressAtOnce = 200
  /// How long a summary may be, in tokens.
  package var summaryTokens = 200
  /// The most records of a lead that are looked at together; what lies further apart is not compared. Of a
  /// situation so many episodes tell what works, the latest.
  package var recordsPerStep = 20_000
  /// After so many records a run ends; the next one goes on there.
  package var recordsPerRun = 200_000
  /// After so many seconds a run ends.
  package var secondsPerRun = 300

  /// The defaults.
  package init() {}
}
