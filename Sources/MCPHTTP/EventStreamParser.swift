/// What a stream of server-sent events holds.
package enum StreamItem: Sendable, Hashable {
  /// An event with data: its type, `message` unless it was named, and its data.
  case event(String, [UInt8])
  /// An event longer than the limit, which was dropped.
  case tooLong
}

/// Cuts a byte stream into server-sent events (WHATWG HTML, section 9.2.6), whatever chunks it comes in,
/// and never holds more than the limit of one event: a longer one is dropped up to its end and reported
/// once. An event without data is not handed over, but its id counts.
package struct EventStreamParser: Sendable {
  /// The longest event that is kept: its data, or one line of it, in bytes.
  package let limit: Int
  /// The id to resume behind: that of the last complete event that had one.
  package private(set) var lastEventID: String?
  /// How long to wait before coming back, when the server said so.
  package private(set) var retry: Duration?

  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var type = ""
  private var pendingID: String?
  private var isSkipping = false
  /// Whether the line had bytes, kept or dropped.
  private var isLineOpen = false
  private var isBehindReturn = false
  private var isAtStart = true

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A parser of one stream.
  /// - Parameters:
  ///   - limit: the longest event that is kept.
  ///   - lastEventID: the id that the stream is a continuation of.
  package init(limit: Int, lastEventID: String? = nil) {
    self.limit = limit
    self.lastEventID = lastEventID
    self.pendingID = lastEventID
  }

  /// Takes the next chunk and hands over each event that it completes. What stands behind the last one
  /// when the stream ends is no event.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer, _ take: (StreamItem) -> Void) {
    var rest = chunk[...]
    if isBehindReturn, let first = rest.first {
      // The second half of a line end that the chunks were cut in.
      if first == 0x0A { rest.removeFirst() }
      isBehindReturn = false
    }
    while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
      append(rest[rest.startIndex..<end])
      endLine(take)
      let isReturn = rest[end] == 0x0D
      rest = rest[(end + 1)...]
      guard isReturn else { continue }
      if rest.isEmpty { isBehindReturn = true }
      if rest.first == 0x0A { rest.removeFirst() }
    }
    append(rest)
  }

  private mutating func append(_ part: Slice<UnsafeRawBufferPointer>) {
    guard !part.isEmpty else { return }
    isLineOpen = true
    guard !isSkipping else { return }
    // Beside its value a line holds the name of its field, and the first one perhaps a mark.
    if line.count + part.count > limit + 16 || data.count + line.count + part.count > limit + 16 {
      skip()
    } else {
      line.append(contentsOf: part)
    }
  }

  private mutating func skip() {
    isSkipping = true
    line = []
    data = []
  }

  private mutating func endLine(_ take: (StreamItem) -> Void) {
    if isAtStart, line.starts(with: Self.byteOrderMark) {
      line.removeFirst(Self.byteOrderMark.count)
      isLineOpen = !line.isEmpty
    }
    isAtStart = false
    let isBlank = !isLineOpen
    isLineOpen = false
    if isBlank { return endEvent(take) }
    if !isSkipping { readField() }
    line.removeAll(keepingCapacity: line.capacity <= 65536)
  }

  private mutating func readField() {
    let colon = line.firstIndex(of: 0x3A) ?? line.endIndex
    var value = line[min(colon + 1, line.endIndex)...]
    if value.first == 0x20 { value.removeFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "data":
      if hasData { data.append(0x0A) }
      hasData = true
      data.append(contentsOf: value)
      if data.count > limit { skip() }
    case "event": type = String(decoding: value, as: UTF8.self)
    case "id" where !value.contains(0): pendingID = String(decoding: value, as: UTF8.self)
    case "retry" where !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }:
      if let time = Int64(String(decoding: value, as: UTF8.self)) { retry = .milliseconds(time) }
    default: break
    }
  }

  private mutating func endEvent(_ take: (StreamItem) -> Void) {
    lastEventID = pendingID
    if isSkipping {
      take(.tooLong)
    } else if !data.isEmpty {
      take(.event(type.isEmpty ? "message" : type, data))
    }
    isSkipping = false
    hasData = false
    type = ""
    data.removeAll(keepingCapacity: data.capacity <= 65536)
  }
}
