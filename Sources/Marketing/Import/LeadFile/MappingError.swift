/// Why a mapping cannot be used.
package struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The member that is wrong, what was found and what would be accepted.
  package let description: String

  init(at place: String, _ text: String) {
    description = place.isEmpty ? text : "\(place): \(text)"
  }

  init(_ error: any Error) {
    guard let error = error as? DecodingError else {
      description = "\(error)"
      return
    }
    let context: DecodingError.Context? =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context), .dataCorrupted(let context):
        context
      @unknown default: nil
      }
    let path = (context?.codingPath ?? []).map(\.stringValue).joined(separator: ".")
    let text = context?.debugDescription ?? "the mapping is not as expected"
    description = path.isEmpty ? text : "\(path): \(text)"
  }
}
