/// The vectors of one workspace's records, in memory. A value; copies share what neither changes.
///
/// Takes 4 bytes for every number of a vector and some 40 for the record. Rows are given in the order in which
/// vectors come and never given again, until the table is compacted.
package struct VectorTable: Sendable {
  /// So many rows are in one piece of memory, so that a table grows without being moved.
  private static let rowsOfPiece = 1024
  /// So many free rows are never worth the work of compacting.
  private static let fewFree = 256
  /// No version, in a row that is free.
  static let none = Int64.min

  /// How many numbers a vector has; 0 until the first one comes.
  package private(set) var dimension = 0
  /// Counts how often rows were given anew.
  package private(set) var generation = 0
  /// The version of each row; `none` where there is none any more.
  private(set) var versions: [Int64] = []
  private var pieces: [[Float]] = []
  private var rows: [Int64: UInt32] = [:]

  /// An empty table.
  package init() {}

  /// How many vectors there are.
  package var count: Int { rows.count }

  /// How many rows there are, free ones too.
  package var rowCount: Int { versions.count }

  /// Whether a version has a vector here.
  package func contains(_ version: Int64) -> Bool { rows[version] != nil }

  /// The row of a version.
  package func row(of version: Int64) -> UInt32? { rows[version] }

  /// The version of a row; `nil` when it is free.
  package func version(of row: UInt32) -> Int64? {
    let version = versions[Int(row)]
    return version == Self.none ? nil : version
  }

  /// Takes in a version's vector.
  /// - Parameter vector: of the norm 1; an empty one, or one of another length than those before, is left out.
  /// - Returns: its row; `nil` when it was left out or is there already.
  @discardableResult
  package mutating func store(_ version: Int64, _ vector: [Float]) -> UInt32? {
    guard !vector.isEmpty, dimension == 0 || vector.count == dimension, rows[version] == nil,
      versions.count < Int(UInt32.max)
    else { return nil }
    dimension = vector.count
    let row = versions.count
    if row % Self.rowsOfPiece == 0 {
      var piece: [Float] = []
      piece.reserveCapacity(Self.rowsOfPiece * dimension)
      pieces.append(piece)
    }
    pieces[row / Self.rowsOfPiece].append(contentsOf: vector)
    versions.append(version)
    rows[version] = UInt32(row)
    return UInt32(row)
  }

  /// Deletes a version's vector and writes zeros over it.
  /// - Returns: whether it was there.
  @discardableResult
  package mutating func delete(_ version: Int64) -> Bool {
    guard let row = rows.removeValue(forKey: version).map(Int.init) else { return false }
    versions[row] = Self.none
    let start = row % Self.rowsOfPiece * dimension
    for place in start..<start + dimension { pieces[row / Self.rowsOfPiece][place] = 0 }
    let free = versions.count - rows.count
    if free > Self.fewFree, free * 4 > versions.count { compact() }
    return true
  }

  /// Lets go of everything; rows are other ones from now on.
  package mutating func removeAll() {
    let generation = generation + 1
    self = VectorTable()
    self.generation = generation
  }

  /// Moves everything into fresh memory and closes the gaps; rows are other ones from now on.
  package mutating func compact() {
    var fresh = VectorTable()
    fresh.generation = generation + 1
    for (row, version) in versions.enumerated() where version != Self.none {
      fresh.store(version, vector(of: UInt32(row)))
    }
    // What holds no vector has no length to keep to.
    self = fresh
  }

  /// The vector of a row.
  package func vector(of row: UInt32) -> [Float] {
    let start = Int(row) % Self.rowsOfPiece * dimension
    return Array(pieces[Int(row) / Self.rowsOfPiece][start..<start + dimension])
  }

  /// The cosine of a row's vector and another of the norm 1.
  package func cosine(_ row: UInt32, _ question: [Float]) -> Float {
    let start = Int(row) % Self.rowsOfPiece * dimension
    return pieces[Int(row) / Self.rowsOfPiece].withUnsafeBufferPointer { piece in
      question.withUnsafeBufferPointer {
        Self.product($0, UnsafeBufferPointer(rebasing: piece[start..<start + dimension]))
      }
    }
  }

  /// The cosines of the vectors of some rows and another of the norm 1, row by row; 0 in free rows.
  package func cosines(_ rows: Range<Int>, _ question: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.count) { cosines, count in
      question.withUnsafeBufferPointer { question in
        var row = rows.lowerBound
        while row < rows.upperBound {
          let end = min(rows.upperBound, (row / Self.rowsOfPiece + 1) * Self.rowsOfPiece)
          pieces[row / Self.rowsOfPiece].withUnsafeBufferPointer { piece in
            for row in row..<end {
              let start = row % Self.rowsOfPiece * dimension
              let vector = UnsafeBufferPointer(rebasing: piece[start..<start + dimension])
              cosines.initializeElement(
                at: row - rows.lowerBound, to: Self.product(question, vector))
            }
          }
          row = end
        }
      }
      count = rows.count
    }
  }

  /// The sum of products of two rows of numbers, 32 at a time: four sums that do not wait for each other.
  private static func product(
    _ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>
  ) -> Float {
    let count = min(left.count, right.count)
    let (one, other) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
    var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    @inline(__always)
    func products(_ place: Int) -> SIMD8<Float> {
      one.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<Float>.self)
        * other.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<Float>.self)
    }
    var place = 0
    while place + 32 <= count {
      sums.0 += products(place)
      sums.1 += products(place + 8)
      sums.2 += products(place + 16)
      sums.3 += products(place + 24)
      place += 32
    }
    var sum = ((sums.0 + sums.1) + (sums.2 + sums.3)).sum()
    while place < count {
      sum += left[place] * right[place]
      place += 1
    }
    return sum
  }

  /// How many bytes the table holds, with the room that it keeps for more.
  package var memoryFootprint: Int {
    pieces.reduce(Footprint.bytes(versions) + Footprint.bytes(rows)) { $0 + Footprint.bytes($1) }
  }
}
