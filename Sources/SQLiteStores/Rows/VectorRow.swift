import Marketing

/// A vector in its table.
enum VectorRow {
  /// Stores the vector of a version, unless the version is gone or has one.
  static func insert(
    _ vector: MemoryVector, of model: String, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT OR IGNORE INTO memory_vectors (version, model, workspace, vector)
      SELECT m.row, ?, m.workspace, ? FROM memories AS m WHERE m.row = ?
      """)
    insert.bind(model)
    insert.bind(blob: bytes(of: vector.vector))
    insert.bind(vector.version)
    try insert.run()
  }

  private static func bytes(of vector: [Float]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: vector.count * 4) { bytes, count in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      for (place, number) in vector.enumerated() {
        raw.storeBytes(
          of: number.bitPattern.littleEndian, toByteOffset: place * 4, as: UInt32.self)
      }
      count = vector.count * 4
    }
  }

  /// The numbers of stored bytes; none when they are not whole numbers' bytes.
  static func vector(of bytes: [UInt8]) -> [Float] {
    guard bytes.count % 4 == 0 else { return [] }
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { place in
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)))
      }
    }
  }
}
