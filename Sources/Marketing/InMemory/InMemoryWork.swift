/// The queue of work of one workspace.
struct InMemoryWork: Sendable {
  /// In the order they were put into the queue.
  private var places: [WorkID: Int] = [:]
  private(set) var items: [WorkID: WorkItem] = [:]
  private var placed = 0

  subscript(id: WorkID) -> WorkItem? { items[id] }

  /// Puts back an item that has changed.
  mutating func save(_ item: WorkItem) { items[item.id] = item }

  /// The open item of a key.
  func open(_ key: String) -> WorkItem? {
    items.values.first { $0.key == key && [.ready, .claimed].contains($0.state) }
  }

  /// Puts work into the queue, unless an open item has its key.
  mutating func enqueue(
    _ draft: WorkDraft, at now: Timestamp
  ) throws(StoreError) -> (queued: QueuedWork, new: WorkItem?) {
    if let known = open(draft.key) { return (QueuedWork(workID: known.id, isNew: false), nil) }
    guard items[draft.id] == nil else { throw .workExists(draft.id) }
    let item = WorkItem(draft, at: now)
    placed += 1
    places[item.id] = placed
    items[item.id] = item
    return (QueuedWork(workID: item.id, isNew: true), item)
  }

  /// Puts work into the queue in somebody's hands; an open item of its key that waits is given to that one instead.
  /// - Returns: the item; `nil` when another one has it.
  mutating func hold(_ hold: WorkHold) throws(StoreError) -> WorkItem? {
    let queued = try enqueue(hold.draft, at: hold.time).queued
    guard var item = items[queued.workID], item.state == .ready else { return nil }
    item.claim(by: hold.worker, until: hold.time + hold.lease, at: hold.time)
    save(item)
    return item
  }

  /// Ends work with what ends it, unless another one has it by now.
  /// - Returns: the events to log.
  mutating func end(_ ending: WorkEnding?) -> [Event] {
    guard let ending, var item = items[ending.held.workID],
      item.canBeCompleted(by: ending.held.claim)
    else { return [] }
    item.complete(ending.result, at: ending.time)
    save(item)
    return ending.events(item)
  }

  /// Work that comes behind the same work that somebody has already: what it is made of may have been read before.
  func behindClaimed(_ draft: WorkDraft) -> WorkDraft {
    var draft = draft
    while let known = open(draft.key), known.state == .claimed { draft.follow(known.id) }
    return draft
  }

  /// Items that satisfy a condition, what is due first first.
  func inOrder(_ isWanted: (WorkItem) -> Bool) -> [WorkItem] {
    items.values.filter(isWanted).sorted {
      ($0.dueAt, places[$0.id] ?? 0) < ($1.dueAt, places[$1.id] ?? 0)
    }
  }

  /// Items that satisfy a condition, in the order they were put into the queue.
  func asQueued(_ isWanted: (WorkItem) -> Bool) -> [WorkItem] {
    items.values.filter(isWanted).sorted { (places[$0.id] ?? 0) < (places[$1.id] ?? 0) }
  }

  /// Takes back what silent workers have, the longest silent first.
  mutating func takeBack(at now: Timestamp, limit: Int) -> [WorkItem] {
    let silent = items.values.filter { $0.hasRunOut(at: now) }.sorted {
      ($0.leaseUntil ?? now, places[$0.id] ?? 0) < ($1.leaseUntil ?? now, places[$1.id] ?? 0)
    }
    return silent.prefix(max(0, limit)).map { item in
      var item = item
      item.takeBack(at: now)
      save(item)
      return item
    }
  }

  /// Deletes items.
  /// - Returns: how many.
  mutating func remove(_ isUnwanted: (WorkItem) -> Bool) -> Int {
    remove(items.values.filter(isUnwanted).map(\.id))
  }

  /// Deletes items by their names.
  mutating func remove(_ ids: [WorkID]) -> Int {
    for id in ids {
      items[id] = nil
      places[id] = nil
    }
    return ids.count
  }
}
