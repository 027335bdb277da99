import JSONRPC

/// What storing a fact means for the facts that are known of the same thing: those of one lead, owner role
/// and key. Values that hold one after the other share a time line; nothing is deleted.
///
/// Of several equally trusted facts that were told for a time, the one that was told to begin last holds; of
/// those that begin together, the one that was told last. So a fact that holds for a time only interrupts
/// the one before, which holds again afterwards: each fact is kept in as many versions as it has periods.
package struct FactSuccession: Sendable, Hashable {
  /// A fact that ends, is interrupted, or turns out never to have held.
  package struct Ending: Sendable, Hashable {
    /// The version that is known now.
    package var record: MemoryRecord
    /// When it holds still; empty when it does at no time.
    package var left: [FactPeriod]
  }

  /// The known fact that says the same already; nothing is stored then.
  package private(set) var same: MemoryID?
  /// What ends.
  package private(set) var endings: [Ending] = []
  /// The more trusted facts that say otherwise.
  package private(set) var conflicts: [MemoryID] = []
  /// When the new fact holds, in order; at least one period.
  package private(set) var periods: [FactPeriod]

  /// Finds what a fact means.
  /// - Parameter versions: all that have not run out, of the fact's lead, role and key. Those that are not
  ///   current on the record clock tell since when a fact was told to hold.
  package init(of new: MemoryRecord, among versions: [MemoryRecord]) {
    let told = FactPeriod(of: new)
    periods = [told]
    // What runs out before it begins never holds.
    guard let newFact = new.fact, !told.isEmpty else { return }
    let begins = Dictionary(versions.map { ($0.id, $0.validFrom) }, uniquingKeysWith: min)
    var known: [MemoryRecord] = []
    for record in versions where record.retractedAt == nil {
      if begins[record.id].map({ $0 <= new.validFrom }) ?? true {
        known.append(record)
      } else if record.trust >= new.trust {
        // What is known of a later time stays, unless less trusted.
        periods = periods.flatMap { $0.without(FactPeriod(of: record)) }
      }
    }
    func isSame(_ record: MemoryRecord) -> Bool { record.fact?.says(newFact) ?? false }
    let equals = known.filter { isSame($0) && $0.trust >= new.trust }
    same =
      equals.first { equal in
        periods.first.map { FactPeriod(of: equal).contains($0) } ?? false
          && periods.allSatisfy { period in
            equals.contains { FactPeriod(of: $0).contains(period) }
          }
      }?.id
    if same != nil { return }
    for record in known {
      let period = FactPeriod(of: record)
      guard periods.contains(where: period.overlaps) else { continue }
      if record.trust <= new.trust {
        let left = periods.reduce([period]) { left, taken in
          left.flatMap { $0.without(taken) }
        }
        endings.append(Ending(record: record, left: left))
      } else if !isSame(record), !conflicts.contains(record.id) {
        conflicts.append(record.id)
      }
    }
  }

  /// The facts that end or are interrupted, each once.
  package var superseded: [MemoryID] {
    var known: Set<MemoryID> = []
    return endings.map(\.record.id).filter { known.insert($0).inserted }
  }

  /// The versions in which the new fact is stored.
  package func versions(of new: MemoryRecord) -> [MemoryRecord] {
    periods.map { new.holding($0) }
  }
}

extension FactSuccession.Ending {
  /// The versions that are known from a time on.
  package func successors(recordedAt now: Timestamp) -> [MemoryRecord] {
    left.map { period in
      var successor = record.holding(period)
      successor.recordedAt = now
      return successor
    }
  }
}

/// A time in which a fact holds.
package struct FactPeriod: Sendable, Hashable {
  /// When it begins.
  package var start: Timestamp
  /// When it ends, that moment not included; `nil` for never.
  package var end: Timestamp?

  /// A period.
  package init(from start: Timestamp, to end: Timestamp?) {
    self.start = start
    self.end = end
  }

  /// When a version holds: not after it has run out.
  init(of record: MemoryRecord) {
    let ends = [record.validTo, record.expiresAt].compactMap(\.self)
    self.init(from: record.validFrom, to: ends.min())
  }

  var isEmpty: Bool { end.map { $0 <= start } ?? false }

  func contains(_ other: FactPeriod) -> Bool {
    start <= other.start && (end.map { end in other.end.map { $0 <= end } ?? false } ?? true)
  }

  func overlaps(_ other: FactPeriod) -> Bool {
    (end.map { other.start < $0 } ?? true) && (other.end.map { start < $0 } ?? true)
  }

  /// What is left of it without another.
  func without(_ other: FactPeriod) -> [FactPeriod] {
    guard overlaps(other) else { return [self] }
    var left: [FactPeriod] = []
    if start < other.start { left.append(FactPeriod(from: start, to: other.start)) }
    if let otherEnd = other.end, end.map({ otherEnd < $0 }) ?? true {
      left.append(FactPeriod(from: otherEnd, to: end))
    }
    return left
  }
}

extension Fact {
  /// Whether another says the same: `1` is `1.0`.
  package func says(_ other: Fact) -> Bool {
    key == other.key && EqualValue.areEqual(value, other.value)
  }
}

extension MemoryRecord {
  /// The record as it holds in a period.
  fileprivate func holding(_ period: FactPeriod) -> MemoryRecord {
    var record = self
    (record.validFrom, record.validTo) = (period.start, period.end)
    return record
  }
}

extension MemoryRecord {
  /// The fact it holds; `nil` when it holds something else.
  package var fact: Fact? {
    if case .fact(let fact) = content { fact } else { nil }
  }

  /// The episode it holds; `nil` when it holds something else.
  package var episode: Episode? {
    if case .episode(let episode) = content { episode } else { nil }
  }

  /// The conversation's state it holds; `nil` when it holds something else.
  package var context: ConversationContext? {
    if case .context(let context) = content { context } else { nil }
  }

  /// Whether it is the same memory told again: everything but its times, uses and trust.
  package func isRepeated(by other: MemoryRecord) -> Bool {
    kind == other.kind && leadID == other.leadID && conversationID == other.conversationID
      && role == other.role && speaker == other.speaker && text == other.text
      && (content == other.content || fact.map { other.fact?.says($0) ?? false } ?? false)
  }
}

extension MemoryReader {
  /// The version that a reader is shown of the versions of one name, the reader's own before shared ones: of
  /// those that were known at a time the one that holds last, where none was any more the one that was
  /// recorded last.
  /// - Parameter now: the present, by which records expire.
  package func version(
    among versions: [MemoryRecord], knownAt: Timestamp, now: Timestamp
  ) -> MemoryRecord? {
    func isCurrent(_ record: MemoryRecord) -> Bool {
      record.retractedAt.map { knownAt < $0 } ?? true
    }
    let there = versions.filter { $0.recordedAt <= knownAt && !$0.hasExpired(at: now) }
    let known = named(among: there)
    return known.filter(isCurrent).max { $0.validFrom < $1.validFrom }
      ?? known.max { ($0.recordedAt, $0.validFrom) < ($1.recordedAt, $1.validFrom) }
  }

  /// The versions that one name stands for: the reader's own, where there are none the shared ones. Upkeep
  /// means all of them.
  package func named(among versions: [MemoryRecord]) -> [MemoryRecord] {
    guard case .agent(let role) = self else { return versions }
    let own = versions.filter { $0.role == role }
    return own.isEmpty ? versions.filter { $0.role == nil } : own
  }
}

extension MemoryRecord {
  /// What stands under the record's name already, so that it cannot be stored under it; `nil` when the name
  /// is free. What is private to other roles is not there for its owner.
  /// - Parameter versions: those of its name that have not run out.
  package func holder(among versions: [MemoryRecord]) -> MemoryRecord? {
    let current = versions.filter { $0.retractedAt == nil }
    return MemoryReader.agent(role).named(among: current).first
  }
}
