/// One way in which a value breaks a schema, worded so that a person or a model can mend the value.
package struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// The place in the value as a JSON Pointer; empty for the value itself. Keys beyond 64
  /// characters are shortened.
  package let instanceLocation: String
  /// The place of the broken keyword in the schema, as a URI reference:
  /// `#/properties/email/format`.
  package let schemaLocation: String
  /// The broken keyword; `false` for a boolean schema and `limits` for a value that is too complex.
  package let keyword: String
  /// What is there: a type or a value, at most 40 characters of it.
  package let found: String
  /// What would be accepted, such as `must be one of "email", "sms"`.
  package let expected: String
  /// All of it as a sentence.
  package let description: String

  /// A violation; `found` is part of the sentence when `expected` tells what the value must be.
  init(
    instanceLocation: String, schemaLocation: String, keyword: String, found: String,
    expected: String
  ) {
    self.instanceLocation = instanceLocation
    self.schemaLocation = schemaLocation
    self.keyword = keyword
    self.found = found
    self.expected = expected
    let place = instanceLocation.isEmpty ? "" : "\(instanceLocation): "
    let ending = expected.hasPrefix("must ") ? ", found \(found)" : ""
    self.description = place + expected + ending
  }
}
