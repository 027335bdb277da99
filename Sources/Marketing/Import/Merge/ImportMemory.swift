/// What each file said of a lead when it was last read, in marks that tell whether it says something new.
/// Kept with the lead and erased with it.
package struct ImportMemory: Sendable, Hashable {
  /// The most files that are remembered; of one that is forgotten, everything is news again.
  static let maximumSources = 16
  private static let version: UInt8 = 1

  private struct Entry: Sendable, Hashable {
    var source: UInt64
    var reading: UInt64
    var said: Set<UInt32>
  }

  /// The file that was read last stands last.
  private var entries: [Entry] = []

  /// A memory of nothing.
  package init() {}

  /// Whether a row of this reading has been put into the lead already.
  func hasTaken(_ source: ImportSource) -> Bool {
    entry(of: source)?.reading == UInt64(bitPattern: source.reading)
  }

  /// The marks of what the file said last.
  func said(by source: ImportSource) -> Set<UInt32> { entry(of: source)?.said ?? [] }

  /// Whether any file said this.
  func hasHeard(_ mark: UInt32) -> Bool { entries.contains { $0.said.contains(mark) } }

  /// Remembers what a row said: instead of what the file said in an earlier reading, beside what it said
  /// in this one.
  mutating func remember(_ marks: some Sequence<UInt32>, of source: ImportSource) {
    var said = Set(marks)
    if hasTaken(source) { said.formUnion(self.said(by: source)) }
    let key = Self.key(of: source)
    entries.removeAll { $0.source == key }
    entries.append(
      Entry(source: key, reading: UInt64(bitPattern: source.reading), said: said))
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
  /// The memory as a store keeps it: a version, then for each file 8 bytes of its name's fingerprint, 8 of
  /// the reading, 2 of the number of marks and 4 of each, little-endian.
  package var bytes: [UInt8] {
    var bytes = [Self.version]
    bytes.reserveCapacity(1 + entries.reduce(0) { $0 + 18 + 4 * $1.said.count })
    func put(_ value: some FixedWidthInteger & UnsignedInteger) {
      for shift in stride(from: 0, to: value.bitWidth, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    for entry in entries {
      let said = entry.said.sorted().prefix(Int(UInt16.max))
      put(entry.source)
      put(entry.reading)
      put(UInt16(said.count))
      for mark in said { put(mark) }
    }
    return bytes
  }

  /// Reads what `bytes` wrote; anything else is a memory of nothing.
  package init(bytes: [UInt8]?) {
    guard let bytes, bytes.first == Self.version else { return }
    entries = Self.entries(in: bytes) ?? []
  }

  private static func entries(in bytes: [UInt8]) -> [Entry]? {
    var entries: [Entry] = []
    var at = 1
    func take<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
      let end = at + Value.bitWidth / 8
      guard end <= bytes.count else { return nil }
      defer { at = end }
      return bytes[at..<end].reversed().reduce(0) { $0 << 8 | Value($1) }
    }
    while at < bytes.count {
      guard let source = take(UInt64.self), let reading = take(UInt64.self),
        let count = take(UInt16.self)
      else { return nil }
      var said: Set<UInt32> = []
      for _ in 0..<count {
        guard let mark = take(UInt32.self) else { return nil }
        said.insert(mark)
      }
      entries.append(Entry(source: source, reading: reading, said: said))
    }
    return entries
  }
}
