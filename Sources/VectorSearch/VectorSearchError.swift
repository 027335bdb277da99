/// Why vectors cannot be kept or searched.
package enum VectorSearchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A vector has another length, or a number that is none.
  case badVector(expected: Int)
  /// There are as many as there may be.
  case full(Int)
  /// There is no memory for more.
  case noMemory
  /// The library failed, which it should not.
  case library(String)

  package var description: String {
    switch self {
    case .badVector(let expected): "a vector: expected \(expected) finite numbers"
    case .full(let count): "the index of vectors is full: there may be \(count)"
    case .noMemory: "there is no memory for the index of vectors"
    case .library(let function): "hnswlib: \(function) failed"
    }
  }
}
