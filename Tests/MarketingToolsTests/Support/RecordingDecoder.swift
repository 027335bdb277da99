import JSONRPC

/// Decodes from a tree and writes down which members of the top object were asked for, and whether the
/// type could have done without them.
final class DecodingRecord {
  private(set) var required: Set<String> = []
  private(set) var optional: Set<String> = []

  var asked: Set<String> { required.union(optional) }

  fileprivate func note(_ key: String, isOptional: Bool) {
    if isOptional { optional.insert(key) } else { required.insert(key) }
  }
}

/// A decoder over a tree that records at its top level and decodes below it as usual.
struct RecordingDecoder: Decoder {
  let object: JSONObject
  let record: DecodingRecord
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  struct TopLevelOnly: Error {}

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(RecordingContainer<Key>(object: object, record: record))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw TopLevelOnly() }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw TopLevelOnly() }
}

private struct RecordingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let object: JSONObject
  let record: DecodingRecord
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { object.keys.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }

  func decodeNil(forKey key: Key) throws -> Bool {
    record.note(key.stringValue, isOptional: true)
    return object[key.stringValue]?.isNull ?? true
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
    record.note(key.stringValue, isOptional: false)
    guard let value = object[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "missing"))
    }
    return try JSONValueDecoder().decode(type, from: value)
  }

  private func readIfPresent<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    record.note(key.stringValue, isOptional: true)
    return try object[key.stringValue].map { try JSONValueDecoder().decode(type, from: $0) }
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(type, key) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(type, key) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(type, key) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try read(type, key) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(type, key) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try read(type, key) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(type, key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(type, key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(type, key) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try read(type, key) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try read(type, key) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try read(type, key) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try read(type, key) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try read(type, key) }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try read(type, key)
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    try readIfPresent(type, key)
  }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try readIfPresent(type, key)
  }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    try readIfPresent(type, key)
  }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try readIfPresent(type, key)
  }
  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    try readIfPresent(type, key)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw RecordingDecoder.TopLevelOnly() }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw RecordingDecoder.TopLevelOnly()
  }

  func superDecoder() throws -> any Decoder { throw RecordingDecoder.TopLevelOnly() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw RecordingDecoder.TopLevelOnly() }
}
