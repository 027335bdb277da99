import Marketing

/// Divides rows into parts of equal size with equal shares of positive rows, the same for the same seed.
///
/// The rows of each class are put into the order of SplitMix64 (Steele, Lea, Flood, "Fast Splittable
/// Pseudorandom Number Generators", 2014) of seed and row, and dealt out in turn: so that another program can
/// make the same parts.
enum Folds {
  /// The part of each row, 0 to `count` − 1.
  /// - Parameter groups: rows of the same group come into the same part; `nil` when each is its own.
  static func parts(labels: [Bool], groups: [Int]?, count: Int, seed: UInt64) -> [Int] {
    guard let groups else { return parts(labels: labels, count: count, seed: seed) }
    var members: [Int: Int] = [:]
    var firsts: [Bool] = []
    for (row, group) in groups.enumerated() where members[group] == nil {
      members[group] = firsts.count
      firsts.append(labels[row])
    }
    let byGroup = parts(labels: firsts, count: count, seed: seed)
    return groups.map { members[$0].map { byGroup[$0] } ?? 0 }
  }

  private static func parts(labels: [Bool], count: Int, seed: UInt64) -> [Int] {
    var parts = [Int](repeating: 0, count: labels.count)
    for label in [false, true] {
      let rows = labels.indices.filter { labels[$0] == label }
        .map { (key: SplitMix64.mixed(seed &+ UInt64($0) &* SplitMix64.step), row: $0) }
        .sorted { $0 < $1 }
      for (place, entry) in rows.enumerated() { parts[entry.row] = place % count }
    }
    return parts
  }

  /// A part of the rows, chosen by the same order, rising.
  /// - Parameter labels: of all rows: the part has the share of positive rows that all have, and at least one
  ///   where there is one; `nil` to leave that to chance.
  static func sample(of rows: [Int], labels: [Bool]? = nil, count: Int, seed: UInt64) -> [Int] {
    guard rows.count > count else { return rows }
    guard let labels else { return chosen(rows, count, seed).sorted() }
    let positives = rows.filter { labels[$0] }
    let share = Double(positives.count) / Double(rows.count)
    let wanted = max(min(1, positives.count), Int((share * Double(count)).rounded()))
    return
      (chosen(positives, wanted, seed)
      + chosen(rows.filter { !labels[$0] }, count - wanted, seed)).sorted()
  }

  private static func chosen(_ rows: [Int], _ count: Int, _ seed: UInt64) -> [Int] {
    rows
      .map { (key: SplitMix64.mixed(seed &+ UInt64($0) &* SplitMix64.step), row: $0) }
      .sorted { $0 < $1 }.prefix(count).map(\.row)
  }
}
