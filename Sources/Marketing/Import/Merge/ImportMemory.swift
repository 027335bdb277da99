/// What each file said of a lead when it was last read, in marks that tell whether it says something new.
/// Kept with the lead and erased with it.
package struct ImportMemory: Sendable, Hashable {
  /// The most files that are remembered; of one that is forgotten, everything is news again.
  static let maximumSources = 16
  private static let version: UInt8 = 2

  private struct Entry: Sendable, Hashable {
    var source: UInt64
    var reading: UInt64
    /// What the rows of the reading said.
    var said: Set<UInt32> = []
    /// What is no news in the reading: what the one before said and what earlier rows did, without what
    /// a row has replaced since.
    var known: Set<UInt32> = []
    /// Whether any row of the reading said something new.
    var hasNews = false

    func isOf(_ source: ImportSource) -> Bool { reading == UInt64(bitPattern: source.reading) }
  }

  /// The file that was read last stands last.
  private var entries: [Entry] = []

  /// A memory of nothing.
  package init() {}

  /// Whether a row of this reading has said something new of the lead already.
  func hasTaken(_ source: ImportSource) -> Bool {
    entry(of: source).map { $0.hasNews && $0.isOf(source) } ?? false
  }

  /// The marks of what is no news of the file.
  func known(of source: ImportSource) -> Set<UInt32> {
    guard let entry = entry(of: source) else { return [] }
    return entry.isOf(source) ? entry.known : entry.said
  }

  /// Whether any file said this.
  func hasHeard(_ mark: UInt32) -> Bool { entries.contains { $0.said.contains(mark) } }

  /// Whether a row that says nothing new has to be remembered even so, that what else the file said before
  /// is told from what it says now. Of a lead that has one row in the file, unchanged, it has not.
  func needsReading(_ marks: Set<UInt32>, of source: ImportSource, repeatsRow: Bool) -> Bool {
    guard let entry = entry(of: source) else { return true }
    if entry.isOf(source) { return !marks.isSubset(of: entry.said) }
    // The earlier row was not remembered: it said all that the file had said.
    return !repeatsRow && marks != entry.said
  }

  /// Remembers what a row said: instead of what the file said in an earlier reading, beside what it said
  /// in this one.
  /// - Parameters:
  ///   - replaced: the marks of values that the lead no longer has.
  ///   - repeatsRow: whether the reading had an earlier row of the lead.
  mutating func remember(
    _ marks: Set<UInt32>, of source: ImportSource, replacing replaced: Set<UInt32> = [],
    repeatsRow: Bool = false, hasNews: Bool = true
  ) {
    let key = Self.key(of: source)
    var entry = Entry(source: key, reading: UInt64(bitPattern: source.reading))
    if let last = self.entry(of: source) {
      if last.isOf(source) {
        entry = last
      } else {
        entry.known = last.said
        if repeatsRow { entry.said = last.said }
      }
    }
    entry.said.formUnion(marks)
    entry.known.subtract(replaced)
    entry.known.formUnion(marks)
    if hasNews { entry.hasNews = true }
    entries.removeAll { $0.source == key }
    entries.append(entry)
    if entries.count > Self.maximumSources { entries.removeFirst() }
  }

  private func entry(of source: ImportSource) -> Entry? {
    if entries.isEmpty { return nil }
    let key = Self.key(of: source)
    return entries.first { $0.source == key }
  }

  private static func key(of source: ImportSource) -> UInt64 {
    var fingerprint = Fingerprint()
    fingerprint.add(field: source.file.utf8)
    return fingerprint.folded
  }
}

extension ImportMemory {
  private static let newsFlag: UInt8 = 1
  private static let sameFlag: UInt8 = 2

  /// The memory as a store keeps it: a version, then for each file 8 bytes of its name's fingerprint, 8 of
  /// the reading, one of flags, 2 of the number of marks that were said and 4 of each, and the same of
  /// those that are known unless a flag says that they are no others, little-endian.
  package var bytes: [UInt8] {
    var bytes = [Self.version]
    bytes.reserveCapacity(1 + entries.reduce(0) { $0 + 21 + 4 * ($1.said.count + $1.known.count) })
    func put(_ value: some FixedWidthInteger & UnsignedInteger) {
      for shift in stride(from: 0, to: value.bitWidth, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    func put(marks: Set<UInt32>) {
      let marks = marks.sorted().prefix(Int(UInt16.max))
      put(UInt16(marks.count))
      for mark in marks { put(mark) }
    }
    for entry in entries {
      let isSame = entry.known == entry.said
      put(entry.source)
      put(entry.reading)
      put((entry.hasNews ? Self.newsFlag : 0) | (isSame ? Self.sameFlag : 0))
      put(marks: entry.said)
      if !isSame { put(marks: entry.known) }
    }
    return bytes
  }

  /// Reads what `bytes` wrote, also in version 1, which had no flags; anything else is a memory of nothing.
  package init(bytes: [UInt8]?) {
    guard let bytes, let version = bytes.first else { return }
    switch version {
    case 1: entries = Self.entries(in: bytes, hasFlags: false) ?? []
    case Self.version: entries = Self.entries(in: bytes, hasFlags: true) ?? []
    default: break
    }
  }

  private static func entries(in bytes: [UInt8], hasFlags: Bool) -> [Entry]? {
    var entries: [Entry] = []
    var at = 1
    func take<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
      let end = at + Value.bitWidth / 8
      guard end <= bytes.count else { return nil }
      defer { at = end }
      return bytes[at..<end].reversed().reduce(0) { $0 << 8 | Value($1) }
    }
    func takeMarks() -> Set<UInt32>? {
      guard let count = take(UInt16.self) else { return nil }
      var marks: Set<UInt32> = []
      for _ in 0..<count {
        guard let mark = take(UInt32.self) else { return nil }
        marks.insert(mark)
      }
      return marks
    }
    while at < bytes.count {
      guard let source = take(UInt64.self), let reading = take(UInt64.self),
        let flags = hasFlags ? take(UInt8.self) : newsFlag | sameFlag, let said = takeMarks(),
        let known = flags & sameFlag == 0 ? takeMarks() : said
      else { return nil }
      entries.append(
        Entry(
          source: source, reading: reading, said: said, known: known,
          hasNews: flags & newsFlag != 0))
    }
    return entries
  }
}
