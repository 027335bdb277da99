/// What is wrong with one field of a value from outside, in a way that tells how to set it right.
package struct FieldError: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The field as a JSON Pointer (RFC 6901), for example `/email`; empty for the value as a whole.
  package var field: String
  /// What was found there. Describes personal values, never repeats them.
  package var found: String
  /// What would be accepted.
  package var expected: String

  /// An error at a field.
  package init(field: String, found: String, expected: String) {
    self.field = field
    self.found = found
    self.expected = expected
  }

  package var description: String {
    "\(field.isEmpty ? "the whole value" : field): found \(found), expected \(expected)"
  }
}

/// Every field error of one lead, in the order of the fields.
package struct InvalidLead: Error, Sendable, Hashable, CustomStringConvertible {
  /// At least one error.
  package var errors: [FieldError]

  /// A refusal.
  package init(errors: [FieldError]) { self.errors = errors }

  package var description: String { errors.map(\.description).joined(separator: "; ") }
}
