/// How a file's text is written in bytes.
package enum TextEncoding: String, Sendable, Hashable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16 (little-endian)"
  case utf16BigEndian = "UTF-16 (big-endian)"
  case windows1252 = "Windows-1252"

  /// What a file is written in: by its mark; without one it is UTF-8 when all of it is, else taken for
  /// Windows-1252, which spreadsheets write where nobody says otherwise. A file whose every other byte is
  /// NUL at its start is UTF-16 without a mark.
  package init(of bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xFE]) {
      self = .utf16LittleEndian
    } else if bytes.starts(with: [0xFE, 0xFF]) {
      self = .utf16BigEndian
    } else if let unmarked = Self.unmarked(bytes.prefix(64)) {
      self = unmarked
    } else {
      self = Self.isUTF8(bytes) ? .utf8 : .windows1252
    }
  }

  /// The text in UTF-8. What is no character becomes U+FFFD.
  package func utf8(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .utf8: bytes
    case .utf16LittleEndian, .utf16BigEndian: utf16(bytes)
    case .windows1252: Self.western(bytes)
    }
  }

  private static func unmarked(_ start: ArraySlice<UInt8>) -> TextEncoding? {
    guard start.count >= 4 else { return nil }
    let even = start.indices.filter { $0 % 2 == 0 }
    let odd = start.indices.filter { $0 % 2 == 1 }
    func share(_ places: [Int]) -> Double {
      Double(places.count { start[$0] == 0 }) / Double(places.count)
    }
    if share(odd) > 0.7, share(even) == 0 { return .utf16LittleEndian }
    if share(even) > 0.7, share(odd) == 0 { return .utf16BigEndian }
    return nil
  }

  /// Whether bytes are UTF-8 but for single rows: a few broken cells do not make another encoding.
  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    if (try? UTF8Span(validating: bytes.span)) != nil { return true }
    // Sequences of several bytes hardly come about by chance in another encoding.
    var sequences = 0
    var broken = 0
    var at = 0
    while at < bytes.count {
      let lead = bytes[at]
      at += 1
      guard lead >= 0x80 else { continue }
      let more = lead >= 0xF0 && lead < 0xF5 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0
      let rest = bytes[at..<min(bytes.count, at + more)]
      if more > 0, lead < 0xF5, rest.count == more, rest.allSatisfy({ $0 & 0xC0 == 0x80 }) {
        sequences += 1
        at += more
      } else {
        broken += 1
      }
    }
    return sequences > 10 * broken
  }

  private func utf16(_ bytes: [UInt8]) -> [UInt8] {
    let isLittle = self == .utf16LittleEndian
    let mark: [UInt8] = isLittle ? [0xFF, 0xFE] : [0xFE, 0xFF]
    let start = bytes.starts(with: mark) ? 2 : 0
    let units = stride(from: start, to: bytes.count - 1, by: 2).lazy.map { place in
      isLittle
        ? UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
        : UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var decoder = UTF16()
    var iterator = units.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): text += UTF8.encode(scalar) ?? .init()
      case .error: text += [0xEF, 0xBF, 0xBD]
      case .emptyInput: return text
      }
    }
  }

  /// The characters 0x80 to 0x9F; the others are those of Latin 1. Five places are empty.
  private static let western: [UInt32] = [
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
  ]

  private static func western(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 16)
    for byte in bytes {
      switch byte {
      case ..<0x80: text.append(byte)
      case 0x80..<0xA0:
        text += UTF8.encode(Unicode.Scalar(western[Int(byte) - 0x80]) ?? "\u{FFFD}") ?? .init()
      default: text += UTF8.encode(Unicode.Scalar(byte)) ?? .init()
      }
    }
    return text
  }
}
