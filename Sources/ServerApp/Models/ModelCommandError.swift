import JSONRPC
import Marketing
import MarketingTools

/// Why a command about models could not do its work: what was found and what would be accepted.
package struct ModelCommandError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The whole message.
  package let description: String

  /// An error.
  package init(_ description: String) { self.description = description }

  /// The error of a refusal.
  init(_ refusal: ModelDesk.Refusal) {
    switch refusal {
    case .cancelled: self.init("cancelled")
    case .unusable(let text), .unknown(let text): self.init(text)
    case .fault(let cause): self.init("this should not have happened: \(cause)")
    case .store(let error): self.init(error.message)
    }
  }

  /// Does a step; a refusal becomes an error in words, and a cancellation a `CancellationError`.
  static func wording<Value>(
    _ step: () async throws(ModelDesk.Refusal) -> Value
  ) async throws -> Value {
    do throws(ModelDesk.Refusal) { return try await step() } catch {
      if case .cancelled = error { throw CancellationError() }
      throw ModelCommandError(error)
    }
  }
}

/// How far work on a model has come.
package struct ModelProgress: Sendable, Hashable {
  /// 0–1.
  package let share: Double
  /// What is being done.
  package let step: String
}
