/// Keeps the vectors of what is remembered, by the model that made them. A vector belongs to one version of
/// a record and is gone with it.
package protocol MemoryVectorStore: Sendable {
  /// Versions of any workspace that have no vector of a model yet, in their order; no version that another
  /// has taken the place of, and none that has expired.
  /// - Parameter version: 0, or the last one that was looked at. Versions that come later have greater numbers.
  func withoutVectors(
    of model: String, after version: Int64, limit: Int, now: Timestamp
  ) async throws(StoreError) -> [UnembeddedMemory]

  /// Stores vectors. Versions that are gone by now are passed over, and so are those that have one.
  func store(_ vectors: [MemoryVector], of model: String) async throws(StoreError)

  /// The vectors of a workspace that were stored behind a place, in the order in which they were.
  /// - Parameter place: 0, or what the page before ended with.
  func vectors(
    of model: String, after place: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryVectorPage

  /// The place of the vector that was stored last; read in place.
  func latestVector(of model: String, in workspace: WorkspaceID) throws(StoreError) -> Int64
}

/// A version that has no vector.
package struct UnembeddedMemory: Sendable, Hashable {
  /// Where it belongs.
  package var workspace: WorkspaceID
  /// The store's own number for it.
  package var version: Int64
  /// What a vector is to be made of.
  package var text: String

  /// A version.
  package init(workspace: WorkspaceID, version: Int64, text: String) {
    self.workspace = workspace
    self.version = version
    self.text = text
  }
}

/// The vector of a version.
package struct MemoryVector: Sendable, Hashable {
  /// The store's own number for the version.
  package var version: Int64
  /// Its vector, of the norm 1; empty when the model knows nothing of the text.
  package var vector: [Float]

  /// A vector.
  package init(version: Int64, vector: [Float]) {
    self.version = version
    self.vector = vector
  }
}

/// A part of a workspace's vectors.
package struct MemoryVectorPage: Sendable, Hashable {
  /// The vectors.
  package var vectors: [MemoryVector]
  /// The place of the last one; where to go on.
  package var place: Int64
  /// Whether there are more.
  package var hasMore: Bool

  /// A page.
  package init(vectors: [MemoryVector], place: Int64, hasMore: Bool) {
    self.vectors = vectors
    self.place = place
    self.hasMore = hasMore
  }
}
