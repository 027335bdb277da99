import JSONRPC
import MCP

/// What an answer must look like: JSON in which a member that the pattern does not name may be anything,
/// with words that stand for kinds of values.
struct JSONPattern {
  private let pattern: JSONValue

  init(_ pattern: JSONValue) { self.pattern = pattern }

  /// The first place where a value differs from the pattern, in words; `nil` when it fits.
  func mismatch(_ value: JSONValue?) -> String? { Self.mismatch(pattern, value, at: "") }

  private static func mismatch(_ pattern: JSONValue, _ value: JSONValue?, at place: String)
    -> String?
  {
    let here = place.isEmpty ? "/" : place
    if pattern == "$absent" { return value == nil ? nil : "\(here): found a value, expected none" }
    guard let value else { return "\(here): missing" }
    if case .string(let word) = pattern, word.hasPrefix("$") {
      return kind(word, value) ? nil : "\(here): found \(shown(value)), expected \(word)"
    }
    switch (pattern, value) {
    case (.object(let wanted), .object(let found)):
      for member in wanted {
        if let problem = mismatch(member.value, found[member.key], at: "\(place)/\(member.key)") {
          return problem
        }
      }
      return nil
    case (.array(let wanted), .array(let found)):
      guard wanted.count == found.count else {
        return "\(here): found \(found.count) elements, expected \(wanted.count)"
      }
      for index in wanted.indices {
        if let problem = mismatch(wanted[index], found[index], at: "\(place)/\(index)") {
          return problem
        }
      }
      return nil
    default:
      return pattern == value
        ? nil : "\(here): found \(shown(value)), expected \(shown(pattern))"
    }
  }

  private static func kind(_ word: String, _ value: JSONValue) -> Bool {
    switch word {
    case "$any": true
    case "$string": value.stringValue != nil
    case "$integer": value.typeName == "integer"
    case "$number": value.doubleValue != nil
    case "$boolean": value.boolValue != nil
    case "$array": value.arrayValue != nil
    case "$object": value.objectValue != nil
    default: .string(word) == value
    }
  }

  private static func shown(_ value: JSONValue) -> String {
    JSONWriter.text(of: value).shortened(to: 120)
  }
}
