/// A value that writes itself as JSON, for results on hot paths: describing it through the layers of
/// generic containers that `Encodable` goes through costs several times as much.
///
/// It writes the very bytes that `JSONValueEncoder` makes of it: absent optionals leave their key out.
package protocol JSONWritable: Encodable {
  /// Appends the value.
  func write(to writer: inout JSONWriter)
}

// Objects and arrays piece by piece. What separates two members follows from the byte before them.
extension JSONWriter {
  /// Appends an object whose members `body` writes.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    raw("{")
    body(&self)
    raw("}")
  }

  /// Appends an array of values that write themselves.
  package mutating func array(_ elements: [some JSONWritable]) {
    raw("[")
    for element in elements {
      separate()
      element.write(to: &self)
    }
    raw("]")
  }

  /// Appends an array of texts.
  package mutating func array(_ texts: [String]) {
    raw("[")
    for text in texts {
      separate()
      write(string: text)
    }
    raw("]")
  }

  /// Appends a member's key, which needs no escapes; its value is to follow.
  package mutating func key(_ key: StaticString) {
    separate()
    raw("\"")
    raw(key)
    raw("\":")
  }

  /// Appends a text; nothing when it is absent.
  package mutating func member(_ key: StaticString, _ text: String?) {
    guard let text else { return }
    self.key(key)
    write(string: text)
  }

  /// Appends a number, as `null` when JSON cannot spell it; nothing when it is absent.
  package mutating func member(_ key: StaticString, _ number: Double?) {
    guard let number else { return }
    self.key(key)
    write(number)
  }

  /// Appends an integer; nothing when it is absent.
  package mutating func member(_ key: StaticString, _ integer: Int?) {
    guard let integer else { return }
    self.key(key)
    write(Int64(integer))
  }

  /// Appends a flag; nothing when it is absent.
  package mutating func member(_ key: StaticString, _ flag: Bool?) {
    guard let flag else { return }
    self.key(key)
    if flag { raw("true") } else { raw("false") }
  }

  /// Appends a value of a closed set of texts; nothing when it is absent.
  package mutating func member(_ key: StaticString, _ choice: (some RawRepresentable<String>)?) {
    member(key, choice?.rawValue)
  }

  /// Appends a value that writes itself; nothing when it is absent.
  package mutating func member(_ key: StaticString, _ value: (some JSONWritable)?) {
    guard let value else { return }
    self.key(key)
    value.write(to: &self)
  }

  /// Appends an object.
  package mutating func member(_ key: StaticString, _ object: JSONObject) {
    self.key(key)
    write(object)
  }

  /// Appends the values of a list.
  package mutating func member(_ key: StaticString, _ elements: [some JSONWritable]) {
    self.key(key)
    array(elements)
  }

  /// Appends the texts of a list.
  package mutating func member(_ key: StaticString, _ texts: [String]) {
    self.key(key)
    array(texts)
  }

  private mutating func separate() {
    guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else {
      return
    }
    raw(",")
  }
}
