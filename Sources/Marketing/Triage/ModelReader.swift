/// A key of a model file.
struct ModelKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) {
    self.stringValue = name
    self.intValue = nil
  }

  init(stringValue: String) { self.init(stringValue) }

  init?(intValue: Int) {
    self.stringValue = String(intValue)
    self.intValue = intValue
  }
}

/// Reads one object of a model file strictly: a key that nobody reads is a misspelled one, and is
/// refused as such.
struct ModelReader {
  private let container: KeyedDecodingContainer<ModelKey>

  /// A reader of the object at a decoder's place.
  /// - Parameter keys: the keys that the object may have; `nil` when any may be.
  init(_ decoder: any Decoder, accepting keys: [String]?) throws {
    container = try decoder.container(keyedBy: ModelKey.self)
    guard let keys else { return }
    for key in container.allKeys where !keys.contains(key.stringValue) {
      throw failure(
        at: key, found: "an unknown key", expected: "one of \(keys.joined(separator: ", "))")
    }
  }

  /// The object's keys in their order.
  var keys: [String] { container.allKeys.map(\.stringValue) }

  /// A member that must be there.
  func value<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value {
    guard container.contains(ModelKey(key)) else {
      throw failure(at: ModelKey(key), found: "nothing", expected: "a value, it is required")
    }
    return try container.decode(type, forKey: ModelKey(key))
  }

  /// A member that may be absent.
  func optional<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value?
  {
    try container.decodeIfPresent(type, forKey: ModelKey(key))
  }

  /// A number within a range.
  func number(_ key: String, in range: ClosedRange<Double>) throws -> Double {
    let number = try value(key, as: Double.self)
    guard range.contains(number) else {
      throw failure(
        at: ModelKey(key), found: "\(number)",
        expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A whole number within a range.
  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    let number = try value(key, as: Int.self)
    guard range.contains(number) else {
      throw failure(
        at: ModelKey(key), found: "\(number)",
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Text that is not blank.
  func text(_ key: String, maximumLength: Int = 200) throws -> String {
    let text = try value(key, as: String.self)
    guard text.utf8.contains(where: { $0 > 0x20 }) else {
      throw failure(at: ModelKey(key), found: "an empty text", expected: "a text")
    }
    guard text.unicodeScalars.count <= maximumLength else {
      throw failure(
        at: ModelKey(key), found: "a text of \(text.unicodeScalars.count) characters",
        expected: "at most \(maximumLength)")
    }
    return text
  }

  /// An error at a member.
  func failure(at key: String, found: String, expected: String) -> DecodingError {
    failure(at: ModelKey(key), found: found, expected: expected)
  }

  private func failure(at key: ModelKey, found: String, expected: String) -> DecodingError {
    .dataCorrupted(
      .init(
        codingPath: container.codingPath + [key],
        debugDescription: "found \(found), expected \(expected)"))
  }
}

/// Why a model file cannot be used.
package struct InvalidModel: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the file as a JSON Pointer (RFC 6901); empty for the file as a whole.
  package let field: String
  /// What was found there and what would be accepted.
  package let message: String

  package var description: String { "\(field.isEmpty ? "the model file" : field): \(message)" }

  init(_ error: any Error) {
    let context: DecodingError.Context? =
      switch error as? DecodingError {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context), .dataCorrupted(let context):
        context
      default: nil
      }
    self.field = (context?.codingPath ?? []).map { "/" + Self.escaped($0.stringValue) }.joined()
    self.message = context?.debugDescription ?? "\(error)"
  }

  private static func escaped(_ name: String) -> String {
    var escaped = ""
    for character in name {
      switch character {
      case "~": escaped += "~0"
      case "/": escaped += "~1"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
