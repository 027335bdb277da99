package import JSONRPC

extension InMemoryStores: WorkQueueStore {
  package func enqueue(
    _ drafts: [WorkDraft], at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> [QueuedWork] {
    try write(in: workspace) { (content) throws(StoreError) in
      try content.enqueue(drafts, at: now, events: events)
    }
  }

  package func claim(
    _ request: WorkRequest, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> [WorkItem] {
    try write(in: workspace) { (content) throws(StoreError) in
      let silent = content.work.takeBack(at: request.time, limit: WorkItem.mostTakenBack)
      let wanted = content.work.inOrder {
        $0.role == request.role && $0.isReady(at: request.time)
      }
      let claimed = wanted.prefix(max(0, request.limit)).map { item in
        var item = item
        item.claim(
          by: request.worker, until: request.time + request.lease, at: request.time)
        content.work.save(item)
        return item
      }
      let names = Set(claimed.map(\.id))
      return (claimed, (silent.filter { !names.contains($0.id) } + claimed).flatMap(events))
    }
  }

  package func nextChance(
    for role: AgentRoleID, in workspace: WorkspaceID
  ) throws(StoreError) -> Timestamp? {
    read(in: workspace) { content in
      content.work.items.values.filter { $0.role == role }.compactMap { item in
        switch item.state {
        case .ready: item.notBefore
        case .claimed: item.leaseUntil
        case .done, .dead: nil
        }
      }.min()
    }
  }

  package func heartbeat(
    _ held: [HeldWork], by worker: String, until end: Timestamp, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkHeartbeat {
    try write(in: workspace) { (content) throws(StoreError) in
      var heartbeat = WorkHeartbeat()
      for held in held {
        guard var item = content.work[held.workID], item.isHeld(held.claim), item.worker == worker
        else {
          heartbeat.lost.append(held.workID)
          continue
        }
        item.extend(until: end, at: now)
        content.work.save(item)
        heartbeat.held.append(held.workID)
      }
      return (heartbeat, [])
    }
  }

  package func complete(
    _ held: HeldWork, result: JSONObject, next: [WorkDraft], at now: Timestamp,
    events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkCompletion {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var item = content.work[held.workID] else { throw .noSuchWork(held.workID) }
      if item.state == .done, item.claim == held.claim {
        return (WorkCompletion(item: item, next: [], isNew: false), [])
      }
      guard item.canBeCompleted(by: held.claim) else { throw .lostWork(held.workID) }
      var changed = content
      item.complete(result, at: now)
      changed.work.save(item)
      let (queued, logged) = try changed.enqueue(next, at: now, events: events)
      content = changed
      return (WorkCompletion(item: item, next: queued, isNew: true), events(item) + logged)
    }
  }

  package func fail(
    _ held: HeldWork, error: String, isFinal: Bool, delay: @escaping @Sendable (Int) -> Duration,
    at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkItem {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var item = content.work[held.workID] else { throw .noSuchWork(held.workID) }
      if item.hasFailed(held.claim, error) { return (item, []) }
      guard item.isHeld(held.claim) else { throw .lostWork(held.workID) }
      item.fail(error, isFinal: isFinal, delay: delay, at: now)
      content.work.save(item)
      return (item, events(item))
    }
  }

  package func release(
    _ held: [HeldWork], because reason: String?, at now: Timestamp, events: @escaping Events,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [WorkID] {
    try write(in: workspace) { (content) throws(StoreError) in
      var (released, logged): ([WorkID], [Event]) = ([], [])
      for held in held {
        guard var item = content.work[held.workID] else { continue }
        if item.isHeld(held.claim) {
          item.giveBack(because: reason, at: now)
          content.work.save(item)
          logged += events(item)
        }
        if item.wasGivenBack(held.claim) { released.append(item.id) }
      }
      return (released, logged)
    }
  }

  package func takeBack(
    at now: Timestamp, limit: Int, events: @escaping Events
  ) async throws(StoreError) -> Int {
    var left = limit
    for workspace in workspaceNames where left > 0 {
      let room = left
      left -= try write(in: workspace) { (content) throws(StoreError) in
        let silent = content.work.takeBack(at: now, limit: room)
        return (silent.count, silent.flatMap(events))
      }
    }
    return limit - left
  }

  package func deadLetters(
    of role: AgentRoleID?, limit: Int, after place: WorkPage.Place?, in workspace: WorkspaceID
  ) throws(StoreError) -> WorkPage {
    read(in: workspace) { content in
      let dead = content.work.items.values.filter { item in
        item.state == .dead && (role == nil || item.role == role)
          && (place.map { ($0.time, $0.id) > (item.updatedAt, item.id) } ?? true)
      }.sorted { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
      return WorkPage(items: Array(dead.prefix(max(0, limit))), hasMore: dead.count > limit)
    }
  }

  package func requeue(
    _ ids: [WorkID], at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> RequeuedWork {
    try write(in: workspace) { (content) throws(StoreError) in
      var outcome = RequeuedWork()
      var logged: [Event] = []
      for id in ids {
        guard var item = content.work[id], item.state == .dead else {
          outcome.notDead.append(id)
          continue
        }
        guard content.work.open(item.key) == nil else {
          outcome.duplicates.append(id)
          continue
        }
        item.requeue(at: now)
        content.work.save(item)
        outcome.requeued.append(id)
        logged += events(item)
      }
      return (outcome, logged)
    }
  }

  package func item(_ id: WorkID, in workspace: WorkspaceID) throws(StoreError) -> WorkItem? {
    read(in: workspace) { $0.work[id] }
  }

  package func openItems(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [WorkItem] {
    read(in: workspace) { content in
      Array(content.work.asQueued { $0.leadID == id && $0.state != .done }.prefix(max(0, limit)))
    }
  }

  package func counts(in workspace: WorkspaceID) throws(StoreError) -> [WorkCount] {
    read(in: workspace) { content in
      var counts: [AgentRoleID: WorkCount] = [:]
      for item in content.work.items.values where item.state != .done {
        counts[item.role, default: WorkCount(role: item.role)].add(
          item.state, 1, firstDueAt: item.dueAt)
      }
      return counts.values.sorted { $0.role < $1.role }
    }
  }

  package func removeDone(before time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    var left = limit
    for workspace in workspaceNames where left > 0 {
      let room = left
      left -= try write(in: workspace) { (content) throws(StoreError) in
        let done = content.work.asQueued { $0.state == .done && $0.updatedAt < time }
        return (content.work.remove(done.prefix(room).map(\.id)), [])
      }
    }
    return limit - left
  }

  private var workspaceNames: [WorkspaceID] { state.withLock { $0.workspaces.keys.sorted() } }
}

extension InMemoryWorkspace {
  /// Puts work into the queue, all or none.
  mutating func enqueue(
    _ drafts: [WorkDraft], at now: Timestamp, events: WorkQueueStore.Events
  ) throws(StoreError) -> ([QueuedWork], events: [Event]) {
    var changed = work
    var queued: [QueuedWork] = []
    var logged: [Event] = []
    for draft in drafts {
      let (one, item) = try changed.enqueue(draft, at: now)
      queued.append(one)
      if let item { logged += events(item) }
    }
    work = changed
    return (queued, logged)
  }
}

extension WorkCount {
  /// Counts items of a state.
  package mutating func add(_ state: WorkItem.State, _ count: Int, firstDueAt due: Timestamp) {
    switch state {
    case .ready:
      ready += count
      firstDueAt = min(firstDueAt ?? due, due)
    case .claimed: claimed += count
    case .dead: dead += count
    case .done: break
    }
  }
}
