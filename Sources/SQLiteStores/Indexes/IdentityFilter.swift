/// Which identities are certainly not among the stored leads': a Bloom filter over their hashes
/// (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970). Most new leads are
/// nobody's duplicate, and this tells so without touching the database.
struct IdentityFilter: Sendable {
  /// With 12 bits a hash and 6 of them set, one of 200 absent hashes seems present.
  private static let bitsPerHash = 12
  private static let bitsSet = 6
  private static let minimumCapacity = 1 << 16

  private var words: [UInt64]
  private let mask: UInt64
  /// For how many hashes the filter is made.
  let capacity: Int
  /// How many have been inserted, repeated ones too.
  private(set) var count = 0

  /// An empty filter for at least that many hashes.
  init(capacity: Int) {
    let bits = (max(capacity, Self.minimumCapacity) * Self.bitsPerHash).roundedUpToPowerOfTwo
    words = [UInt64](repeating: 0, count: bits / 64)
    mask = UInt64(bits - 1)
    self.capacity = bits / Self.bitsPerHash
  }

  mutating func insert(_ hash: Int64) {
    count += 1
    for bit in places(hash) { words[Int(bit >> 6)] |= 1 << (bit & 63) }
  }

  /// `false` when the hash has certainly not been inserted.
  func mayContain(_ hash: Int64) -> Bool {
    places(hash).allSatisfy { words[Int($0 >> 6)] & 1 << ($0 & 63) != 0 }
  }

  /// The hash is uniform already: its halves give as many places as are wanted (Kirsch and
  /// Mitzenmacher, "Less hashing, same performance", 2006).
  private func places(_ hash: Int64) -> some Sequence<UInt64> {
    let bits = UInt64(bitPattern: hash)
    let step = bits >> 32 | 1
    return (0..<UInt64(Self.bitsSet)).lazy.map { [mask] in (bits &+ $0 &* step) & mask }
  }
}

extension Int {
  fileprivate var roundedUpToPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
