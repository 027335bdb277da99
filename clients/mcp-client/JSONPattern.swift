import JSONRPC
import MCP

/// What a message must look like: JSON in which a member that the pattern does not name may be anything,
/// with words that stand for kinds of values. The words are listed in `clients/README.md`.
struct JSONPattern {
  /// Why a value does not fit, or why the pattern is none.
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  private let pattern: JSONValue

  init(_ pattern: JSONValue) { self.pattern = pattern }

  /// Compares a value and keeps what the pattern captures.
  /// - Throws: `Mismatch` with the first place that differs; then nothing is captured.
  func match(_ value: JSONValue?, _ captures: inout [String: JSONValue]) throws(Mismatch) {
    var captured = captures
    try Self.match(pattern, value, at: "", &captured)
    captures = captured
  }

  private static func match(
    _ pattern: JSONValue, _ value: JSONValue?, at place: String,
    _ captures: inout [String: JSONValue]
  ) throws(Mismatch) {
    if pattern == "$absent" {
      guard value == nil else { throw differs(place, value, "nothing") }
      return
    }
    if case .object(let object) = pattern, let options = object["$oneOf"]?.arrayValue {
      for option in options {
        var attempt = captures
        if (try? match(option, value, at: place, &attempt)) != nil {
          captures = attempt
          return
        }
      }
      throw differs(place, value, "one of \(shown(object["$oneOf"]))")
    }
    guard let value else { throw differs(place, nil, shown(pattern)) }
    switch pattern {
    case .string(let word) where word.hasPrefix("$") && !word.hasPrefix("${"):
      try matchWord(word, value, at: place, &captures)
    case .object(let object):
      if let key = object.keys.first, key.hasPrefix("$") {
        try matchOperator(key, object[key] ?? .null, value, at: place, &captures)
      } else {
        try matchMembers(object, value, at: place, &captures)
      }
    case .array(let wanted): try matchElements(wanted, value, at: place, &captures)
    default:
      let filled = try Captures.fill(pattern, captures)
      guard isSame(filled, value) else { throw differs(place, value, shown(filled)) }
    }
  }

  private static func matchMembers(
    _ wanted: JSONObject, _ value: JSONValue, at place: String,
    _ captures: inout [String: JSONValue]
  ) throws(Mismatch) {
    guard let found = value.objectValue else { throw differs(place, value, "an object") }
    for member in wanted {
      try match(member.value, found[member.key], at: "\(place)/\(member.key)", &captures)
    }
  }

  private static func matchElements(
    _ wanted: [JSONValue], _ value: JSONValue, at place: String,
    _ captures: inout [String: JSONValue]
  ) throws(Mismatch) {
    guard let found = value.arrayValue, found.count == wanted.count else {
      throw differs(place, value, "an array of \(wanted.count)")
    }
    for index in wanted.indices {
      try match(wanted[index], found[index], at: "\(place)/\(index)", &captures)
    }
  }

  private static func matchWord(
    _ word: String, _ value: JSONValue, at place: String, _ captures: inout [String: JSONValue]
  ) throws(Mismatch) {
    let fits: Bool
    switch word {
    case "$any": fits = true
    case "$string": fits = value.stringValue != nil
    case "$integer":
      if case .number(let number) = value {
        fits = number.isSpelledAsInteger
      } else {
        fits = value.integerValue != nil
      }
    case "$number": fits = value.doubleValue != nil
    case "$boolean": fits = value.boolValue != nil
    case "$array": fits = value.arrayValue != nil
    case "$object": fits = value.objectValue != nil
    default:
      if word.hasPrefix("$capture:") {
        captures[String(word.dropFirst("$capture:".count))] = value
        return
      }
      guard word.hasPrefix("$$") else {
        throw Mismatch(description: "the script says '\(word)', which is no pattern")
      }
      fits = value == .string(String(word.dropFirst()))
    }
    guard fits else { throw differs(place, value, word) }
  }

  private static func matchOperator(
    _ name: String, _ argument: JSONValue, _ value: JSONValue, at place: String,
    _ captures: inout [String: JSONValue]
  ) throws(Mismatch) {
    switch name {
    case "$contains":
      let part = try Captures.fill(argument, captures).stringValue ?? ""
      guard let text = value.stringValue, text.lowercased().contains(part.lowercased()) else {
        throw differs(place, value, "a text with '\(part)' in it")
      }
    case "$allOf":
      for part in argument.arrayValue ?? [] { try match(part, value, at: place, &captures) }
    case "$includes":
      for element in value.arrayValue ?? [] {
        var attempt = captures
        if (try? match(argument, element, at: place, &attempt)) != nil {
          captures = attempt
          return
        }
      }
      throw differs(place, value, "an array with \(shown(argument))")
    case "$members":
      guard let members = value.objectValue, !members.isEmpty else {
        throw differs(place, value, "an object with members")
      }
      for member in members {
        try match(argument, member.value, at: "\(place)/\(member.key)", &captures)
      }
    case "$exactly":
      let filled = try Captures.fill(argument, captures)
      guard isSame(filled, value) else { throw differs(place, value, "exactly \(shown(filled))") }
    default: throw Mismatch(description: "the script says '\(name)', which is no pattern")
    }
  }

  /// Equal values whose numbers are of the same kind.
  private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool { left == right }

  private static func differs(
    _ place: String, _ value: JSONValue?, _ expected: String
  ) -> Mismatch {
    let found = value.map { shown($0) } ?? "nothing"
    return Mismatch(
      description: "\(place.isEmpty ? "/" : place): found \(found), expected \(expected)")
  }

  private static func shown(_ value: JSONValue?) -> String {
    JSONWriter.text(of: value ?? .null).shortened(to: 160)
  }
}

/// Puts captured values into a script's texts.
enum Captures {
  /// The value with each `${name}` replaced: alone in its text it keeps the captured value's type.
  static func fill(
    _ value: JSONValue, _ captures: [String: JSONValue]
  ) throws(JSONPattern.Mismatch) -> JSONValue {
    switch value {
    case .string(let text): return try fill(text, captures)
    case .array(let elements):
      var filled: [JSONValue] = []
      for element in elements { filled.append(try fill(element, captures)) }
      return .array(filled)
    case .object(let object):
      var filled = JSONObject()
      for member in object { filled[member.key] = try fill(member.value, captures) }
      return .object(filled)
    default: return value
    }
  }

  private static func fill(
    _ text: String, _ captures: [String: JSONValue]
  ) throws(JSONPattern.Mismatch) -> JSONValue {
    var result = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "${"),
      let close = rest[open.upperBound...].firstIndex(of: "}")
    {
      let name = String(rest[open.upperBound..<close])
      guard let value = captures[name] else {
        throw JSONPattern.Mismatch(description: "nothing was captured as '\(name)'")
      }
      let end = rest.index(after: close)
      if rest[..<open.lowerBound].isEmpty, result.isEmpty, end == rest.endIndex { return value }
      result += rest[..<open.lowerBound] + (value.stringValue ?? JSONWriter.text(of: value))
      rest = rest[end...]
    }
    return .string(result + rest)
  }
}
