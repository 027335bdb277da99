/// Text that equals only text of the same UTF-8 bytes, as RFC 8259 (section 8.3) compares keys and
/// JSON Schema compares strings. `String` takes canonically equivalent spellings ("é" as one scalar
/// and as two) for equal, which would merge two different keys.
package struct ExactText: Sendable {
  /// The text.
  package let text: String

  /// Text to be compared exactly.
  package init(_ text: String) { self.text = text }
}

extension ExactText: Hashable {
  package static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.isSpelled(like: right.text)
  }

  package func hash(into hasher: inout Hasher) {
    let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isHashed == nil { ExactText(String(decoding: text.utf8, as: UTF8.self)).hash(into: &hasher) }
  }
}

extension String {
  /// Whether both texts are the same UTF-8 bytes.
  package func isSpelled(like other: String) -> Bool {
    guard utf8.count == other.utf8.count, self == other else { return false }
    // Whatever else is equivalent to ASCII ("K", the Kelvin sign) takes more bytes, so the comparison
    // above has settled it for most keys.
    let isASCII = utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 } }
    return isASCII == true || utf8.elementsEqual(other.utf8)
  }
}
