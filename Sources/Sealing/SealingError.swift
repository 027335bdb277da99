/// Why something could not be sealed, opened or verified. Holds no keys and none of the bytes.
package struct SealingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  package enum Code: String, Sendable, Hashable {
    /// What was presented is not ours, is for another purpose or was changed: refuse it.
    case refused
    /// The file of keys cannot be used as it is: a person must look.
    case keyFile
    /// The cryptographic library failed, for want of memory or of randomness.
    case library
  }

  /// The kind of failure.
  package let code: Code
  /// What is wrong and how to put it right.
  package let message: String

  /// An error.
  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }

  /// The one answer to everything that cannot be opened, so that nothing can be learnt from it.
  package static let refused = SealingError(
    .refused, "the value was not sealed here, was sealed for another purpose, or was changed")

  static func library(_ function: StaticString) -> SealingError {
    SealingError(.library, "libcrypto: \(function) failed")
  }
}
