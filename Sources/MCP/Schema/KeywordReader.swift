import JSONRPC

/// Reads the keywords of one subschema and says what is wrong with them.
struct KeywordReader {
  let object: JSONObject
  /// The subschema's place as a URI reference.
  let location: String

  /// A count such as `minLength`; `nil` when the keyword is absent.
  func count(_ keyword: String) throws -> Int? {
    guard let value = object[keyword] else { return nil }
    guard let count = value.integerValue, count >= 0 else {
      throw error(keyword, "found \(Found.text(of: value)), expected an integer of 0 or more")
    }
    return Int(clamping: count)
  }

  /// A bound such as `minimum`.
  func bound(_ keyword: String) throws -> NumberBound? {
    guard let value = object[keyword] else { return nil }
    guard let bound = NumberBound(value) else {
      throw error(keyword, "found \(Found.text(of: value)), expected a number")
    }
    return bound
  }

  /// A number above zero, for `multipleOf`.
  func divisor(_ keyword: String) throws -> NumberDivisor? {
    guard let value = object[keyword] else { return nil }
    guard let divisor = NumberDivisor(value) else {
      throw error(
        keyword,
        "found \(Found.text(of: value)), expected a number above 0 of at most 37 digits")
    }
    return divisor
  }

  func flag(_ keyword: String) throws -> Bool? {
    guard let value = object[keyword] else { return nil }
    guard case .bool(let flag) = value else {
      throw error(keyword, "found \(Found.text(of: value)), expected true or false")
    }
    return flag
  }

  func text(_ keyword: String) throws -> String? {
    guard let value = object[keyword] else { return nil }
    guard case .string(let text) = value else {
      throw error(keyword, "found \(Found.text(of: value)), expected a string")
    }
    return text
  }

  /// An array of strings such as `required`; empty when the keyword is absent.
  func names(_ keyword: String) throws -> [String] {
    guard let value = object[keyword] else { return [] }
    guard let names = Self.names(value) else {
      throw error(keyword, "found \(Found.text(of: value)), expected an array of strings")
    }
    return names
  }

  /// The value of `dependentRequired`.
  func dependentNames(_ keyword: String) throws -> [(key: String, needed: [String])] {
    guard let value = object[keyword] else { return [] }
    guard case .object(let members) = value else {
      throw error(keyword, "found \(Found.text(of: value)), expected an object")
    }
    return try members.map { member in
      guard let names = Self.names(member.value) else {
        throw error(keyword, "'\(member.key)' must hold an array of strings")
      }
      return (member.key, names)
    }
  }

  /// The types that `type` names; none when it is absent.
  func types(_ keyword: String) throws -> TypeSet {
    guard let value = object[keyword] else { return [] }
    let names: [JSONValue] = value.arrayValue ?? [value]
    var types: TypeSet = []
    for name in names {
      guard let known = TypeSet.all.first(where: { .string($0.name) == name }) else {
        let all = TypeSet.all.map(\.name).joined(separator: ", ")
        throw error(keyword, "found \(Found.text(of: name)), expected one of \(all)")
      }
      types.insert(known.type)
    }
    guard !names.isEmpty else { throw error(keyword, "found no type, expected one or more") }
    return types
  }

  /// The values of `enum`; `nil` when it is absent.
  func choices(_ keyword: String) throws -> SchemaChoices? {
    guard let value = object[keyword] else { return nil }
    guard case .array(let values) = value else {
      throw error(keyword, "found \(Found.text(of: value)), expected an array")
    }
    return SchemaChoices(values)
  }

  func error(_ keyword: String, _ message: String) -> SchemaError {
    SchemaError(location: "\(location)/\(JSONPointer.escape(keyword))", message: message)
  }

  private static func names(_ value: JSONValue) -> [String]? {
    guard case .array(let elements) = value else { return nil }
    let names = elements.compactMap(\.stringValue)
    return names.count == elements.count ? names : nil
  }
}
