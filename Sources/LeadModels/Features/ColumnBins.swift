import Marketing

/// How a column's values are counted, with the shares that training saw. Few bins, so that some hundred rows
/// are enough to compare.
struct ColumnBins: Sendable, Hashable, Codable {
  /// The most bins of numbers, and of categories beside all others.
  private static let most = 10
  /// The least share of a category that has a bin of its own.
  private static let least = 0.02
  /// The same where there are more than `many` categories.
  private static let leastOfMany = 0.05
  private static let many = 60

  /// Of numbers: the bounds between bins, rising; a number belongs to the first bin whose bound is not below
  /// it.
  private(set) var edges: [Double] = []
  /// Of categories: the ones with a bin of their own, folded.
  private(set) var words: [String] = []
  /// Hashes of every category that training saw, where there are few enough; others are new. Not the words:
  /// what one lead alone wrote is in no model's file. Rising: a set has no order that could be kept.
  private(set) var seen: [UInt32]?
  /// The share of training's rows in each bin; behind the values' bins one for missing ones.
  private(set) var shares: [Double] = []

  /// A number of different categories above which new ones are not told from rare ones.
  private static let mostSeen = 100_000

  /// The bins of a column.
  /// - Parameter values: one for each row of training.
  init(_ values: [ColumnReading.Value], kind: ColumnReading.Kind) {
    switch kind {
    case .number, .flag, .text: edges = Self.edges(of: values.compactMap(Self.number))
    // By the day of the week: a date itself always changes.
    case .date: edges = Self.weekdays
    case .category: countWords(values)
    case .presence: edges = []
    }
    var counts = [Int](repeating: 0, count: count)
    for value in values { counts[bin(of: value)] += 1 }
    shares = counts.map { Double($0) / Double(max(1, values.count)) }
  }

  private static let weekdays: [Double] = [0, 1, 2, 3, 4, 5]

  /// Whether these are bins of values of this kind.
  func areOf(_ kind: ColumnReading.Kind) -> Bool {
    switch kind {
    case .number, .flag, .text: words.isEmpty
    case .date: words.isEmpty && edges == Self.weekdays
    case .category: edges.isEmpty
    case .presence: words.isEmpty && edges.isEmpty
    }
  }

  private mutating func countWords(_ values: [ColumnReading.Value]) {
    var counts: [String: Int] = [:]
    for case .word(let word) in values { counts[word, default: 0] += 1 }
    // Of very many values, such as companies, other ones come and go: only those that stand out count.
    let least = counts.count > Self.many ? Self.leastOfMany : Self.least
    let floor = Int((least * Double(values.count)).rounded(.up))
    words = counts.filter { $0.value >= floor }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(Self.most).map(\.key)
    if counts.count <= Self.mostSeen { seen = Set(counts.keys.map(Self.hash)).sorted() }
  }

  /// How many bins there are.
  var count: Int { (words.isEmpty ? edges.count : words.count) + 2 }

  /// The bin of a value.
  func bin(of value: ColumnReading.Value) -> Int {
    switch value {
    case .missing, .unreadable: return count - 1
    case .word(let word) where edges.isEmpty: return words.firstIndex(of: word) ?? count - 2
    case .number, .word, .moment:
      let number = Self.number(value) ?? 0
      return edges.firstIndex { number <= $0 } ?? count - 2
    }
  }

  /// Whether training saw such a category, as far as can be known.
  func hasSeen(_ value: ColumnReading.Value) -> Bool {
    guard case .word(let word) = value, let seen else { return false }
    let hash = Self.hash(word)
    var (low, high) = (0, seen.count)
    while low < high {
      let middle = (low + high) / 2
      if seen[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < seen.count && seen[low] == hash
  }

  /// FNV-1a, mixed: the same in every process.
  private static func hash(_ word: String) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: SplitMix64.mixed(hash))
  }

  private static func number(_ value: ColumnReading.Value) -> Double? {
    switch value {
    case .number(let number): number
    case .moment: FeatureColumn.parts(value)?.weekday
    case .word(let text): Double(text.unicodeScalars.count)
    case .missing, .unreadable: nil
    }
  }

  /// Bounds between tenths; fewer where many numbers are equal.
  private static func edges(of numbers: [Double]) -> [Double] {
    let sorted = numbers.sorted()
    guard let highest = sorted.last else { return [] }
    var edges: [Double] = []
    for tenth in 1..<most {
      // A value of the data, so that equal numbers fall on one side together.
      let edge = sorted[min(sorted.count - 1, sorted.count * tenth / most)]
      if edge < highest, edge > edges.last ?? -.infinity { edges.append(edge) }
    }
    return edges
  }
}
