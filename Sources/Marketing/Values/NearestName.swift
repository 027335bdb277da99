/// What a misspelled name was meant to be.
package enum NearestName {
  /// The known name that another is most likely a slip of: at most two letters apart, or a third of
  /// the known name's. `nil` when none is so near.
  package static func of(_ name: String, among known: [String]) -> String? {
    let distances = known.map { ($0, distance(name, $0)) }
    guard let (nearest, slips) = distances.min(by: { $0.1 < $1.1 }) else { return nil }
    return slips <= max(2, nearest.count / 3) && slips < nearest.count ? nearest : nil
  }

  /// The known names that another may have been meant to be, the likeliest first, at most three: slips of it,
  /// and names that hold it or are held by it.
  package static func all(of name: String, among known: [String]) -> [String] {
    let folded = TextFolding.folded(name)
    let near = known.compactMap { candidate -> (slips: Int, name: String)? in
      let other = TextFolding.folded(candidate)
      let slips = distance(folded, other)
      let isNear = slips <= max(2, other.count / 3) && slips < other.count
      let isPart =
        min(folded.count, other.count) >= 3 && (other.contains(folded) || folded.contains(other))
      return isNear || isPart ? (slips, candidate) : nil
    }
    return near.sorted { ($0.slips, $0.name) < ($1.slips, $1.name) }.prefix(3).map(\.name)
  }

  /// How many letters have to be put in, left out, replaced or exchanged with the next one; upper and
  /// lower case are the same (the restricted Damerau-Levenshtein distance).
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased())
    let right = Array(right.lowercased())
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var steps = min(last[column + 1], current[column]) + 1
        steps = min(steps, last[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          steps = min(steps, beforeLast[column - 1] + 1)
        }
        current.append(steps)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
