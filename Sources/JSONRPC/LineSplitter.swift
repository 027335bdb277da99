/// Cuts a byte stream into lines at `\n`, whatever chunks it comes in, and never holds more than the
/// limit of one line: a longer one is dropped up to its end and reported once.
package struct LineSplitter: Sendable {
  /// One line of the stream.
  package enum Line: Sendable, Hashable {
    /// The line without its end (`\n` or `\r\n`).
    case complete([UInt8])
    /// The line was longer than the limit and was dropped.
    case tooLong
  }

  /// The longest line that is kept, in bytes without its end.
  package let limit: Int
  private var partial: [UInt8] = []
  private var skipping = false
  private var atStart = true
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A splitter that keeps lines of at most `limit` bytes.
  package init(limit: Int) { self.limit = limit }

  /// Takes the next chunk and hands over each line that it completes, blank ones and a byte
  /// order mark at the start of the stream left out.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer, _ take: (Line) -> Void) {
    var rest = chunk[...]
    while let newline = rest.firstIndex(of: 0x0A) {
      append(rest[rest.startIndex..<newline])
      rest = rest[(newline + 1)...]
      end(take)
    }
    append(rest)
  }

  /// The stream has ended: hands over what stands behind the last newline, if anything does.
  package mutating func finish(_ take: (Line) -> Void) { end(take) }

  private mutating func append(_ part: Slice<UnsafeRawBufferPointer>) {
    guard !skipping, !part.isEmpty else { return }
    // Beyond the limit there may be a carriage return, and the byte order mark at the start.
    let margin = 1 + (atStart ? Self.byteOrderMark.count : 0)
    if partial.count + part.count > limit + margin {
      partial.removeAll()
      skipping = true
    } else {
      partial.append(contentsOf: part)
    }
  }

  private mutating func end(_ take: (Line) -> Void) {
    if atStart, partial.starts(with: Self.byteOrderMark) { partial.removeFirst(3) }
    atStart = false
    if partial.last == 0x0D { partial.removeLast() }
    if skipping || partial.count > limit {
      take(.tooLong)
    } else if !partial.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
      take(.complete(partial))
    }
    skipping = false
    partial.removeAll(keepingCapacity: partial.capacity <= 65536)
  }
}
