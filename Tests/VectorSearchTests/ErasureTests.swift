import Glibc
import Testing
import VectorSearch

/// What is removed is nowhere in the process's memory any more, wherever the index has been before.
@Suite(.timeLimit(.minutes(3))) struct ErasureTests {
  private static let dimensions = 64

  /// Calls `body` with a vector that is nowhere else, and overwrites it.
  private static func withVector(_ seed: UInt64, _ body: ([Float]) throws -> Void) rethrows {
    var vector = [Float](repeating: 0, count: dimensions)
    for place in 0..<dimensions { vector[place] = number(seed, place) }
    try body(vector)
    vector.withUnsafeMutableBytes { bytes in
      for place in bytes.indices { bytes[place] = 0 }
    }
  }

  private static func number(_ seed: UInt64, _ place: Int) -> Float {
    let mixed = (seed &+ UInt64(place)) &* 0x9E37_79B9_7F4A_7C15
    return Float(mixed >> 40) / Float(1 << 24) / 8
  }

  /// How often the vector is in the memory of the process. It is asked of the system, which does not mind memory
  /// that another thread gives back meanwhile.
  private static func occurrences(_ seed: UInt64) throws -> Int {
    let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
    try #require(memory >= 0)
    defer { close(memory) }
    let piece = 4 << 20
    let length = 4 * dimensions
    // What is looked for stands behind the room for a piece, where it is not counted.
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: piece + 2 * length, alignment: 16)
    let room = try #require(buffer.baseAddress)
    let wanted = room + piece + length
    for place in 0..<dimensions {
      wanted.storeBytes(of: number(seed, place), toByteOffset: 4 * place, as: Float.self)
    }
    defer {
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      buffer.deallocate()
    }
    let own = Int(bitPattern: room)..<Int(bitPattern: room) + buffer.count
    var count = 0
    for region in try regions() {
      for start in stride(from: region.lowerBound, to: region.upperBound, by: piece) {
        // A vector that begins in a piece may end behind it.
        let read = pread(memory, room, min(piece + length - 1, region.upperBound - start), start)
        // Found by its first number's last byte, which is not as common as zeros are.
        var at = 0
        while at + length <= read,
          let first = memchr(room + at, Int32(wanted.load(as: UInt8.self)), read - length - at + 1)
        {
          let place = UnsafeRawPointer(first) - UnsafeRawPointer(room)
          if memcmp(first, wanted, length) == 0, !own.contains(start + place) { count += 1 }
          at = place + 1
        }
      }
    }
    return count
  }

  /// The parts of memory that the process writes to.
  private static func regions() throws -> [Range<Int>] {
    let file = try #require(fopen("/proc/self/maps", "r"))
    defer { fclose(file) }
    var regions: [Range<Int>] = []
    var line = [CChar](repeating: 0, count: 1024)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      let fields = text.split(separator: " ")
      let ends = fields[0].split(separator: "-").compactMap { Int($0, radix: 16) }
      guard fields[1].hasPrefix("rw"), ends.count == 2, ends[0] < ends[1] else { continue }
      regions.append(ends[0]..<ends[1])
    }
    return regions
  }

  @Test func vectorsAreOverwritten() throws {
    var settings = ApproximateIndex.Settings()
    settings.capacity = 4
    var index: ApproximateIndex? = try ApproximateIndex(
      dimensions: Self.dimensions, settings: settings)
    for label in 0..<UInt32(5) {
      try Self.withVector(UInt64(label) * 1000) { try index?.add($0, label: label) }
    }
    #expect(try Self.occurrences(2000) == 1)
    // The index moves, and no copy stays where it was.
    for label in 5..<UInt32(400) {
      try Self.withVector(UInt64(label) * 1000) { try index?.add($0, label: label) }
    }
    #expect(try Self.occurrences(2000) == 1)
    try index?.remove([2, 3])
    #expect(try Self.occurrences(2000) == 0)
    #expect(try Self.occurrences(3000) == 0)
    #expect(try Self.occurrences(4000) == 1)
    try Self.withVector(9_000_000) { try index?.add($0, label: 4) }
    #expect(try Self.occurrences(4000) == 0)
    #expect(try Self.occurrences(9_000_000) == 1)
    index = nil
    #expect(try Self.occurrences(9_000_000) == 0)
    #expect(try Self.occurrences(399_000) == 0)
  }
}
