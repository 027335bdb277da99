import CHNSW

/// Finds the vectors that point most nearly as another does without comparing it with all: a hierarchical graph of
/// neighbours (Malkov, Yashunin, "Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical
/// Navigable Small World Graphs", 2016), as hnswlib has it.
///
/// For one thread at a time, searches too: whoever owns it holds a lock. The same calls in the same order give
/// the same answers. What is removed is overwritten in memory, as is all when the index goes.
package final class ApproximateIndex {
  /// How the graph is made.
  package struct Settings: Sendable, Hashable {
    /// How many neighbours each vector has on the upper levels; twice as many on the lowest.
    package var links = 16
    /// How many candidates neighbours are chosen from.
    package var buildEffort = 100
    /// What the levels of vectors are drawn by.
    package var seed: UInt64 = 1
    /// How many vectors there is room for at first.
    package var capacity = 1024
    /// How many vectors there may be.
    package var mostVectors = 10_000_000

    /// The settings that hold unless configured otherwise.
    package init() {}
  }

  /// A vector that was found.
  package struct Match: Sendable, Hashable {
    /// Its label.
    package let label: UInt32
    /// Its inner product with the vector that was asked for: for unit vectors the cosine.
    package let similarity: Float
  }

  /// How long vectors are.
  package let dimensions: Int
  private let settings: Settings
  private let handle: OpaquePointer

  /// An empty index for unit vectors.
  /// - Parameter dimensions: their length, 1 or more.
  package init(
    dimensions: Int, settings: Settings = Settings()
  ) throws(VectorSearchError) {
    precondition((1...1 << 20).contains(dimensions) && (2...256).contains(settings.links))
    self.dimensions = dimensions
    self.settings = settings
    let capacity = max(1, min(settings.capacity, settings.mostVectors))
    var created: OpaquePointer?
    let status = chnsw_create(
      dimensions, capacity, settings.links, max(1, settings.buildEffort), Int(settings.seed >> 1),
      &created)
    try Self.check(status, "create")
    guard let created else { throw .noMemory }
    handle = created
  }

  deinit { chnsw_free(handle) }

  /// How many vectors there are.
  package var count: Int { chnsw_count(handle) }

  /// What it takes in memory, in bytes; room that is not used yet counts.
  package var memoryFootprint: Int { chnsw_memory(handle) }

  /// Whether there is a vector with the label.
  package func contains(_ label: UInt32) -> Bool { chnsw_contains(handle, label) != 0 }

  /// Adds a unit vector, in place of the one that the label had.
  package func add(_ vector: [Float], label: UInt32) throws(VectorSearchError) {
    try check(vector)
    if contains(label) { try remove(CollectionOfOne(label)) }
    try makeRoom()
    try Self.check(chnsw_add(handle, label, vector), "add")
  }

  /// Takes vectors out, which goes through the whole graph once: many are better removed together.
  /// - Returns: how many there were.
  @discardableResult
  package func remove(_ labels: some Collection<UInt32>) throws(VectorSearchError) -> Int {
    var removed = 0
    try Self.check(chnsw_remove(handle, Array(labels), labels.count, &removed), "remove")
    return removed
  }

  /// The vectors nearest to another, the nearest first.
  /// - Parameters:
  ///   - count: how many at most.
  ///   - effort: how many candidates are kept on the way; the more, the fewer of the nearest are missed.
  package func nearest(
    to vector: [Float], count: Int, effort: Int = 100
  ) throws(VectorSearchError) -> [Match] {
    try check(vector)
    let most = max(0, min(count, self.count))
    var labels = [UInt32](repeating: 0, count: most)
    var similarities = [Float](repeating: 0, count: most)
    var found = 0
    let status = chnsw_search(
      handle, vector, most, max(1, effort), &labels, &similarities, &found)
    try Self.check(status, "search")
    return (0..<found).map { Match(label: labels[$0], similarity: similarities[$0]) }
  }

  private func makeRoom() throws(VectorSearchError) {
    let capacity = chnsw_capacity(handle)
    guard count >= capacity else { return }
    guard capacity < settings.mostVectors else { throw .full(capacity) }
    // Half as much again: what is not used is memory too.
    let wanted = min(settings.mostVectors, capacity + max(capacity / 2, 16))
    try Self.check(chnsw_grow(handle, wanted), "grow")
  }

  private func check(_ vector: [Float]) throws(VectorSearchError) {
    guard vector.count == dimensions, vector.allSatisfy(\.isFinite) else {
      throw .badVector(expected: dimensions)
    }
  }

  private static func check(
    _ status: chnsw_status, _ function: String
  ) throws(VectorSearchError) {
    switch status {
    case CHNSW_OK: return
    case CHNSW_NO_MEMORY: throw .noMemory
    default: throw .library(function)
    }
  }
}
