/// A value that is equal to another as JSON Schema has it: numbers by their mathematical value,
/// text by its code points, objects whatever the order. `1` is `1.0`.
package struct EqualValue: Sendable {
  /// The value.
  package let value: JSONValue

  /// A value to compare.
  package init(_ value: JSONValue) { self.value = value }

  /// Whether two values are equal in this way.
  package static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.string(let left), .string(let right)): left.isSpelled(like: right)
    case (.integer, .number), (.number, .integer), (.number, .number): equalNumbers(left, right)
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
    case (.object(let left), .object(let right)):
      left.count == right.count
        && left.members.allSatisfy { member in
          right[member.key].map { areEqual(member.value, $0) } ?? false
        }
    default: false
    }
  }

  private static func equalNumbers(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if case .number(let left) = left, case .number(let right) = right,
      left.spelling.isSpelled(like: right.spelling)
    {
      return true
    }
    guard let left = DecimalDigits(left), let right = DecimalDigits(right) else { return false }
    return left == right
  }
}

extension EqualValue: Hashable {
  package static func == (left: EqualValue, right: EqualValue) -> Bool {
    areEqual(left.value, right.value)
  }

  package func hash(into hasher: inout Hasher) {
    switch value {
    case .null: hasher.combine(0)
    case .bool(let flag): hasher.combine(flag)
    case .integer(let integer): hasher.combine(integer)
    case .number(let number):
      if let integer = number.exactInteger {
        hasher.combine(integer)
      } else if let digits = DecimalDigits(number.spelling) {
        hasher.combine(digits)
      } else {
        hasher.combine(number)
      }
    case .string(let text): hasher.combine(ExactText(text))
    case .array(let elements):
      hasher.combine(elements.count)
      for element in elements { EqualValue(element).hash(into: &hasher) }
    case .object(let object):
      // The order must not count, so the members' hashes are combined by a commutative operation.
      var sum = 0
      for member in object {
        var own = Hasher()
        own.combine(ExactText(member.key))
        EqualValue(member.value).hash(into: &own)
        sum &+= own.finalize()
      }
      hasher.combine(sum)
    }
  }
}
