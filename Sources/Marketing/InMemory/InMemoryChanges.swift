/// The changes of one workspace, each thing once, at its latest change, also when it is gone.
struct InMemoryChanges<Thing: Sendable & Hashable>: Sendable {
  private var places: [Thing: Int64] = [:]
  /// The place of the latest change.
  private(set) var latest: Int64 = 0
  /// The last change that was pruned.
  private var floor: Int64 = 0

  /// Notes that a thing has changed.
  mutating func note(_ thing: Thing) {
    latest += 1
    places[thing] = latest
  }

  /// What has changed behind a place; `nil` where some of it was pruned.
  func page<Item>(
    after place: ChangePlace, limit: Int, _ change: (Thing) -> Item
  ) -> StoreChanges<Item>? {
    guard place.isWhole(above: floor) else { return nil }
    var place = place.begun(at: latest)
    let behind = places.filter { $0.value > place.sequence }.sorted { $0.value < $1.value }
    let page = behind.prefix(max(0, limit))
    if let last = page.last { place.sequence = last.value }
    return StoreChanges(
      changes: page.map { change($0.key) }, place: place, hasMore: behind.count > page.count)
  }

  /// Prunes changes of things that are gone, the oldest first.
  /// - Returns: how many.
  mutating func prune(keeping newest: Int, limit: Int, isThere: (Thing) -> Bool) -> Int {
    let old = places.sorted { $0.value < $1.value }.dropLast(max(1, newest))
    let pruned = old.filter { !isThere($0.key) }.prefix(max(0, limit))
    for (thing, place) in pruned {
      places[thing] = nil
      floor = place
    }
    return pruned.count
  }
}
