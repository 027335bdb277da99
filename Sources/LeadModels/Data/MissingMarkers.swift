import Marketing

/// Texts of cells that mean "not known".
package struct MissingMarkers: Sendable, Hashable {
  /// What statistics programs and databases write for an unknown value, beside what lead files have.
  package static let usual =
    ColumnMapping.usualMissing + ["nan", "#N/A", "#NA", "<NA>", "nil", "\\N", "?", ".", "--"]

  private let folded: Set<[UInt8]>
  private let longest: Int

  /// Markers; case does not count.
  package init(_ markers: [String] = Self.usual) {
    folded = Set(markers.map { Self.folded($0.utf8) })
    longest = folded.map(\.count).max() ?? 0
  }

  /// A cell's text without the white space around it; `nil` where it means "not known".
  package func value(of bytes: ArraySlice<UInt8>) -> String? {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || (0x09...0x0D).contains(first) {
      bytes.removeFirst()
    }
    while let last = bytes.last, last == 0x20 || (0x09...0x0D).contains(last) {
      bytes.removeLast()
    }
    if bytes.isEmpty || bytes.count <= longest && folded.contains(Self.folded(bytes)) { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text without the white space around it; `nil` where it means "not known".
  package func value(of text: String) -> String? { value(of: Array(text.utf8)[...]) }

  private static func folded(_ bytes: some Collection<UInt8>) -> [UInt8] {
    bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }
}
