import HTTPTypes

/// The name a client gives a request that it may have to repeat
/// (draft-ietf-httpapi-idempotency-key-header-07): 1 to 255 visible ASCII characters, as a quoted string
/// or bare.
struct IdempotencyKey: Sendable, Hashable {
  /// The header cannot be read.
  struct Invalid: Error, Sendable {
    static let detail =
      "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters, with or without "
      + "quotation marks around them"
  }

  let text: String

  /// The key of a request; `nil` when it has none.
  static func of(_ headers: HTTPFields) throws(Invalid) -> IdempotencyKey? {
    let values = headers[values: .idempotencyKey]
    guard let value = values.first else { return nil }
    guard values.count == 1, let key = IdempotencyKey(value) else { throw Invalid() }
    return key
  }

  /// Reads a header's value.
  init?(_ value: String) {
    var bytes = Array(value.utf8)
    while let last = bytes.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
      bytes.removeLast()
    }
    let quote = UInt8(ascii: "\"")
    if bytes.first == quote {
      guard bytes.count >= 2, bytes.last == quote,
        let inner = Self.unescaped(bytes.dropFirst().dropLast())
      else { return nil }
      bytes = inner
    } else if bytes.contains(quote) {
      return nil
    }
    guard (1...255).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// What stands between quotation marks (RFC 9651, section 3.3.3).
  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var text: [UInt8] = []
    var rest = bytes.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "\\"):
        guard let next = rest.next(), next == UInt8(ascii: "\\") || next == UInt8(ascii: "\"")
        else { return nil }
        text.append(next)
      case UInt8(ascii: "\""): return nil
      default: text.append(byte)
      }
    }
    return text
  }
}

extension HTTPField.Name {
  static let idempotencyKey = Self("idempotency-key")!
  static let idempotentReplayed = Self("idempotent-replayed")!
}
