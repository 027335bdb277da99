/// What is wrong with a call that its caller can mend, for programs: a model reads `message`, other
/// doors than the protocol's take the parts.
package struct CallProblem: Error, Sendable, Hashable {
  /// What kind of problem it is; each says what the caller should do.
  package enum Kind: Sendable, Hashable {
    /// The arguments cannot be taken: correct them.
    case invalid
    /// A thing that the arguments name is not there: correct the name.
    case notFound
    /// What is stored stands against it: read it and decide.
    case conflict
    /// Others have changed what it was made from: repeat the call.
    case stale
    /// It cannot be done at the moment: repeat the call later.
    case unavailable
  }

  /// One argument that is wrong.
  package struct Field: Sendable, Hashable {
    /// The place in the arguments as a JSON Pointer (RFC 6901); empty for the arguments as a whole.
    package let pointer: String
    /// What is wrong there.
    package let detail: String

    /// A wrong argument.
    package init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  /// What kind of problem it is.
  package let kind: Kind
  /// All of it in words.
  package let message: String
  /// The arguments that are wrong, all of them; empty where it is not about single arguments.
  package let fields: [Field]

  /// A problem.
  package init(_ kind: Kind, _ message: String, fields: [Field] = []) {
    self.kind = kind
    self.message = message
    self.fields = fields
  }
}
