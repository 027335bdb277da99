/// What has changed in a workspace behind a place, for indexes that follow.
package struct StoreChanges<Item: Sendable & Hashable>: Sendable, Hashable {
  /// One thing that has changed.
  package typealias Change = Item

  /// The changes, in their order; each thing once, with what it is like now.
  package var changes: [Change]
  /// Where to go on.
  package var place: ChangePlace
  /// Whether there are more.
  package var hasMore: Bool

  /// Changes.
  package init(changes: [Change], place: ChangePlace, hasMore: Bool) {
    self.changes = changes
    self.place = place
    self.hasMore = hasMore
  }
}

/// How far somebody has followed the changes of a workspace.
package struct ChangePlace: Sendable, Hashable {
  /// Of one that holds nothing yet.
  package static let start = ChangePlace(0)

  /// The place of the last change that was read; 0 before the first.
  package var sequence: Int64
  /// The latest change when the first page was read: what a change up to there deleted has never been read.
  package private(set) var begun: Int64

  /// The place of one that knows all changes up to one.
  package init(_ sequence: Int64) { (self.sequence, begun) = (sequence, sequence) }

  /// The place to read a page from, which is where one that holds nothing yet begins.
  package func begun(at latest: Int64) -> ChangePlace {
    guard sequence == 0 else { return self }
    var place = self
    place.begun = latest
    return place
  }

  /// Whether one who is here holds nothing that a pruned change deleted. What was read was there then, and so was
  /// deleted behind what was known at the beginning: pages can be read in peace however much was pruned before.
  /// - Parameter floor: the last change that was pruned.
  package func isWhole(above floor: Int64) -> Bool {
    sequence == 0 || floor <= max(sequence, begun)
  }
}
