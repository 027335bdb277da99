/// A number below 2^26 with how often, at most 63 times, in 32 bits: a document with a stem's frequency, or a
/// stem with its frequency in a document. Sorts by the number.
struct Posting: Sendable, Hashable {
  /// One more than the greatest number.
  static let limit = 1 << 26

  private let bits: UInt32

  init(_ number: UInt32, frequency: Int) {
    bits = number << 6 | UInt32(min(63, frequency))
  }

  /// The document or stem.
  var number: UInt32 { bits >> 6 }
  /// How often.
  var frequency: UInt32 { bits & 63 }
}
