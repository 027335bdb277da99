/// A vector's direction.
enum UnitVector {
  /// The vector scaled to the norm 1; empty when it has no direction.
  static func of(_ numbers: [Float]) -> [Float] {
    // In doubles no square of a float is too large.
    let square = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard square > 0, square.isFinite else { return [] }
    let scale = 1 / square.squareRoot()
    return numbers.map { Float(Double($0) * scale) }
  }
}
