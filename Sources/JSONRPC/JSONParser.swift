/// Where and why bytes are not JSON.
package struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of rule was broken.
  package enum Reason: Sendable, Hashable {
    case syntax, depth, size, encoding
  }

  /// The kind of rule that was broken.
  package let reason: Reason
  /// The place, in bytes from the start of the text.
  package let offset: Int
  /// What was found and what would be accepted.
  package let message: String

  package var description: String { "byte \(offset): \(message)" }
}

/// Reads RFC 8259 JSON from bytes into a `JSONValue` in one pass, strictly: no comments, no trailing
/// commas, no lone surrogates, nothing but white space behind the value. Duplicate keys: the last wins.
package struct JSONParser: Sendable {
  /// How deep arrays and objects may nest; a scalar has depth 0.
  package var maximumDepth: Int
  /// How long a text may be, in bytes.
  package var maximumBytes: Int

  /// A parser with the limits that bound every message unless configured otherwise: 128 levels, 4 MiB.
  package init(maximumDepth: Int = 128, maximumBytes: Int = 4 << 20) {
    self.maximumDepth = maximumDepth
    self.maximumBytes = maximumBytes
  }

  /// Reads one value.
  /// - Throws: `JSONParseError` with the offset of the first byte that cannot be accepted.
  package func parse(_ bytes: some Collection<UInt8>) throws(JSONParseError) -> JSONValue {
    let outcome: Result<JSONValue, JSONParseError>? = bytes.withContiguousStorageIfAvailable {
      parseOutcome($0)
    }
    return try (outcome ?? Array(bytes).withUnsafeBufferPointer { parseOutcome($0) }).get()
  }

  /// Reads one value from text.
  package func parse(_ text: String) throws(JSONParseError) -> JSONValue {
    try parse(text.utf8)
  }

  private func parseOutcome(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Result<JSONValue, JSONParseError> {
    Result { () throws(JSONParseError) -> JSONValue in
      guard bytes.count <= maximumBytes else {
        throw JSONParseError(
          reason: .size, offset: maximumBytes,
          message: "the text is \(bytes.count) bytes long, at most \(maximumBytes) are accepted")
      }
      var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
      return try reader.document()
    }
  }
}

/// The parser's cursor over the bytes.
private struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let maximumDepth: Int
  var at = 0

  init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  mutating func document() throws(JSONParseError) -> JSONValue {
    skipSpace()
    let result = try value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw unexpected("the end of the text") }
    return result
  }

  private mutating func value(depth: Int) throws(JSONParseError) -> JSONValue {
    guard at < bytes.count else { throw unexpected("a value") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw unexpected("a value")
    }
  }

  private mutating func object(depth: Int) throws(JSONParseError) -> JSONObject {
    try enter(depth)
    var result = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return result }
    while true {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw unexpected("a key") }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected("':' behind the key") }
      skipSpace()
      result[key] = try value(depth: depth)
      skipSpace()
      if take(UInt8(ascii: ",")) {
        skipSpace()
        continue
      }
      guard take(UInt8(ascii: "}")) else { throw unexpected("',' or '}'") }
      return result
    }
  }

  private mutating func array(depth: Int) throws(JSONParseError) -> [JSONValue] {
    try enter(depth)
    var result: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return result }
    while true {
      result.append(try value(depth: depth))
      skipSpace()
      if take(UInt8(ascii: ",")) {
        skipSpace()
        continue
      }
      guard take(UInt8(ascii: "]")) else { throw unexpected("',' or ']'") }
      return result
    }
  }

  private mutating func enter(_ depth: Int) throws(JSONParseError) {
    guard depth <= maximumDepth else {
      throw JSONParseError(
        reason: .depth, offset: at,
        message: "nested deeper than \(maximumDepth) levels, which is the limit")
    }
    at += 1
  }

  private mutating func literal(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONParseError) -> JSONValue {
    let text = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for expected in text {
      guard at < bytes.count, bytes[at] == expected else { throw unexpected("'\(word)'") }
      at += 1
    }
    return value
  }

  private mutating func number() throws(JSONParseError) -> JSONValue {
    let start = at
    var magnitude: UInt64 = 0
    var exact = true
    let negative = take(UInt8(ascii: "-"))
    let firstDigit = at
    while at < bytes.count, case let digit = bytes[at] &- UInt8(ascii: "0"), digit < 10 {
      let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(UInt64(digit))
      if overflow || carry { exact = false }
      magnitude = sum
      at += 1
    }
    guard at > firstDigit else { throw unexpected("a digit") }
    if bytes[firstDigit] == UInt8(ascii: "0"), at > firstDigit + 1 {
      at = firstDigit + 1
      throw unexpected("no digit behind a leading zero")
    }
    let whole = try !skipFractionAndExponent()
    if whole, exact, let value = signed(magnitude, negative: negative) { return .integer(value) }
    let spelling = String(decoding: bytes[start..<at], as: UTF8.self)
    return .number(JSONNumber(spelling: spelling))
  }

  /// The integer; `nil` for -0, which an integer cannot hold, and beyond 64 signed bits.
  private func signed(_ magnitude: UInt64, negative: Bool) -> Int64? {
    if !negative { return Int64(exactly: magnitude) }
    if magnitude == 0 { return nil }
    if magnitude == UInt64(Int64.max) + 1 { return Int64.min }
    return Int64(exactly: magnitude).map { -$0 }
  }

  /// Returns whether there was a fraction or an exponent.
  private mutating func skipFractionAndExponent() throws(JSONParseError) -> Bool {
    var found = false
    if take(UInt8(ascii: ".")) {
      found = true
      try skipDigits()
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      found = true
      at += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try skipDigits()
    }
    return found
  }

  private mutating func skipDigits() throws(JSONParseError) {
    let start = at
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    guard at > start else { throw unexpected("a digit") }
  }

  private mutating func string() throws(JSONParseError) -> String {
    at += 1
    let start = at
    var high: UInt8 = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        let text = try text(start..<at, mayBeASCII: high < 0x80)
        at += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw unexpected("no control character in a string") }
      high |= byte
      at += 1
    }
    throw unexpected("'\"' to end the string")
  }

  private func text(_ range: Range<Int>, mayBeASCII: Bool) throws(JSONParseError) -> String {
    let part = UnsafeBufferPointer(rebasing: bytes[range])
    if mayBeASCII { return String(decoding: part, as: UTF8.self) }
    guard let text = String(validating: part, as: UTF8.self) else { throw notUTF8(range) }
    return text
  }

  /// Points at the first byte of the range that belongs to no character.
  private func notUTF8(_ range: Range<Int>) -> JSONParseError {
    var rest = bytes[range].makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = range.lowerBound
    while case .valid(let character) = parser.parseScalar(from: &rest) { offset += character.count }
    return JSONParseError(reason: .encoding, offset: offset, message: "the string is not UTF-8")
  }

  /// The slow way, from the first backslash on: `at` stands on it.
  private mutating func escapedString(from start: Int) throws(JSONParseError) -> String {
    var buffer = Array(bytes[start..<at])
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: buffer, as: UTF8.self) else {
          throw notUTF8(start..<at)
        }
        at += 1
        return text
      case UInt8(ascii: "\\"):
        at += 1
        try escape(into: &buffer)
      case 0..<0x20: throw unexpected("no control character in a string")
      default:
        buffer.append(byte)
        at += 1
      }
    }
    throw unexpected("'\"' to end the string")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONParseError) {
    guard at < bytes.count else { throw unexpected("an escape") }
    let plain: UInt8
    switch bytes[at] {
    case UInt8(ascii: "\""): plain = UInt8(ascii: "\"")
    case UInt8(ascii: "\\"): plain = UInt8(ascii: "\\")
    case UInt8(ascii: "/"): plain = UInt8(ascii: "/")
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      at += 1
      let scalar = try escapedScalar()
      buffer.append(contentsOf: String(Character(scalar)).utf8)
      return
    default: throw unexpected(#"one of " \ / b f n r t u behind a backslash"#)
    }
    buffer.append(plain)
    at += 1
  }

  private mutating func escapedScalar() throws(JSONParseError) -> Unicode.Scalar {
    let start = at - 2
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    {
      at += 2
      let second = try hexUnit()
      if second >= 0xDC00, second <= 0xDFFF {
        let joined = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
        if let scalar = Unicode.Scalar(joined) { return scalar }
      }
    }
    throw JSONParseError(
      reason: .encoding, offset: start, message: "a lone surrogate is no character")
  }

  private mutating func hexUnit() throws(JSONParseError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard at < bytes.count else { throw unexpected("four hexadecimal digits") }
      let byte = bytes[at]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw unexpected("four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      at += 1
    }
    return unit
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private func unexpected(_ expected: String) -> JSONParseError {
    let found: String
    if at >= bytes.count {
      found = "the end of the text"
    } else if bytes[at] > 0x20, bytes[at] < 0x7F {
      found = "'\(Unicode.Scalar(bytes[at]))'"
    } else {
      found = "byte 0x\(String(bytes[at], radix: 16, uppercase: true))"
    }
    return JSONParseError(
      reason: .syntax, offset: at, message: "found \(found), expected \(expected)")
  }
}
