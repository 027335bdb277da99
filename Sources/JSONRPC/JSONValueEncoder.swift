/// Turns `Encodable` values into JSON. Absent optionals leave their key out; not-a-number and the
/// infinities, which JSON cannot spell, are refused.
///
/// The bytes are written while the value describes itself, without a tree in between. So a value must
/// describe itself in order, as the compiler's own conformances do: once it goes on with an outer
/// container, the inner ones are closed.
package struct JSONValueEncoder: Sendable {
  /// An encoder.
  package init() {}

  /// The value as compact UTF-8.
  /// - Throws: `EncodingError` for a number that JSON cannot spell, or what the value itself throws.
  package func bytes(of value: some Encodable) throws -> [UInt8] {
    let stream = EncodingStream()
    try stream.write(value)
    return stream.finish()
  }

  /// The value as a tree.
  /// - Throws: as `bytes(of:)`.
  package func encode(_ value: some Encodable) throws -> JSONValue {
    try JSONParser(maximumDepth: .max, maximumBytes: .max).parse(bytes(of: value))
  }
}

/// The JSON that has been written so far, and which containers are open. A class, because `Encoder`
/// hands out containers that all write to the same place; it never leaves the thread that encodes.
private final class EncodingStream {
  private enum Container {
    case object, array
  }

  private var writer = JSONWriter(capacity: 512)
  private var open: [(kind: Container, isEmpty: Bool)] = []
  /// Whether the value that is due has been written.
  private var isValueWritten = false

  /// How many containers are open.
  var depth: Int { open.count }

  func finish() -> [UInt8] {
    close(to: 0)
    return writer.bytes
  }

  /// Opens the container of a value, or goes on with it when the value asks for it once more.
  /// - Parameter outer: how many containers are around the value.
  /// - Returns: the container's depth.
  func begin(isObject: Bool, within outer: Int) -> Int {
    if open.count > outer {
      close(to: outer + 1)
    } else {
      begin(isObject: isObject)
    }
    return outer + 1
  }

  private func begin(isObject: Bool) {
    if isObject { writer.raw("{") } else { writer.raw("[") }
    open.append((isObject ? .object : .array, true))
    isValueWritten = true
  }

  /// Makes room for the next member of the container at this depth.
  func key(_ key: String, at depth: Int) {
    element(at: depth)
    writer.write(string: key)
    writer.raw(":")
  }

  /// Makes room for the next element of the container at this depth.
  func element(at depth: Int) {
    close(to: depth)
    if open[depth - 1].isEmpty { open[depth - 1].isEmpty = false } else { writer.raw(",") }
    isValueWritten = false
  }

  /// Closes the containers within the one at this depth.
  private func close(to depth: Int) {
    while open.count > depth {
      switch open.removeLast().kind {
      case .object: writer.raw("}")
      case .array: writer.raw("]")
      }
    }
  }

  func write(_ json: JSONValue) {
    writer.write(json)
    isValueWritten = true
  }

  func write(string: String) {
    writer.write(string: string)
    isValueWritten = true
  }

  func write(_ double: Double) throws {
    guard let number = JSONNumber(double) else { throw Self.unspellable(double) }
    write(.number(number))
  }

  func write(_ float: Float) throws {
    guard let number = JSONNumber(float) else { throw Self.unspellable(float) }
    write(.number(number))
  }

  private static func unspellable(_ value: some Encodable) -> EncodingError {
    EncodingError.invalidValue(
      value, .init(codingPath: [], debugDescription: "JSON cannot spell \(value)"))
  }

  func write<Value: Encodable>(_ value: Value) throws {
    // Comparing types first: a cast that fails costs more than all the rest of a small value.
    if Value.self == JSONValue.self, let json = value as? JSONValue { return write(json) }
    if Value.self == JSONObject.self, let object = value as? JSONObject {
      return write(.object(object))
    }
    let depth = depth
    isValueWritten = false
    try value.encode(to: StreamEncoder(stream: self, outer: depth))
    // A value that says nothing of itself is an empty object.
    if !isValueWritten { begin(isObject: true) }
    close(to: depth)
    isValueWritten = true
  }
}

private struct StreamEncoder: Encoder {
  let stream: EncodingStream
  /// How many containers are around the value.
  let outer: Int
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    let depth = stream.begin(isObject: true, within: outer)
    return KeyedEncodingContainer(KeyedWriter(stream: stream, depth: depth))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    ElementWriter(stream: stream, depth: stream.begin(isObject: false, within: outer))
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { ScalarWriter(stream: stream) }
}

private struct ScalarWriter: SingleValueEncodingContainer {
  let stream: EncodingStream
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() { stream.write(.null) }
  mutating func encode(_ value: Bool) { stream.write(.bool(value)) }
  mutating func encode(_ value: String) { stream.write(string: value) }
  mutating func encode(_ value: Double) throws { try stream.write(value) }
  mutating func encode(_ value: Float) throws { try stream.write(value) }
  mutating func encode(_ value: Int) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: Int8) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: Int16) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: Int32) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: Int64) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: UInt) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: UInt8) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: UInt16) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: UInt32) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: UInt64) { stream.write(JSONValue(value)) }
  mutating func encode(_ value: some Encodable) throws { try stream.write(value) }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let stream: EncodingStream
  let depth: Int
  var codingPath: [any CodingKey] { [] }

  private func put(_ json: JSONValue, _ key: Key) {
    stream.key(key.stringValue, at: depth)
    stream.write(json)
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
    stream.key(key.stringValue, at: depth)
    try Self.placing(key) { try stream.write(value) }
  }

  mutating func encode(_ value: Float, forKey key: Key) throws {
    stream.key(key.stringValue, at: depth)
    try Self.placing(key) { try stream.write(value) }
  }

  /// Puts the key before the path of what goes wrong.
  private static func placing(_ key: Key, _ write: () throws -> Void) throws {
    do {
      try write()
    } catch EncodingError.invalidValue(let value, let context) {
      throw EncodingError.invalidValue(
        value,
        .init(
          codingPath: [key] + context.codingPath, debugDescription: context.debugDescription))
    }
  }

  mutating func encode(_ value: some Encodable, forKey key: Key) throws {
    stream.key(key.stringValue, at: depth)
    try Self.placing(key) { try stream.write(value) }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key.stringValue).container(keyedBy: type) }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key.stringValue).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder("super") }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(key.stringValue) }

  private func encoder(_ key: String) -> StreamEncoder {
    stream.key(key, at: depth)
    return StreamEncoder(stream: stream, outer: depth)
  }
}

private struct ElementWriter: UnkeyedEncodingContainer {
  let stream: EncodingStream
  let depth: Int
  private(set) var count = 0
  var codingPath: [any CodingKey] { [] }

  init(stream: EncodingStream, depth: Int) {
    self.stream = stream
    self.depth = depth
  }

  private mutating func next() -> EncodingStream {
    stream.element(at: depth)
    count += 1
    return stream
  }

  private mutating func put(_ json: JSONValue) { next().write(json) }

  mutating func encodeNil() { put(.null) }
  mutating func encode(_ value: Bool) { put(.bool(value)) }
  mutating func encode(_ value: String) { put(.string(value)) }
  mutating func encode(_ value: Double) throws { try next().write(value) }
  mutating func encode(_ value: Float) throws { try next().write(value) }
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
  mutating func encode(_ value: some Encodable) throws {
    let index = count
    do {
      try next().write(value)
    } catch EncodingError.invalidValue(let value, let context) {
      throw EncodingError.invalidValue(
        value,
        .init(
          codingPath: [JSONKey(index)] + context.codingPath,
          debugDescription: context.debugDescription))
    }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    StreamEncoder(stream: next(), outer: depth).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    StreamEncoder(stream: next(), outer: depth).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { StreamEncoder(stream: next(), outer: depth) }
}
