/// Turns `Encodable` values into a tree. Absent optionals leave their key out; not-a-number and the
/// infinities, which JSON cannot spell, are refused.
package struct JSONValueEncoder: Sendable {
  /// An encoder.
  package init() {}

  /// The value as a tree.
  /// - Throws: `EncodingError` for a number that JSON cannot spell, or what the value itself throws.
  package func encode(_ value: some Encodable) throws -> JSONValue {
    let slot = Slot()
    try slot.put(value, codingPath: [])
    return slot.json
  }
}

/// The place of a value under construction. A class, because `Encoder` hands out containers whose
/// writes must arrive here; it never leaves the thread that encodes.
private final class Slot {
  enum Content {
    case nothing
    case scalar(JSONValue)
    case array([Slot])
    case object([(String, Slot)])
  }

  var content = Content.nothing

  var json: JSONValue {
    switch content {
    case .nothing: .object([:])
    case .scalar(let value): value
    case .array(let slots): .array(slots.map(\.json))
    case .object(let members): .object(JSONObject(members.map { ($0.0, $0.1.json) }))
    }
  }

  func put(_ value: some Encodable, codingPath: [any CodingKey]) throws {
    switch value {
    case let json as JSONValue: content = .scalar(json)
    case let object as JSONObject: content = .scalar(.object(object))
    default: try value.encode(to: TreeEncoder(slot: self, codingPath: codingPath))
    }
  }

  func put(_ double: Double, codingPath: [any CodingKey]) throws {
    try put(JSONNumber(double), of: double, codingPath: codingPath)
  }

  /// A `Float` keeps its own spelling: as a `Double`, 0.1 would be 0.10000000149011612.
  func put(_ float: Float, codingPath: [any CodingKey]) throws {
    try put(JSONNumber(float), of: float, codingPath: codingPath)
  }

  private func put(_ number: JSONNumber?, of value: Any, codingPath: [any CodingKey]) throws {
    guard let number else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: codingPath, debugDescription: "JSON cannot spell \(value)"))
    }
    content = .scalar(.number(number))
  }

  func member(_ key: String) -> Slot {
    let slot = Slot()
    if case .object(var members) = content {
      content = .nothing
      members.append((key, slot))
      content = .object(members)
    } else {
      content = .object([(key, slot)])
    }
    return slot
  }

  func element() -> Slot {
    let slot = Slot()
    if case .array(var elements) = content {
      content = .nothing
      elements.append(slot)
      content = .array(elements)
    } else {
      content = .array([slot])
    }
    return slot
  }

  func beginArray() { if case .array = content {} else { content = .array([]) } }
  func beginObject() { if case .object = content {} else { content = .object([]) } }
}

private struct TreeEncoder: Encoder {
  let slot: Slot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.beginObject()
    return KeyedEncodingContainer(KeyedWriter(slot: slot, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.beginArray()
    return ElementWriter(slot: slot, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ScalarWriter(slot: slot, codingPath: codingPath)
  }
}

private struct ScalarWriter: SingleValueEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]

  mutating func encodeNil() { slot.content = .scalar(.null) }
  mutating func encode(_ value: Bool) { slot.content = .scalar(.bool(value)) }
  mutating func encode(_ value: String) { slot.content = .scalar(.string(value)) }
  mutating func encode(_ value: Double) throws { try slot.put(value, codingPath: codingPath) }
  mutating func encode(_ value: Float) throws { try slot.put(value, codingPath: codingPath) }
  mutating func encode(_ value: Int) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: Int8) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: Int16) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: Int32) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: Int64) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: UInt) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: UInt8) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: UInt16) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: UInt32) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: UInt64) { slot.content = .scalar(JSONValue(value)) }
  mutating func encode(_ value: some Encodable) throws {
    try slot.put(value, codingPath: codingPath)
  }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: Slot
  let codingPath: [any CodingKey]

  private func put(_ json: JSONValue, _ key: Key) {
    slot.member(key.stringValue).content = .scalar(json)
  }

  mutating func encodeNil(forKey key: Key) { put(.null, key) }
  mutating func encode(_ value: Bool, forKey key: Key) { put(.bool(value), key) }
  mutating func encode(_ value: String, forKey key: Key) { put(.string(value), key) }
  mutating func encode(_ value: Int, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: Int8, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: Int16, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: Int32, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: Int64, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: UInt, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: UInt8, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: UInt16, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: UInt32, forKey key: Key) { put(JSONValue(value), key) }
  mutating func encode(_ value: UInt64, forKey key: Key) { put(JSONValue(value), key) }

  mutating func encode(_ value: Double, forKey key: Key) throws {
    try slot.member(key.stringValue).put(value, codingPath: codingPath + [key])
  }

  mutating func encode(_ value: Float, forKey key: Key) throws {
    try slot.member(key.stringValue).put(value, codingPath: codingPath + [key])
  }

  mutating func encode(_ value: some Encodable, forKey key: Key) throws {
    try slot.member(key.stringValue).put(value, codingPath: codingPath + [key])
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder(JSONKey("super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: some CodingKey) -> TreeEncoder {
    TreeEncoder(slot: slot.member(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct ElementWriter: UnkeyedEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]
  private(set) var count = 0

  init(slot: Slot, codingPath: [any CodingKey]) {
    self.slot = slot
    self.codingPath = codingPath
  }

  private mutating func next() -> (Slot, [any CodingKey]) {
    defer { count += 1 }
    return (slot.element(), codingPath + [JSONKey(count)])
  }

  private mutating func put(_ json: JSONValue) { next().0.content = .scalar(json) }

  mutating func encodeNil() { put(.null) }
  mutating func encode(_ value: Bool) { put(.bool(value)) }
  mutating func encode(_ value: String) { put(.string(value)) }
  mutating func encode(_ value: Int) { put(JSONValue(value)) }
  mutating func encode(_ value: Int8) { put(JSONValue(value)) }
  mutating func encode(_ value: Int16) { put(JSONValue(value)) }
  mutating func encode(_ value: Int32) { put(JSONValue(value)) }
  mutating func encode(_ value: Int64) { put(JSONValue(value)) }
  mutating func encode(_ value: UInt) { put(JSONValue(value)) }
  mutating func encode(_ value: UInt8) { put(JSONValue(value)) }
  mutating func encode(_ value: UInt16) { put(JSONValue(value)) }
  mutating func encode(_ value: UInt32) { put(JSONValue(value)) }
  mutating func encode(_ value: UInt64) { put(JSONValue(value)) }

  mutating func encode(_ value: Double) throws {
    let (slot, path) = next()
    try slot.put(value, codingPath: path)
  }

  mutating func encode(_ value: Float) throws {
    let (slot, path) = next()
    try slot.put(value, codingPath: path)
  }

  mutating func encode(_ value: some Encodable) throws {
    let (slot, path) = next()
    try slot.put(value, codingPath: path)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { encoder().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder().unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder() }

  private mutating func encoder() -> TreeEncoder {
    let (slot, path) = next()
    return TreeEncoder(slot: slot, codingPath: path)
  }
}
