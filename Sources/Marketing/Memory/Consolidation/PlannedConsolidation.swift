/// What is to be done with the records of one lead, or with those of none. Nothing is deleted: what
/// fades expires, what is told twice is given up on the record clock, what is summarised stays.
///
/// The order makes a second run at the same time find nothing to do: first fades what has been summarised
/// long enough, then what is left is merged, and what is left of that is summarised.
package struct PlannedConsolidation: Sendable {
  /// Records to summarise together.
  package struct Summary: Sendable, Hashable {
    /// The originals, the earliest first.
    package var originals: [MemoryID]
    /// What they have in common.
    package var kind: MemoryKind
    /// The role that they are private to.
    package var role: AgentRoleID?
    /// Their situation; `nil` for utterances.
    package var situation: String?
    /// Their conversation; `nil` for episodes.
    package var conversationID: ConversationID?
    /// The least trust in any.
    package var trust: TrustLevel
    /// The importance of the most important one.
    package var importance: Double
    /// When the first and the last happened.
    package var period: ClosedRange<Timestamp>
    /// Of episodes with a known end, how many there are.
    package var trials: Int
    /// How many of those were successes.
    package var successes: Int
  }

  /// What fades.
  package private(set) var expiring: [OwnedMemoryID] = []
  /// What is merged.
  package private(set) var merges: [MemoryMerge] = []
  /// What is summarised.
  package private(set) var summaries: [Summary] = []

  /// Whether there is nothing to do.
  package var isEmpty: Bool { expiring.isEmpty && merges.isEmpty && summaries.isEmpty }

  /// Plans what to do with records.
  /// - Throws: `CancellationError`.
  package init(_ records: GatheredRecords, _ settings: ConsolidationSettings) throws {
    let asOf = records.asOf
    let summarisedSince = records.summarised
    let decay = MemoryDecay(halfLifeDays: settings.halfLifeDays)
    var left: [ConsolidationCandidate] = []
    for candidate in records.candidates {
      if let since = summarisedSince[candidate.id],
        (asOf - since).days >= Double(settings.compressAfterDays),
        (asOf - candidate.validFrom).days > Double(settings.retentionDays),
        decay.strength(
          importance: candidate.importance, uses: candidate.uses, happenedAt: candidate.validFrom,
          lastUsedAt: candidate.lastUsedAt, asOf: asOf) < settings.decayFloor
      {
        expiring.append(candidate.id)
      } else {
        left.append(candidate)
      }
    }
    merges = try NearDuplicates.merges(among: left, words: records.words)
    let givenUp = Set(
      merges.flatMap { merge in merge.givenUp.map { OwnedMemoryID($0, merge.role) } })
    let open = left.filter {
      !givenUp.contains($0.id) && summarisedSince[$0.id] == nil
        && (asOf - $0.validFrom).days >= Double(settings.compressAfterDays)
    }
    summaries = Self.summaries(of: open, settings)
  }

  private static func summaries(
    of open: [ConsolidationCandidate], _ settings: ConsolidationSettings
  ) -> [Summary] {
    var threads: [ConsolidationCandidate.Thread: [ConsolidationCandidate]] = [:]
    for candidate in open {
      guard let thread = candidate.thread else { continue }
      threads[thread, default: []].append(candidate)
    }
    var summaries: [Summary] = []
    for (thread, members) in threads {
      var rest = members.sorted { ($0.validFrom, $0.id) < ($1.validFrom, $1.id) }[...]
      while rest.count > settings.compressAbove, settings.compressAtOnce > 0 {
        summaries.append(Summary(rest.prefix(settings.compressAtOnce), thread, settings))
        rest = rest.dropFirst(settings.compressAtOnce)
      }
    }
    return summaries.sorted {
      ($0.period.lowerBound, $0.originals.first?.rawValue ?? "")
        < ($1.period.lowerBound, $1.originals.first?.rawValue ?? "")
    }
  }
}

/// The records of one lead, gathered page by page.
package struct GatheredRecords: Sendable {
  /// The time that their ages count to.
  package let asOf: Timestamp
  /// How many there are.
  package var count: Int { candidates.count }
  private(set) var candidates: [ConsolidationCandidate] = []
  /// The stems by their numbers.
  private(set) var words: [String] = []
  private var numbers: [String: UInt32] = [:]
  private var ids: Set<OwnedMemoryID> = []
  /// Since when records are summarised by others than those that are gathered.
  private var summarisedElsewhere: [OwnedMemoryID: Timestamp] = [:]

  /// No records.
  package init(asOf: Timestamp) { self.asOf = asOf }

  /// Takes a record in.
  package mutating func add(_ memory: AnalyzedMemory) {
    var (known, words) = (numbers, words)
    (numbers, self.words) = ([:], [])
    candidates.append(
      ConsolidationCandidate(memory, asOf: asOf) { stem in
        if let number = known[stem] { return number }
        let number = UInt32(truncatingIfNeeded: known.count)
        known[stem] = number
        words.append(stem)
        return number
      })
    (numbers, self.words) = (known, words)
    ids.insert(memory.record.ownedID)
  }

  /// Takes down what a summary is of that was not gathered with the records.
  package mutating func note(_ summary: MemoryRecord) {
    let origins = summary.derivedFrom.map { OwnedMemoryID($0, summary.role) }
    for id in origins where ids.contains(id) {
      summarisedElsewhere[id] = min(
        summarisedElsewhere[id] ?? summary.recordedAt, summary.recordedAt)
    }
  }

  /// Since when each record is summarised.
  var summarised: [OwnedMemoryID: Timestamp] {
    var since = summarisedElsewhere
    for candidate in candidates {
      for id in candidate.summarised {
        since[id] = min(since[id] ?? candidate.recordedAt, candidate.recordedAt)
      }
    }
    return since
  }
}

extension PlannedConsolidation.Summary {
  fileprivate init(
    _ members: ArraySlice<ConsolidationCandidate>, _ thread: ConsolidationCandidate.Thread,
    _ settings: ConsolidationSettings
  ) {
    originals = members.map(\.id.id)
    (kind, role) = (thread.kind, thread.role)
    switch thread.subject {
    case .situation(let name): situation = name
    case .conversation(let id): conversationID = id
    }
    trust = members.map(\.trust).min() ?? .untrusted
    importance = members.map(\.importance).max() ?? 0
    let times = members.map(\.validFrom)
    let first = times.min() ?? Timestamp(milliseconds: 0)
    period = first...max(first, times.max() ?? first)
    let outcomes = members.compactMap(\.outcome)
    trials = outcomes.count
    successes = outcomes.count { $0 >= settings.successOutcome }
  }
}

extension PlannedConsolidation.Summary {
  /// What the names of summaries begin with.
  static let idPrefix = "sum_"

  /// The record that stands for the originals.
  /// - Parameters:
  ///   - texts: the originals with their texts.
  ///   - stems: the stems of a text.
  package func record(
    of lead: LeadID?, texts: [Extract.Source], tokens: Int, recordedAt: Timestamp,
    stems: (String) -> [String]
  ) -> MemoryRecord {
    let extract = Extract(of: texts, tokens: tokens, stems: stems)
    var fingerprint = Fingerprint()
    // Another role's records may have the same names.
    if let role { fingerprint.add(field: Array("role \(role)".utf8)) }
    for id in originals { fingerprint.add(field: Array(id.rawValue.utf8)) }
    var record = MemoryRecord(
      id: MemoryID(rawValue: Self.idPrefix + fingerprint.text), kind: kind,
      text: opening + extract.text,
      content: .summary, importance: importance,
      source: MemorySource(name: ActionPatterns.sourceName), trust: trust,
      validFrom: period.lowerBound, recordedAt: recordedAt)
    (record.leadID, record.role, record.conversationID) = (lead, role, conversationID)
    record.derivedFrom = originals
    return record
  }

  private var opening: String {
    guard let situation else {
      return Self.opening(of: originals.count, "utterances", within: period)
    }
    let ends = trials == 0 ? "" : ", \(successes) of \(trials) successful"
    return Self.opening(
      of: originals.count, "episodes of \(situation)", within: period, ends: ends)
  }

  /// What a summary begins with: how many of what it is of, and when they were.
  static func opening(
    of count: Int, _ what: String, within period: ClosedRange<Timestamp>, ends: String = ""
  ) -> String {
    let days = [period.lowerBound, period.upperBound].map { $0.iso8601.prefix(10) }
    let time = days[0] == days[1] ? "on \(days[0])" : "from \(days[0]) to \(days[1])"
    return "\(count) \(what) \(time)\(ends): "
  }
}
