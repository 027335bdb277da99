/// A JSON value (RFC 8259) that loses nothing a peer sent: object members keep their order, integers
/// are exact to 64 bits, every other number keeps its spelling.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number written without fraction or exponent that fits in 64 signed bits.
  case integer(Int64)
  /// Any other number, by its spelling.
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// The value as a flag; `nil` for any other type.
  package var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value as an exact integer: `.integer`, or a number such as `1.0` or `2e3` whose value is one.
  package var integerValue: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let number): number.exactInteger
    default: nil
    }
  }

  /// The nearest double of a number; `nil` for any other type.
  package var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let number): number.doubleValue
    default: nil
    }
  }

  /// The value as text; `nil` for any other type.
  package var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements; `nil` for any other type.
  package var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members; `nil` for any other type.
  package var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether this is JSON `null`.
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The member of an object; `nil` when there is none or this is no object.
  package subscript(key: String) -> JSONValue? { objectValue?[key] }

  /// The element of an array; `nil` when it is out of range or this is no array.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The name that JSON Schema gives to this value's type, for messages: `integer` for whole numbers.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number(let number): number.isWhole ? "integer" : "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

extension JSONValue {
  /// A number from a double, spelled in the shortest way that reads back to the same double.
  /// Not-a-number and the infinities have no JSON spelling and become `null`.
  package init(_ value: Double) {
    if let number = JSONNumber(value) { self = .number(number) } else { self = .null }
  }

  /// An integer of any width up to 64 bits, unsigned ones beyond `Int64.max` by their spelling.
  package init(_ value: some FixedWidthInteger) {
    if let exact = Int64(exactly: value) {
      self = .integer(exact)
    } else {
      self = .number(JSONNumber(integerSpelling: String(value)))
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}
