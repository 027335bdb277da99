package import JSONRPC

/// One episode of a situation whose end is known.
package struct ActionTrial: Sendable, Hashable {
  /// The episode.
  package var id: MemoryID
  /// What was done, in its order.
  package var actions: [String]
  /// How well it went, 0–1.
  package var outcome: Double
  /// When it was.
  package var time: Timestamp

  /// A trial.
  package init(id: MemoryID, actions: [String], outcome: Double, time: Timestamp) {
    self.id = id
    self.actions = actions
    self.outcome = outcome
    self.time = time
  }

  /// The episode that a record holds; `nil` where it holds none, its outcome is not known, or a lead
  /// told it: what others wrote of themselves is no evidence.
  package init?(_ record: MemoryRecord) {
    guard let episode = record.episode, let outcome = episode.outcome, record.trust > .untrusted
    else { return nil }
    self.init(id: record.id, actions: episode.actions, outcome: outcome, time: record.validFrom)
  }
}

/// What works in a situation.
///
/// Compared are sequences of one to three actions that follow each other, and longer ones where they are
/// all that was done. A sequence is kept when two bounds say that it beats the base rate: the lower end
/// of its Wilson interval lies above, and so many successes among so many episodes drawn by chance
/// would be too unlikely (Fisher's exact test, since Wilson's bound is too low for few episodes where
/// success is rare). Both are made stricter by the number of sequences compared (Bonferroni), so that
/// in a situation where actions make no difference any pattern at all appears with at most
/// `falsePatternChance`.
package struct ActionPatterns: Sendable, Hashable {
  /// The most episodes that a pattern names.
  package static let mostEpisodes = 100
  /// The most patterns of one situation.
  package static let mostPatterns = 20
  /// Sequences of so many actions at most are compared wherever they stand.
  private static let longestPart = 3

  /// The situation.
  package let situation: String
  /// How many episodes there were.
  package let trials: Int
  /// How many of them were successes.
  private let successes: Int
  /// The rate of success of all, 0–1.
  package let baseRate: Double
  /// How many sequences were compared.
  package let candidates: Int
  /// The patterns, the surest first.
  package let patterns: [ActionPattern]

  /// Finds the patterns among the episodes of a situation.
  package init(in situation: String, _ trials: [ActionTrial], _ settings: ConsolidationSettings) {
    let isSuccess = trials.map { $0.outcome >= settings.successOutcome }
    let successes = isSuccess.count(where: \.self)
    self.situation = situation
    self.trials = trials.count
    self.successes = successes
    let baseRate = trials.isEmpty ? 0 : Double(successes) / Double(trials.count)
    self.baseRate = baseRate
    // What was done every time cannot be better than the rest.
    let compared = Self.sequences(of: trials, inAtLeast: max(1, settings.minimumTrials)).filter {
      $0.value.count < trials.count
    }
    candidates = compared.count
    let chance = settings.falsePatternChance / Double(max(1, compared.count))
    let z = normalQuantile(above: chance)
    var kept: [(pattern: ActionPattern, episodes: [Int])] = []
    for (actions, episodes) in compared {
      let good = episodes.count { isSuccess[$0] }
      guard
        let interval = RateInterval.wilson(successes: good, trials: episodes.count, z: z),
        interval.low > baseRate,
        chanceOfSuccesses(
          good, of: episodes.count, allSuccesses: successes, population: trials.count) <= chance
      else { continue }
      let pattern = ActionPattern(
        actions: actions, trials: episodes.count, successes: good, interval: interval,
        baseRate: baseRate, episodes: Self.latest(episodes, of: trials))
      kept.append((pattern, episodes))
    }
    patterns = Self.within(
      MemoryDraft.contentBytes,
      Self.withoutSubsumed(kept).sorted(by: Self.isSurer).prefix(Self.mostPatterns))
  }

  /// The sequences that were taken in enough episodes, with those episodes in the order of the trials.
  private static func sequences(
    of trials: [ActionTrial], inAtLeast fewest: Int
  ) -> [[String]: [Int]] {
    var sequences: [[String]: [Int]] = [:]
    for length in 1...longestPart {
      var found: [[String]: [Int]] = [:]
      for (place, trial) in trials.enumerated() where trial.actions.count >= length {
        var parts: Set<[String]> = []
        for start in 0...trial.actions.count - length {
          let part = Array(trial.actions[start..<start + length])
          // A sequence is in no more episodes than what it is made of.
          guard
            length == 1
              || sequences[Array(part.dropLast())] != nil
                && sequences[Array(part.dropFirst())] != nil
          else { continue }
          parts.insert(part)
        }
        for part in parts { found[part, default: []].append(place) }
      }
      sequences.merge(found.filter { $0.value.count >= fewest }) { first, _ in first }
    }
    var whole: [[String]: [Int]] = [:]
    for (place, trial) in trials.enumerated() where trial.actions.count > longestPart {
      whole[trial.actions, default: []].append(place)
    }
    return sequences.merging(whole.filter { $0.value.count >= fewest }) { first, _ in first }
  }

  /// Leaves out what only repeats a longer sequence of the same episodes.
  private static func withoutSubsumed(
    _ kept: [(pattern: ActionPattern, episodes: [Int])]
  ) -> [ActionPattern] {
    Dictionary(grouping: kept, by: \.episodes).values.flatMap { alike in
      alike.map(\.pattern).filter { pattern in
        !alike.contains {
          $0.pattern.actions.count > pattern.actions.count
            && $0.pattern.actions.contains(pattern.actions)
        }
      }
    }
  }

  /// The first of some patterns, as many as a fact's value holds.
  private static func within(
    _ bytes: Int, _ patterns: ArraySlice<ActionPattern>
  ) -> [ActionPattern] {
    var room = bytes - 2
    return Array(
      patterns.prefix { pattern in
        room -= JSONWriter.bytes(of: pattern.json).count + 1
        return room >= 0
      })
  }

  private static func latest(_ episodes: [Int], of trials: [ActionTrial]) -> [MemoryID] {
    episodes.map { trials[$0] }.sorted { ($1.time, $1.id) < ($0.time, $0.id) }
      .prefix(mostEpisodes).map(\.id)
  }

  private static func isSurer(_ left: ActionPattern, _ right: ActionPattern) -> Bool {
    if left.interval.low != right.interval.low { return left.interval.low > right.interval.low }
    if left.trials != right.trials { return left.trials > right.trials }
    return left.actions.lexicographicallyPrecedes(right.actions)
  }
}

extension ActionPatterns {
  /// What facts that hold patterns name as their source.
  package static let sourceName = "consolidation"
  /// What the keys of learned patterns begin with.
  static let prefix = "pattern."
  /// What the names of facts begin with that hold patterns.
  static let idPrefix = "pat_"
  private static let longestKey = 64

  /// The key of the fact that holds a situation's patterns. What a key cannot hold is folded; two
  /// situations never share a key, since a folded one ends with a fingerprint of its situation.
  package static func key(of situation: String) -> String {
    let isKey = situation.utf8.allSatisfy(isKeyByte)
    if isKey, !situation.isEmpty, prefix.utf8.count + situation.utf8.count <= longestKey {
      return prefix + situation
    }
    var fingerprint = Fingerprint()
    fingerprint.add(field: Array(situation.utf8))
    let end = "." + fingerprint.text.suffix(10)
    let folded = TextFolding.folded(situation).utf8.map { isKeyByte($0) ? $0 : UInt8(ascii: "_") }
    let room = longestKey - prefix.utf8.count - end.utf8.count
    return prefix + String(decoding: folded.prefix(room), as: UTF8.self) + end
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The patterns as a fact's value.
  package var value: JSONValue { .array(patterns.map(\.json)) }

  /// Reads a fact's value back.
  package static func patterns(in value: JSONValue) -> [ActionPattern] {
    (value.arrayValue ?? []).compactMap(ActionPattern.init(json:))
  }

  /// The patterns in words.
  package var text: String {
    if patterns.isEmpty { return "\(situation): no sequence of actions is known to work better" }
    let sentences = patterns.prefix(5).map { pattern in
      // What was done in no other episode is no pattern: there are always others.
      let others = max(1, trials - pattern.trials)
      let otherwise = Self.percent(Double(successes - pattern.successes) / Double(others))
      return "\(situation): \(pattern.actions.joined(separator: ", "))"
        + " worked \(pattern.successes) of \(pattern.trials) times"
        + " (at least \(Self.percent(pattern.interval.low)), otherwise \(otherwise))"
    }
    var text = sentences[0]
    for sentence in sentences.dropFirst() {
      let longer = "\(text). \(sentence)"
      if longer.unicodeScalars.count > MemoryDraft.textLength { break }
      text = longer
    }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(MemoryDraft.textLength)))
  }

  private static func percent(_ rate: Double) -> String { "\(Int((rate * 100).rounded())) %" }

  /// The fact that holds them for the agents that may see the episodes.
  package func record(for role: AgentRoleID?, asOf: Timestamp, recordedAt: Timestamp)
    -> MemoryRecord
  {
    var fingerprint = Fingerprint()
    let value = value
    for field in [situation, role?.rawValue ?? "", "\(asOf.milliseconds)"] {
      fingerprint.add(field: Array(field.utf8))
    }
    fingerprint.add(field: JSONWriter.bytes(of: value))
    var record = MemoryRecord(
      id: MemoryID(rawValue: Self.idPrefix + fingerprint.text), kind: .longTerm, text: text,
      content: .fact(Fact(key: Self.key(of: situation), value: value)),
      importance: patterns.map { min(1, 0.5 + $0.interval.low / 2) }.max() ?? 0.1,
      source: MemorySource(name: Self.sourceName, reference: Self.key(of: situation)),
      validFrom: asOf, recordedAt: recordedAt)
    record.role = role
    var named: Set<MemoryID> = []
    let origins = patterns.flatMap(\.episodes).filter { named.insert($0).inserted }
    record.derivedFrom = Array(origins.prefix(MemoryRecord.mostOrigins))
    return record
  }
}
