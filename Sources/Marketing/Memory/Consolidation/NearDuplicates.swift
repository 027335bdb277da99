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

/// Finds records that say the same in nearly the same words: the shares of their stems that they have in
/// common (Jaccard) and that they have in the same order (longest common subsequence) are `likeness` or
/// more. The order counts since `Ann referred Bob` is not `Bob referred Ann`.
///
/// The candidates of a record are found by an inverted index of its rarest stems: two sets that are alike
/// to a degree t share one of the n − ⌈t·n⌉ + 1 rarest of each (Chaudhuri, Ganti, Kaushik, "A Primitive
/// Operator for Similarity Joins in Data Cleaning", 2006), so nothing is missed.
struct NearDuplicates {
  /// From this share of common stems on.
  static let likeness = 0.9
  /// Records with fewer different stems are not compared: they say too little to be told apart by it.
  static let fewestStems = 4
  /// Longer texts are compared without regard to order.
  private static let longestOrdered = 512

  private struct Entry {
    let candidate: ConsolidationCandidate
    /// Its stems, each once, by number.
    let set: [UInt32]
  }

  private var entries: [Entry] = []
  private var frequencies: [UInt32: Int] = [:]

  /// The records that may be given up, with those that stay.
  static func merges(among candidates: [ConsolidationCandidate]) throws -> [MemoryMerge] {
    var finder = NearDuplicates()
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
      if let survivor = found.first(where: { Self.areAlike(entries[$0], entry) }) {
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

  private static func areAlike(_ left: Entry, _ right: Entry) -> Bool {
    let common = Set(left.set).intersection(right.set).count
    let all = left.set.count + right.set.count - common
    guard Double(common) >= likeness * Double(all) else { return false }
    let (first, second) = (left.candidate.stems, right.candidate.stems)
    if first == second { return true }
    let longest = max(first.count, second.count)
    guard longest <= longestOrdered else { return true }
    return Double(inOrder(first, second)) >= likeness * Double(longest)
  }

  /// The length of the longest common subsequence.
  private static func inOrder(_ first: [UInt32], _ second: [UInt32]) -> Int {
    var lengths = [Int](repeating: 0, count: second.count + 1)
    for stem in first {
      var diagonal = 0
      for (place, other) in second.enumerated() {
        let above = lengths[place + 1]
        lengths[place + 1] = stem == other ? diagonal + 1 : max(above, lengths[place])
        diagonal = above
      }
    }
    return lengths[second.count]
  }
}
