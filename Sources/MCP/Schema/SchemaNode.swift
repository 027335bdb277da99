import JSONRPC

/// One subschema, compiled: what is asked of a value, by the value's type, and the numbers of the
/// subschemas below it. A class, so that a step of the evaluation copies one reference.
final class SchemaNode: Sendable {
  let rules: SchemaRules

  init(_ rules: SchemaRules) { self.rules = rules }
}

/// What one subschema asks.
struct SchemaRules: Sendable {
  /// The subschema's place as a URI reference; a keyword's place is behind it.
  let location: String
  /// The number of the resource it belongs to.
  let resource: Int

  /// What a boolean schema says about every value.
  var verdict: Bool?
  /// The types that are accepted; empty when the type is not asked for.
  var types: TypeSet = []
  var constant: JSONValue?
  var choices: SchemaChoices?
  var texts: [TextRule] = []
  var numbers: [NumberRule] = []
  var array: ArrayRules?
  var object: ObjectRules?
  var inPlace: InPlaceRules?

  init(location: String, resource: Int) {
    self.location = location
    self.resource = resource
  }

  /// Whether parts that other keywords have looked at must be known.
  var tracksParts: Bool { object?.unevaluated != nil || array?.unevaluated != nil }
}

/// Subschemas that are applied to the value itself.
struct InPlaceRules: Sendable {
  var references: [SchemaReference] = []
  var all: [Int] = []
  var any: [Int] = []
  var one: [Int] = []
  var not: Int?
  var condition: SchemaCondition?

  var isEmpty: Bool {
    references.isEmpty && all.isEmpty && any.isEmpty && one.isEmpty && not == nil
      && condition == nil
  }
}

struct SchemaReference: Sendable {
  let target: Int
  /// When set, the outermost resource entered that has this dynamic anchor decides.
  let dynamicAnchor: String?
}

struct SchemaCondition: Sendable {
  let test: Int
  let then: Int?
  let otherwise: Int?
}

enum TextRule: Sendable {
  case minLength(Int)
  case maxLength(Int)
  case pattern(SchemaPattern)
  case format(TextFormat)
}

struct ArrayRules: Sendable {
  var prefix: [Int] = []
  var items: Int?
  var contains: ContainsRule?
  var minItems = 0
  var maxItems: Int?
  var isUnique = false
  var unevaluated: Int?

  struct ContainsRule: Sendable {
    let node: Int
    let atLeast: Int
    let atMost: Int?
  }

  /// Whether nothing is asked of arrays.
  var isEmpty: Bool {
    prefix.isEmpty && items == nil && contains == nil && minItems == 0 && maxItems == nil
      && !isUnique && unevaluated == nil
  }
}

struct ObjectRules: Sendable {
  /// A key that `properties` or `required` names.
  struct Slot: Sendable {
    let key: String
    var node: Int?
    var isRequired = false
  }

  var slots: [Slot] = []
  var slotNumbers: [ExactText: Int] = [:]
  /// The required slots as bits, as long as there are at most 64 slots.
  var requiredBits: UInt64 = 0
  var patterns: [(pattern: SchemaPattern, node: Int)] = []
  var additional: Int?
  var names: Int?
  var minProperties = 0
  var maxProperties: Int?
  var dependentKeys: [(key: String, needed: [String])] = []
  var dependentSchemas: [(key: String, node: Int)] = []
  var unevaluated: Int?

  /// Whether nothing is asked of objects.
  var isEmpty: Bool {
    slots.isEmpty && patterns.isEmpty && additional == nil && names == nil && minProperties == 0
      && maxProperties == nil && dependentKeys.isEmpty && dependentSchemas.isEmpty
      && unevaluated == nil
  }
}

/// The types that a value may have.
struct TypeSet: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  static let null = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let integer = TypeSet(rawValue: 4)
  static let number = TypeSet(rawValue: 8)
  static let string = TypeSet(rawValue: 16)
  static let array = TypeSet(rawValue: 32)
  static let object = TypeSet(rawValue: 64)

  /// The types in the order in which messages name them.
  static let all: [(type: TypeSet, name: String, phrase: String)] = [
    (.string, "string", "a string"), (.integer, "integer", "an integer"),
    (.number, "number", "a number"), (.boolean, "boolean", "true or false"),
    (.object, "object", "an object"), (.array, "array", "an array"), (.null, "null", "null"),
  ]

  /// Whether the value is of one of the types; `1.0` is an integer.
  func accepts(_ value: JSONValue) -> Bool {
    switch value {
    case .null: contains(.null)
    case .bool: contains(.boolean)
    case .integer: !isDisjoint(with: [.integer, .number])
    case .number(let number):
      contains(.number)
        || contains(.integer) && (number.isSpelledAsInteger || number.isWhole)
    case .string: contains(.string)
    case .array: contains(.array)
    case .object: contains(.object)
    }
  }

  /// The types for a sentence: `a string or null`.
  var phrase: String {
    Self.all.filter { contains($0.type) }.map(\.phrase).joined(separator: " or ")
  }
}
