/// What has changed in a workspace behind a place, for indexes that follow.
package struct StoreChanges<Item: Sendable & Hashable>: Sendable, Hashable {
  /// One thing that has changed.
  package typealias Change = Item

  /// The changes, in their order; each thing once, with what it is like now.
  package var changes: [Change]
  /// The place of the last one; where to go on.
  package var place: Int64
  /// Whether there are more.
  package var hasMore: Bool

  /// Changes.
  package init(changes: [Change], place: Int64, hasMore: Bool) {
    self.changes = changes
    self.place = place
    self.hasMore = hasMore
  }
}
