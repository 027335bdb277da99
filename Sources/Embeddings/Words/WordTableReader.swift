import Glibc
import Marketing
import Recall
import Sealing

/// Reads a file of word vectors, piece by piece and line by line.
struct WordTableReader {
  /// The longest line, and the longest vector, in numbers.
  private static let longestLine = 1 << 17
  private static let longestVector = 4096
  /// So much of a file's start tells it from other files, with its size.
  private static let headBytes = 1 << 16

  private let path: String
  private let settings: WordVectorSettings
  private let analyzer: TextAnalyzer
  private var head: [UInt8] = []
  private var size = 0
  private var line = 0
  private var words = 0
  private var table: WordTable?
  private var vector: [Float] = []

  init(path: String, settings: WordVectorSettings, analyzer: TextAnalyzer) {
    self.path = path
    self.settings = settings
    self.analyzer = analyzer
  }

  /// The model's name, once the file has been read: another for another file, or other settings.
  func model() throws(EmbeddingError) -> String {
    let marks =
      "sif 1, \(size), \(settings.mostWords), \(settings.mostBytes), \(settings.smoothing)"
    do throws(SealingError) {
      return "words-" + (try SHA256.hexadecimal(of: head + Array(marks.utf8))).prefix(12)
    } catch {
      throw EmbeddingError(.refused, "\(path): cannot be told from other files: \(error)")
    }
  }

  /// The words with their weighed vectors.
  mutating func read() throws(EmbeddingError) -> WordTable {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw failure("not a regular file")
    }
    size = status.st_size
    try readLines(of: descriptor)
    guard var table, !table.places.isEmpty else { throw failure("found no word with a vector") }
    table.weigh(total: words, smoothing: settings.smoothing)
    return table
  }

  private mutating func readLines(of descriptor: Int32) throws(EmbeddingError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var filled = 0
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - 1 - filled)
      }
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw failure(String(cString: strerror(errno)))
      }
      if head.count < Self.headBytes {
        head += buffer[filled..<filled + min(count, Self.headBytes - head.count)]
      }
      filled += count
      // The last line need not end: a byte is kept free for its end.
      if count == 0, filled > 0 {
        buffer[filled] = UInt8(ascii: "\n")
        filled += 1
      }
      let used = try takeLines(of: buffer, filled)
      if count == 0 || used == nil { return }
      let rest = used ?? 0
      guard filled - rest <= Self.longestLine else {
        throw failure("longer than \(Self.longestLine) bytes", line: line + 1)
      }
      buffer.replaceSubrange(0..<filled - rest, with: Array(buffer[rest..<filled]))
      filled -= rest
    }
  }

  /// Takes the whole lines of a buffer.
  /// - Returns: where the first one starts that is not whole; `nil` when no more are wanted.
  private mutating func takeLines(
    of buffer: [UInt8], _ filled: Int
  ) throws(EmbeddingError) -> Int? {
    var start = 0
    while let end = buffer[start..<filled].firstIndex(of: UInt8(ascii: "\n")) {
      line += 1
      let problem = buffer.withUnsafeBufferPointer { bytes in
        take(UnsafeBufferPointer(rebasing: bytes[start...end]))
      }
      if let problem { throw failure(problem, line: line) }
      if let table, words >= limit(table.dimensions) { return nil }
      start = end + 1
    }
    return start
  }

  private func limit(_ dimensions: Int) -> Int {
    max(1, min(settings.mostWords, settings.mostBytes / (4 * dimensions)))
  }

  /// Takes a line with its end.
  /// - Returns: what is wrong with it.
  private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var fields = Self.fields(of: bytes)
    if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]), let first = fields.first {
      fields[0] = first.lowerBound + 3..<first.upperBound
    }
    if fields.isEmpty { return nil }
    guard let dimensions = table?.dimensions else { return start(fields, bytes) }
    guard fields.count > dimensions else {
      return "found \(fields.count - 1) numbers, expected \(dimensions)"
    }
    let surplus = fields.count - 1 - dimensions
    // A few words of some files hold blanks; what holds a number more is damaged.
    if surplus > 0, Self.number(bytes, fields[surplus]) != nil, Self.number(bytes, fields[1]) != nil
    {
      return "found \(fields.count - 1) numbers, expected \(dimensions)"
    }
    for (offset, field) in fields[(surplus + 1)...].enumerated() {
      guard let number = Self.number(bytes, field) else {
        let text = String(decoding: bytes[field].prefix(40), as: UTF8.self)
        return "found '\(text)' as number \(offset + 1), expected a finite number"
      }
      vector[offset] = number
    }
    if surplus == 0, let word = word(bytes[fields[0]]), table?.contains(word) == false {
      table?.add(word, rank: words, vector)
    }
    words += 1
    return nil
  }

  /// Learns from the first line how long vectors are.
  private mutating func start(
    _ fields: [Range<Int>], _ bytes: UnsafeBufferPointer<UInt8>
  ) -> String? {
    let wholes = fields.map { Int(String(decoding: bytes[$0], as: UTF8.self)) }
    var dimensions = fields.count - 1
    var isHeader = false
    if fields.count == 2, let count = wholes[0], let length = wholes[1], count > 0 {
      dimensions = length
      isHeader = true
    }
    guard (1...Self.longestVector).contains(dimensions) else {
      return "found \(dimensions) numbers, expected a word and 1 to \(Self.longestVector) numbers"
    }
    let expected = min(limit(dimensions), size / (2 * dimensions + 2) + 1)
    table = WordTable(dimensions: dimensions, words: expected)
    vector = [Float](repeating: 0, count: dimensions)
    return isHeader ? nil : take(bytes)
  }

  /// The word as it is found in texts; `nil` for what is none there, such as a stop word or a mark.
  private func word(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
    guard bytes.count <= 64, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let words = analyzer.words(of: text)
    guard words.count == 1, let word = words.first, word.stem != nil, word.mark == 0x20 else {
      return nil
    }
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    return isASCII && word.text.utf8.count != bytes.count ? nil : word.text
  }

  /// Where the parts between the blanks are.
  private static func fields(of bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start: Int?
    for (place, byte) in bytes.enumerated() {
      let isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
      if isBlank, let first = start {
        fields.append(first..<place)
        start = nil
      } else if !isBlank, start == nil {
        start = place
      }
    }
    return fields
  }

  /// The finite number that a field is; `nil` when it is none. Behind a field there is always a blank, at which
  /// the library stops.
  private static func number(
    _ bytes: UnsafeBufferPointer<UInt8>, _ field: Range<Int>
  ) -> Float? {
    guard let base = bytes.baseAddress?.advanced(by: field.lowerBound) else { return nil }
    return base.withMemoryRebound(to: CChar.self, capacity: field.count + 1) { start in
      var end: UnsafeMutablePointer<CChar>?
      let number = strtof(start, &end)
      return end == UnsafeMutablePointer(mutating: start + field.count) && number.isFinite
        ? number : nil
    }
  }

  private func failure(_ reason: String, line: Int? = nil) -> EmbeddingError {
    EmbeddingError(.refused, "\(path): " + (line.map { "line \($0): " } ?? "") + reason)
  }
}
