/// The stems of an index with the documents that each is in.
struct RecallTerms: Sendable {
  /// The documents of each stem, ascending; those of deleted documents stay until the index is compacted.
  private(set) var postings: [[Posting]] = []
  /// In how many documents that are there each stem is.
  private(set) var frequencies: [UInt32] = []

  private var numbers: [String: UInt32] = [:]
  private var stems: [String?] = []
  private var free: [UInt32] = []
  /// Stems by their first four bytes, for those that are spelled alike.
  private var beginnings: [UInt32: [UInt32]] = [:]

  /// How many stems are in use.
  var count: Int { numbers.count }

  /// The stems in use.
  var words: some Collection<String> { numbers.keys }

  /// The number of a stem; `nil` when no document has it.
  func number(of stem: String) -> UInt32? { numbers[stem] }

  /// The stem of a number.
  func stem(_ number: UInt32) -> String? { stems[Int(number)] }

  /// Adds a document's stem; documents come in ascending order.
  /// - Returns: the stem's number; `nil` when there is no room for another stem.
  mutating func add(_ stem: String, in document: UInt32, frequency: Int) -> UInt32? {
    guard let number = numbers[stem] ?? make(stem) else { return nil }
    postings[Int(number)].append(Posting(document, frequency: frequency))
    frequencies[Int(number)] += 1
    return number
  }

  private mutating func make(_ stem: String) -> UInt32? {
    let number: UInt32
    if let last = free.popLast() {
      number = last
      stems[Int(number)] = stem
    } else {
      guard stems.count < Posting.limit else { return nil }
      number = UInt32(stems.count)
      stems.append(stem)
      postings.append([])
      frequencies.append(0)
    }
    numbers[stem] = number
    if let beginning = Self.beginning(of: stem) {
      beginnings[beginning, default: []].append(number)
    }
    return number
  }

  /// Takes one document from a stem; a stem without any is removed.
  mutating func release(_ number: UInt32) {
    frequencies[Int(number)] -= 1
    guard frequencies[Int(number)] == 0, let stem = stems[Int(number)] else { return }
    if let beginning = Self.beginning(of: stem) {
      beginnings[beginning]?.removeAll { $0 == number }
      if beginnings[beginning]?.isEmpty == true { beginnings[beginning] = nil }
    }
    numbers[stem] = nil
    stems[Int(number)] = nil
    postings[Int(number)] = []
    free.append(number)
  }

  /// Gives documents their new numbers; those without one are gone.
  mutating func renumber(_ new: [UInt32]) {
    for number in postings.indices where !postings[number].isEmpty {
      postings[number] = postings[number].compactMap { posting in
        let document = new[Int(posting.number)]
        return document == .max
          ? nil : Posting(document, frequency: Int(posting.frequency))
      }
    }
  }

  /// Moves what is held into memory that never held anything else.
  mutating func rebuild() {
    numbers = Dictionary(uniqueKeysWithValues: numbers.map { ($0.key, $0.value) })
    stems = stems.map { $0 }
  }

  /// Stems that share a long beginning with another one: at least four letters, and all but two of the
  /// shorter one's. Numbers are related to nothing.
  /// - Parameter limit: how many at most.
  func related(to stem: String, limit: Int) -> [UInt32] {
    guard let beginning = Self.beginning(of: stem), let near = beginnings[beginning] else {
      return []
    }
    let bytes = Array(stem.utf8)
    var found: [UInt32] = []
    for number in near {
      guard let other = stems[Int(number)], other != stem else { continue }
      let shared = zip(bytes, other.utf8).prefix { $0 == $1 }.count
      if shared >= max(4, min(bytes.count, other.utf8.count) - 2) { found.append(number) }
      if found.count == limit { break }
    }
    return found
  }

  private static func beginning(of stem: String) -> UInt32? {
    let bytes = stem.utf8.prefix(4)
    guard bytes.count == 4, !bytes.contains(where: { (0x30...0x39).contains($0) }) else {
      return nil
    }
    return bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Bytes held.
  var memoryFootprint: Int {
    var bytes = Footprint.bytes(numbers) + Footprint.bytes(stems) + Footprint.bytes(beginnings)
    bytes += Footprint.bytes(frequencies) + Footprint.bytes(postings)
    for list in postings { bytes += Footprint.bytes(list) }
    for list in beginnings.values { bytes += Footprint.bytes(list) }
    // Up to 15 bytes a string is in place.
    for stem in numbers.keys where stem.utf8.count > 15 { bytes += stem.utf8.count + 32 }
    return bytes
  }
}
