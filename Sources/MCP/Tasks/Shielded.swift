/// Runs `body` to its end although the calling task is cancelled, before or meanwhile.
///
/// It is a task of its own, which the caller waits for on the spot: the language has no other way to keep
/// a cancellation from what has to be done because of it, such as storing that something was cancelled.
package func shielded<Value: Sendable>(
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await Task { try await body() }.value
}
