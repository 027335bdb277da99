import JSONRPC

extension InMemoryStores: MemoryStore {
  package func remember(
    _ memories: [AnalyzedMemory], events: @escaping @Sendable ([Remembered]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Remembered] {
    try write(in: workspace) { (content) throws(StoreError) in
      var changed = content.memory
      var fates: [Remembered] = []
      for memory in memories {
        if let id = memory.record.leadID, content.leads[id] == nil { throw .noSuchLead(id) }
        fates.append(try changed.remember(memory))
      }
      content.memory = changed
      return (fates, events(fates))
    }
  }

  package func memories(
    _ ids: [MemoryID], for reader: MemoryReader, knownAt: Timestamp, now: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> [MemoryRecord] {
    read(in: workspace) { content in
      ids.compactMap { id in
        let versions = content.memory.versions(named: id).map(\.value.record)
        return reader.version(among: versions, knownAt: knownAt, now: now)
      }
    }
  }

  package func versions(
    _ versions: [Int64], in workspace: WorkspaceID
  ) throws(StoreError) -> [Int64: MemoryRecord] {
    read(in: workspace) { content in
      var found: [Int64: MemoryRecord] = [:]
      for version in versions { found[version] = content.memory.versions[version]?.record }
      return found
    }
  }

  package func list(
    _ query: MemoryQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryPage {
    read(in: workspace) { content in
      let found = content.memory.versions
        .filter { query.matches($0.value) }
        .map { ($1.record, MemoryPlace(of: $1.record, version: $0)) }
        .sorted { $1.1 < $0.1 }
        .filter { entry in query.after.map { entry.1 < $0 } ?? true }
      let page = found.prefix(query.limit)
      return MemoryPage(page.map { ($0.0, $0.1) }, hasMore: found.count > page.count)
    }
  }

  package func forget(
    _ ids: [MemoryID], for reader: MemoryReader,
    events: @escaping @Sendable ([MemoryRecord]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MemoryID] {
    try write(in: workspace) { (content) throws(StoreError) in
      var forgotten: [MemoryRecord] = []
      for id in ids {
        let versions = content.memory.versions(named: id)
        let named = reader.named(among: versions.map(\.value.record))
        guard let last = named.last else { continue }
        let owners = Set(named.map(\.role))
        for (version, memory) in versions where owners.contains(memory.record.role) {
          content.memory.delete(version)
        }
        forgotten.append(last)
      }
      return (forgotten.map(\.id), forgotten.isEmpty ? [] : events(forgotten))
    }
  }

  package func noteUses(
    _ uses: [OwnedMemoryID: MemoryUse], extending lifetime: Duration?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      for (version, memory) in content.memory.versions where memory.record.retractedAt == nil {
        guard let use = uses[memory.record.ownedID] else { continue }
        content.memory.use(version, use, extending: lifetime)
      }
      return ((), [])
    }
  }

  package func sweep(expiredBy now: Timestamp, limit: Int) async throws(StoreError) -> Int {
    state.withLock { state in
      var swept = 0
      for workspace in state.workspaces.keys {
        let versions = state.workspaces[workspace]?.memory.versions ?? [:]
        let expired = versions.filter { $0.value.record.hasExpired(at: now) }.keys
        for version in expired.sorted().prefix(limit - swept) {
          state.workspaces[workspace]?.memory.delete(version)
          swept += 1
        }
      }
      return swept
    }
  }

  package func changes(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryChanges? {
    read(in: workspace) { $0.memory.changes(after: place, limit: limit) }
  }

  package func latestChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    read(in: workspace) { $0.memory.latestChange }
  }

  package func pruneChanges(keeping newest: Int, limit: Int) async throws(StoreError) -> Int {
    state.withLock { state in
      state.workspaces.keys.reduce(0) { pruned, workspace in
        pruned
          + (state.workspaces[workspace]?.memory
            .pruneChanges(keeping: newest, limit: limit - pruned) ?? 0)
      }
    }
  }
}

/// What one workspace remembers.
struct InMemoryMemory: Sendable {
  /// By a number that grows.
  private(set) var versions: [Int64: AnalyzedMemory] = [:]
  /// The numbers of the versions of each name, ascending.
  private var numbers: [MemoryID: [Int64]] = [:]
  private var changes = InMemoryChanges<Int64>()
  /// The vectors of each model by their places.
  private var vectors: [String: [Int64: MemoryVector]] = [:]
  private var latestVectorPlace: Int64 = 0
  /// The latest number of a version; a number is one workspace's only.
  private static let latestVersion = Locked<Int64>(0)
  /// How long versions live, however often their end has been put off.
  private var lifetimes: [Int64: Duration] = [:]

  /// The versions of a name, each with its number, in their order.
  func versions(named id: MemoryID) -> [(key: Int64, value: AnalyzedMemory)] {
    (numbers[id] ?? []).compactMap { number in versions[number].map { (number, $0) } }
  }

  mutating func remember(_ memory: AnalyzedMemory) throws(StoreError) -> Remembered {
    let named = versions(named: memory.record.id)
    // What has run out is not there, swept or not.
    let now = memory.record.recordedAt
    for (version, known) in named
    where known.record.role == memory.record.role && known.record.hasExpired(at: now) {
      delete(version)
    }
    let left = named.map(\.value.record).filter { !$0.hasExpired(at: now) }
    if let known = memory.record.holder(among: left) {
      guard known.isRepeated(by: memory.record) else { throw .takenMemory(known.id) }
      return Remembered(id: known.id, isNew: false)
    }
    var superseded: [MemoryID] = []
    switch memory.record.content {
    case .fact(let fact): return remember(memory, fact)
    case .context:
      for (version, known) in versions where known.record.isContext(like: memory.record) {
        delete(version)
      }
    case .summary:
      superseded = versions.filter { memory.record.takesPlace(of: $0.value.record) }
        .sorted { $0.key < $1.key }.map { version, known in
          change(version) { $0.retractedAt = now }
          return known.record.id
        }
    default: break
    }
    insert(memory)
    return Remembered(id: memory.record.id, isNew: true, superseded: superseded)
  }

  private mutating func remember(_ memory: AnalyzedMemory, _ fact: Fact) -> Remembered {
    let record = memory.record
    let known = versions.filter { $0.value.record.isFact(fact.key, like: record) }
    let succession = FactSuccession(
      of: record, among: known.sorted { $0.key < $1.key }.map(\.value.record))
    if let same = succession.same { return Remembered(id: same, isNew: false) }
    for ending in succession.endings { end(ending, at: record.recordedAt) }
    for version in succession.versions(of: record) {
      insert(AnalyzedMemory(record: version, text: memory.text))
    }
    return Remembered(
      id: record.id, isNew: true, superseded: succession.superseded,
      conflicts: succession.conflicts)
  }

  /// Remembers what a row says in place of what it said before.
  /// - Returns: whether anything has changed, and whether it was all told: a memory of a lead that is not
  ///   stored says nothing; the row's reference has been told to dangle.
  mutating func tell(
    _ row: RememberedRow, of table: DatasetTable, at time: Timestamp,
    leads: some Collection<LeadID>
  ) -> (hasChanged: Bool, isWhole: Bool) {
    let before = latestChange
    var isWhole = true
    let over = versions.filter {
      row.over.contains($0.value.record.id) && $0.value.record.role == nil
    }
    for version in over.keys { delete(version) }
    for memory in row.memories {
      if let id = memory.record.leadID, !leads.contains(id) {
        isWhole = false
      } else {
        replace(memory)
      }
    }
    for known in versions.values {
      if let ending = FactSuccession.Ending(of: known.record, leftOutBy: row, in: table) {
        end(ending, at: time)
      }
    }
    return (latestChange > before, isWhole)
  }

  /// Remembers a record in place of what is stored under its name.
  private mutating func replace(_ memory: AnalyzedMemory) {
    let known = versions(named: memory.record.id).filter {
      $0.value.record.role == memory.record.role
    }
    let isOther = known.contains {
      $0.value.record.retractedAt == nil && !$0.value.record.isSaidAgain(by: memory.record)
    }
    if isOther { for (version, _) in known { delete(version) } }
    // Its name is free now.
    _ = try? remember(memory)
  }

  mutating func delete(_ version: Int64) {
    if let id = versions.removeValue(forKey: version)?.record.id {
      numbers[id]?.removeAll { $0 == version }
      if numbers[id]?.isEmpty == true { numbers[id] = nil }
    }
    for model in vectors.keys {
      vectors[model] = vectors[model]?.filter { $0.value.version != version }
    }
    lifetimes[version] = nil
    note(version)
  }

  /// The vectors of a model by their places.
  func vectors(of model: String) -> [Int64: MemoryVector] { vectors[model] ?? [:] }

  func vector(of version: Int64, by model: String) -> [Float]? {
    vectors(of: model).values.first { $0.version == version }?.vector
  }

  /// Stores a vector, unless its version is not here or has one.
  mutating func store(_ new: MemoryVector, of model: String) {
    guard versions[new.version] != nil, vector(of: new.version, by: model) == nil else { return }
    latestVectorPlace += 1
    vectors[model, default: [:]][latestVectorPlace] = new
  }

  /// Changes a version as it is and notes the change.
  mutating func change(_ version: Int64, _ body: (inout MemoryRecord) -> Void) {
    guard var memory = versions[version] else { return }
    body(&memory.record)
    versions[version] = memory
    note(version)
  }

  mutating func use(_ version: Int64, _ use: MemoryUse, extending lifetime: Duration?) {
    guard var memory = versions[version] else { return }
    memory.record.uses += use.count
    memory.record.lastUsedAt = max(memory.record.lastUsedAt ?? use.lastAt, use.lastAt)
    // Only what had not run out lives for its own time again.
    if let lifetime, memory.record.kind == .shortTerm, let end = memory.record.expiresAt,
      use.lastAt < end
    {
      let longer = use.lastAt + (lifetimes[version] ?? lifetime)
      memory.record.expiresAt = max(end, longer)
    }
    versions[version] = memory
    // How often it was recalled counts in its rank.
    note(version)
  }

  private mutating func end(_ ending: FactSuccession.Ending, at now: Timestamp) {
    guard
      let (version, known) = versions.first(where: { $0.value.record == ending.record })
    else { return }
    versions[version]?.record.retractedAt = now
    note(version)
    for successor in ending.successors(recordedAt: now) {
      insert(AnalyzedMemory(record: successor, text: known.text))
    }
  }

  private mutating func insert(_ memory: AnalyzedMemory) {
    let version = Self.latestVersion.withLock { latest in
      latest += 1
      return latest
    }
    versions[version] = memory
    numbers[memory.record.id, default: []].append(version)
    lifetimes[version] = memory.record.expiresAt.map { $0 - memory.record.recordedAt }
    note(version)
  }

  private mutating func note(_ version: Int64) { changes.note(version) }

  var latestChange: Int64 { changes.latest }

  /// What has changed behind a place; `nil` where some of it was pruned.
  func changes(after place: ChangePlace, limit: Int) -> MemoryChanges? {
    changes.page(after: place, limit: limit) { version in
      versions[version].map { .stored(version: version, $0) } ?? .deleted(version: version)
    }
  }

  mutating func pruneChanges(keeping newest: Int, limit: Int) -> Int {
    let versions = versions
    return changes.prune(keeping: newest, limit: limit) { versions[$0] != nil }
  }
}

extension MemoryRecord {
  fileprivate func isFact(_ key: String, like other: MemoryRecord) -> Bool {
    fact?.key == key && leadID == other.leadID && role == other.role
      && !hasExpired(at: other.recordedAt)
  }

  fileprivate func isContext(like other: MemoryRecord) -> Bool {
    context != nil && conversationID == other.conversationID && role == other.role
      && leadID == other.leadID
  }
}

extension MemoryPlace: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.recordedAt, left.id, left.version) < (right.recordedAt, right.id, right.version)
  }
}

extension MemoryQuery {
  fileprivate func matches(_ memory: AnalyzedMemory) -> Bool {
    let record = memory.record
    let isKnown =
      record.recordedAt <= moment.knownAt
      && (record.retractedAt.map { moment.knownAt < $0 } ?? true)
    return reader.sees(recordOf: record.role) && !record.hasExpired(at: now)
      && (includesPast ? isKnown : record.holds(at: moment))
      && (kinds.isEmpty || kinds.contains(record.kind))
      && (leadID == nil || record.leadID == leadID)
      && (conversationID == nil || record.conversationID == conversationID)
      && (isFact == nil || (record.fact != nil) == isFact)
      && (factKey == nil || record.fact?.key == factKey)
      && (situation == nil || record.episode?.situation == situation)
      && Set(stems).isSubset(of: memory.text.stems)
  }
}

extension StoreError {
  /// The name of a record belongs to another one.
  package static func takenMemory(_ id: MemoryID) -> StoreError {
    StoreError(.conflict, "The name '\(id)' belongs to another record of memory")
  }
}
