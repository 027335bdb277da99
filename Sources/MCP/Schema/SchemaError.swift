/// Why a schema cannot be used.
package struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where in the schema, as a URI reference such as `#/properties/email/pattern`.
  package let location: String
  /// What was found and what would be accepted.
  package let message: String

  /// The place and what is wrong there, in one line.
  package var description: String { "\(location): \(message)" }
}
