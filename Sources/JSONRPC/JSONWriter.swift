/// Writes JSON as compact UTF-8 on one line: every control character is escaped, so a written value
/// never holds a raw newline.
package struct JSONWriter: Sendable {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  /// A writer that expects about this many bytes.
  package init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// The value as compact UTF-8.
  package static func bytes(of value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(value)
    return writer.bytes
  }

  /// The value as compact text.
  package static func text(of value: JSONValue) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  /// Appends a value.
  package mutating func write(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(true): raw("true")
    case .bool(false): raw("false")
    case .integer(let integer): write(integer)
    case .number(let number): bytes.append(contentsOf: number.spelling.utf8)
    case .string(let text): write(string: text)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(element)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object): write(object)
    }
  }

  /// Appends an object.
  package mutating func write(_ object: JSONObject) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in object.members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(string: member.key)
      bytes.append(UInt8(ascii: ":"))
      write(member.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Appends text with its quotes, escaped.
  package mutating func write(string text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { append(escaped: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends UTF-8 that is known to be valid as a string with its quotes, escaped.
  package mutating func write(stringOf utf8: [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    utf8.withUnsafeBufferPointer { append(escaped: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends JSON that has been written before.
  package mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

  /// Appends JSON given as a constant.
  package mutating func raw(_ json: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
  }

  /// Appends an integer.
  package mutating func write(_ integer: Int64) {
    if integer >= 0, integer < 10 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: integer))
    } else {
      bytes.append(contentsOf: String(integer).utf8)
    }
  }

  /// Appends a number, spelled in the shortest way that reads back to the same double; not-a-number and
  /// the infinities, which JSON cannot spell, become `null`.
  package mutating func write(_ number: Double) {
    if number.isFinite { bytes.append(contentsOf: number.description.utf8) } else { raw("null") }
  }

  /// Counts first what has to be escaped, which is quick, so that the rest is one copy or one loop over
  /// memory of the right size: JSON within JSON has an escape every few bytes.
  private mutating func append(escaped text: UnsafeBufferPointer<UInt8>) {
    var shortEscapes = 0
    var controls = 0
    for byte in text {
      shortEscapes += byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 1 : 0
      controls += byte < 0x20 ? 1 : 0
    }
    if shortEscapes == 0, controls == 0 { return bytes.append(contentsOf: text) }
    guard controls == 0 else { return append(withControls: text) }
    let escaped = [UInt8](unsafeUninitializedCapacity: text.count + shortEscapes) {
      buffer, count in
      for byte in text {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          buffer[count] = UInt8(ascii: "\\")
          count += 1
        }
        buffer[count] = byte
        count += 1
      }
    }
    bytes.append(contentsOf: escaped)
  }

  private mutating func append(withControls text: UnsafeBufferPointer<UInt8>) {
    for byte in text {
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        escape(byte)
      } else {
        bytes.append(byte)
      }
    }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): raw(#"\""#)
    case UInt8(ascii: "\\"): raw(#"\\"#)
    case 0x0A: raw(#"\n"#)
    case 0x0D: raw(#"\r"#)
    case 0x09: raw(#"\t"#)
    default:
      raw(#"\u00"#)
      for digit in [byte >> 4, byte & 0xF] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }
}
