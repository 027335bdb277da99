import Glibc

/// Words with their vectors, each already with its weight and without the common part: a text's vector is the
/// sum of its words'.
struct WordTable: Sendable {
  /// How long vectors are.
  let dimensions: Int
  /// Where a word's vector is.
  private(set) var places: [String: Int32] = [:]
  /// How many words the file has before each one.
  private var ranks: [Int32] = []
  /// The vectors one behind the other.
  private var numbers: [Float] = []

  /// An empty table.
  /// - Parameter words: for how many there shall be room.
  init(dimensions: Int, words: Int) {
    self.dimensions = dimensions
    numbers.reserveCapacity(words * dimensions)
  }

  /// Whether there is a word.
  func contains(_ word: String) -> Bool { places[word] != nil }

  /// Adds a word that is not there.
  mutating func add(_ word: String, rank: Int, _ vector: [Float]) {
    places[word] = Int32(ranks.count)
    ranks.append(Int32(rank))
    numbers += vector
  }

  /// Weighs the words and takes out what they have in common.
  /// - Parameters:
  ///   - total: how many words the file has.
  ///   - smoothing: the a of a / (a + p).
  mutating func weigh(total: Int, smoothing: Double) {
    // Frequencies follow from ranks by the law of Zipf and Mandelbrot; the logarithm is what they sum to.
    let sum = log(Double(max(2, total))) + 0.58
    var common = [Double](repeating: 0, count: dimensions)
    for (place, rank) in ranks.enumerated() {
      let frequency = 1 / ((Double(rank) + 2.7) * sum)
      let weight = smoothing / (smoothing + frequency)
      let start = place * dimensions
      for offset in 0..<dimensions {
        let number = Double(numbers[start + offset]) * weight
        common[offset] += number * frequency
        numbers[start + offset] = Float(number)
      }
    }
    let length = common.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0, length.isFinite else { return }
    remove(common.map { Float($0 / length) })
  }

  private mutating func remove(_ direction: [Float]) {
    for place in ranks.indices {
      let start = place * dimensions
      var along: Float = 0
      var before: Float = 0
      for offset in 0..<dimensions {
        along += numbers[start + offset] * direction[offset]
        before += numbers[start + offset] * numbers[start + offset]
      }
      var left: Float = 0
      for offset in 0..<dimensions {
        numbers[start + offset] -= along * direction[offset]
        left += numbers[start + offset] * numbers[start + offset]
      }
      // Of a word that is nothing but common only the rounding is left, which points anywhere.
      guard left <= before * 1e-10 else { continue }
      for offset in 0..<dimensions { numbers[start + offset] = 0 }
    }
  }

  /// The vector of a text with these words, of the norm 1; empty when none is known.
  func vector(of words: [String]) -> [Float] {
    var sum = [Float](repeating: 0, count: dimensions)
    var isKnown = false
    for word in words {
      guard let place = places[word] else { continue }
      isKnown = true
      let start = Int(place) * dimensions
      for offset in 0..<dimensions { sum[offset] += numbers[start + offset] }
    }
    return isKnown ? UnitVector.of(sum) : []
  }
}
