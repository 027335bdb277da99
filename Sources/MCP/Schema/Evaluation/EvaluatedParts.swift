/// The members of an object, or elements of an array, that keywords have looked at: what
/// `unevaluatedProperties` and `unevaluatedItems` leave alone.
struct EvaluatedParts {
  private var all = false
  private var words: [UInt64] = []

  /// Whether the part at this place has been looked at.
  func contains(_ place: Int) -> Bool {
    if all { return true }
    let word = place / 64
    return word < words.count && words[word] & (1 << UInt64(place % 64)) != 0
  }

  mutating func insert(_ place: Int) {
    guard !all else { return }
    let word = place / 64
    while words.count <= word { words.append(0) }
    words[word] |= 1 << UInt64(place % 64)
  }

  mutating func insertAll() { all = true }

  mutating func formUnion(_ other: EvaluatedParts) {
    all = all || other.all
    while words.count < other.words.count { words.append(0) }
    for (word, bits) in other.words.enumerated() { words[word] |= bits }
  }
}
