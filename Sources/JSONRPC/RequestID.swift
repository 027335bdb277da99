/// A request's identifier, echoed with its exact JSON type: `1` is not `"1"`.
/// Strings are compared by their bytes.
package enum RequestID: Sendable {
  case integer(Int64)
  /// An integer beyond 64 signed bits, by its spelling.
  case wideInteger(JSONNumber)
  case string(String)

  /// Reads an id; `nil` for `null`, fractions (also `1.0`), flags, arrays and objects, which are no ids.
  package init?(_ value: JSONValue?) {
    switch value {
    case .integer(let integer): self = .integer(integer)
    case .number(let number) where number.isSpelledAsInteger: self = .wideInteger(number)
    case .string(let string): self = .string(string)
    default: return nil
    }
  }

  /// The id as it was written.
  package var json: JSONValue {
    switch self {
    case .integer(let value): .integer(value)
    case .wideInteger(let value): .number(value)
    case .string(let value): .string(value)
    }
  }
}

extension RequestID: Hashable {
  package static func == (left: RequestID, right: RequestID) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left == right
    case (.wideInteger(let left), .wideInteger(let right)): left == right
    case (.string(let left), .string(let right)): left.isSpelled(like: right)
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .integer(let value): hasher.combine(value)
    case .wideInteger(let value): hasher.combine(value)
    case .string(let value): ExactText(value).hash(into: &hasher)
    }
  }
}
