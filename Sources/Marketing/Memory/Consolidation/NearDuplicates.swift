/// A record with others that say the same.
package struct MemoryMerge: Sendable, Hashable {
  /// The role that all of them are private to; `nil` when they are shared.
  package var role: AgentRoleID?
  /// The record that stays.
  package var survivor: MemoryID
  /// Those that are given up.
  package var givenUp: [MemoryID]

  /// A merge.
  package init(of role: AgentRoleID? = nil, survivor: MemoryID, givenUp: [MemoryID]) {
    self.role = role
    self.survivor = survivor
    self.givenUp = givenUp
  }
}

/// Finds records that say the same in the same words: their stems are the same in the same order, but for a
/// few spellings. One other word may be all that matters (`the Starter plan`), and so may the order (`Ann
/// referred Bob`). A spelling is a long stem with one letter more, less or other behind its first, of a
/// word that is no name and no number; the share of stems that both have (Jaccard) is `likeness` or more.
///
/// The candidates of a record are found by an inverted index of its rarest stems: two sets that are alike
/// to a degree t share one of the n − ⌈t·n⌉ + 1 rarest of each (Chaudhuri, Ganti, Kaushik, "A Primitive
/// Operator for Similarity Joins in Data Cleaning", 2006), so nothing is missed.
struct NearDuplicates {
  /// From this share of common stems on.
  static let likeness = 0.9
  /// Records with fewer different stems are not compared: they say too little to be told apart by it.
  static let fewestStems = 4
  /// Stems with fewer letters are too often others when one letter differs.
  private static let shortestSpelling = 7

  private struct Entry {
    let candidate: ConsolidationCandidate
    /// Its stems, each once, by number.
    let set: [UInt32]
  }

  /// The stems by their numbers.
  private let words: [String]
  private var entries: [Entry] = []
  private var frequencies: [UInt32: Int] = [:]

  /// The records that may be given up, with those that stay.
  /// - Parameter words: the stems by their numbers.
  static func merges(
    among candidates: [ConsolidationCandidate], words: [String]
  ) throws -> [MemoryMerge] {
    var finder = NearDuplicates(words: words)
    var groups: [ConsolidationCandidate.Likeness: [ConsolidationCandidate]] = [:]
    for candidate in candidates {
      guard let likeness = candidate.likeness else { continue }
      groups[likeness, default: []].append(candidate)
    }
    var merges: [MemoryMerge] = []
    for (likeness, group) in groups where group.count > 1 {
      try Task.checkCancellation()
      merges += try finder.merges(within: group, of: likeness.role)
    }
    return merges.sorted {
      OwnedMemoryID($0.survivor, $0.role) < OwnedMemoryID($1.survivor, $1.role)
    }
  }

  private mutating func merges(
    within group: [ConsolidationCandidate], of role: AgentRoleID?
  ) throws -> [MemoryMerge] {
    entries = group.sorted(by: Self.staysBefore).compactMap { candidate in
      let set = Set(candidate.stems).sorted()
      return set.count < Self.fewestStems ? nil : Entry(candidate: candidate, set: set)
    }
    frequencies = entries.reduce(into: [:]) { counts, entry in
      for stem in entry.set { counts[stem, default: 0] += 1 }
    }
    // Those that stay, by their rarest stems. Each record is compared with them only: what was given up
    // before it draws nothing after it.
    var index: [UInt32: [Int]] = [:]
    var merges: [Int: MemoryMerge] = [:]
    for (place, entry) in entries.enumerated() {
      if place % 1024 == 0 { try Task.checkCancellation() }
      let prefix = prefix(of: entry.set)
      let found = Set(prefix.flatMap { index[$0] ?? [] }).sorted()
      if let survivor = found.first(where: { areAlike(entries[$0], entry) }) {
        merges[
          survivor,
          default: MemoryMerge(of: role, survivor: entries[survivor].candidate.id.id, givenUp: [])
        ].givenUp.append(entry.candidate.id.id)
      } else {
        for stem in prefix { index[stem, default: []].append(place) }
      }
    }
    return Array(merges.values)
  }

  /// The more trusted stays, then the more important, then the older.
  private static func staysBefore(
    _ left: ConsolidationCandidate, _ right: ConsolidationCandidate
  ) -> Bool {
    if left.trust != right.trust { return left.trust > right.trust }
    if left.importance != right.importance { return left.importance > right.importance }
    return (left.recordedAt, left.id) < (right.recordedAt, right.id)
  }

  private func prefix(of set: [UInt32]) -> ArraySlice<UInt32> {
    let least = Int((Self.likeness * Double(set.count)).rounded(.up))
    return set.sorted {
      (frequencies[$0] ?? 0, $0) < (frequencies[$1] ?? 0, $1)
    }.prefix(set.count - least + 1)
  }

  private func areAlike(_ left: Entry, _ right: Entry) -> Bool {
    let (first, second) = (left.candidate.stems, right.candidate.stems)
    if first == second { return true }
    guard first.count == second.count else { return false }
    let common = Set(left.set).intersection(right.set).count
    let all = left.set.count + right.set.count - common
    guard Double(common) >= Self.likeness * Double(all) else { return false }
    return zip(first, second).allSatisfy { one, other in
      one == other
        || !left.candidate.names.contains(one) && !right.candidate.names.contains(other)
          && Self.areSpellings(words[Int(one)], words[Int(other)])
    }
  }

  /// Whether two stems are spellings of one word.
  private static func areSpellings(_ left: String, _ right: String) -> Bool {
    let (short, long) = left.count <= right.count ? (left, right) : (right, left)
    guard short.count >= shortestSpelling, long.count - short.count <= 1,
      short.first == long.first,
      !left.contains(where: \.isNumber), !right.contains(where: \.isNumber)
    else { return false }
    let same = zip(short, long).prefix { $0 == $1 }.count
    let rest = long.dropFirst(same + 1)
    return short.dropFirst(short.count == long.count ? same + 1 : same).elementsEqual(rest)
  }
}
