/// Why a store could not do what was asked.
package struct StoreError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure.
  package enum Code: String, Sendable, Hashable {
    /// The thing named is not there: correct the name.
    case notFound
    /// The thing is there already, with other content: read it and decide.
    case conflict
    /// What the write was made from has changed since it was read: read again and decide anew.
    case stale
    /// The store is busy or its disk is full: try again later.
    case unavailable
    /// The stored data or the store's schema is not as expected: a person must look.
    case corrupt
  }

  /// The kind of failure.
  package let code: Code
  /// What was asked and what stands against it; no personal data.
  package let message: String
  /// The underlying error, for the log only.
  package let cause: String?

  /// An error.
  package init(_ code: Code, _ message: String, cause: String? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String { "\(code.rawValue): \(message)" }
}
