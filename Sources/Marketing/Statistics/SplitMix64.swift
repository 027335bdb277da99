/// Random numbers that are the same on every machine (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
  private var state: UInt64

  /// The numbers that a state leads to.
  package init(state: UInt64) { self.state = state }

  /// How far the state moves with each number.
  package static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The number that follows a state.
  package static func mixed(_ state: UInt64) -> UInt64 {
    var mixed = state &+ step
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func next() -> UInt64 {
    defer { state &+= Self.step }
    return Self.mixed(state)
  }

  /// Uniform in [0, 1).
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
