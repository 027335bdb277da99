import Marketing

/// What is remembered of a lead that is handed over: its own records, and in its conversations those that name
/// nobody.
struct HandoffMemories: Sendable {
  private static let page = 500
  private static let mostConversations = 5

  let environment: ToolEnvironment
  let contract: HandoffContract
  let leadID: LeadID
  let workspace: WorkspaceID
  let now: Timestamp

  private typealias Found = (record: MemoryRecord, version: Int64)

  private var moment: MemoryMoment { MemoryMoment(now: now) }

  /// Adds what is remembered, what held first first.
  /// - Parameters:
  ///   - conversations: those that belong to the lead beside the ones of its records.
  ///   - isWhole: whether all of it; else facts, what binds the receiver, and of the rest what was recorded last.
  func add(
    _ conversations: [ConversationID], isWhole: Bool, to collection: inout HandoffCollection
  ) async throws(StoreError) {
    var query = query(for: .agent(nil))
    query.leadID = leadID
    var known = Set(conversations)
    var names = conversations
    let own = try await found(query) { (found, place) in
      if let id = found.record.conversationID, known.insert(id).inserted { names.append(id) }
      return isWhole || place < Self.page || found.record.fact != nil || binds(found.record)
    }
    var records = own
    for (place, conversation) in names.enumerated() {
      let isWanted = isWhole || place < Self.mostConversations
      records += try await unnamed(in: conversation).filter { isWanted || binds($0.record) }
    }
    records.sort { ($0.record.validFrom, $0.version) < ($1.record.validFrom, $1.version) }
    for (record, _) in records {
      RememberedHandoffItem(record, contract).add(to: &collection)
    }
  }

  /// Whether a conversation is known to be another lead's, too.
  func isOfAnother(_ conversation: ConversationID) async throws(StoreError) -> Bool {
    // What is private to a role tells whose it is as well.
    try await !found(query(for: .upkeep, conversation), where: isOfAnother).isEmpty
  }

  /// Which records of short-term memory a packet's items are from that are gone though their time was not over, or
  /// do not hold any more.
  /// - Parameter time: when the packet was prepared.
  func gone(from packet: HandoffPacket, since time: Timestamp) throws(StoreError) -> Set<MemoryID> {
    var ends: [MemoryID: Timestamp?] = [:]
    for item in packet.items {
      if let origin = item.origin { ends[origin.id] = .some(origin.until) }
    }
    guard !ends.isEmpty else { return [] }
    let known = try environment.memory.store.memories(
      Array(ends.keys), for: .agent(nil), knownAt: now, now: now, in: workspace)
    var gone = Set(known.filter { !$0.holds(at: moment) }.map(\.id))
    for record in known { ends.removeValue(forKey: record.id) }
    var overdue: [MemoryID: Timestamp] = [:]
    for (id, end) in ends {
      if let end, end <= now { overdue[id] = end } else { gone.insert(id) }
    }
    guard !overdue.isEmpty else { return gone }
    // The log does not name what was forgotten. What could be it is left out: to forget was somebody's wish.
    let forgettings = try environment.work.events.events(of: leadID, limit: .max, in: workspace)
      .map(\.event)
      .filter { $0.kind == .memoryForgotten && $0.occurredAt >= time }.map(\.occurredAt)
    for (id, end) in overdue where forgettings.contains(where: { $0 < end }) { gone.insert(id) }
    return gone
  }

  /// What names nobody in a conversation. Where another lead is named there it may be that one's.
  private func unnamed(in conversation: ConversationID) async throws(StoreError) -> [Found] {
    let all = try await found(query(for: .upkeep, conversation)) { (_, _) in true }
    guard !all.contains(where: { isOfAnother($0, 0) }) else { return [] }
    return all.filter { $0.record.leadID == nil && $0.record.role == nil }
  }

  private func isOfAnother(_ found: Found, _ place: Int) -> Bool {
    found.record.leadID.map { $0 != leadID } ?? false
  }

  private func query(
    for reader: MemoryReader, _ conversation: ConversationID? = nil
  ) -> MemoryQuery {
    var query = MemoryQuery(for: reader, at: moment, now: now, limit: Self.page)
    query.conversationID = conversation
    return query
  }

  /// Every record of a query that is wanted.
  /// - Parameter isWanted: of a record and how many were recorded after it.
  private func found(
    _ query: MemoryQuery, where isWanted: (Found, Int) -> Bool
  ) async throws(StoreError) -> [Found] {
    var (query, place) = (query, 0)
    var records: [Found] = []
    while true {
      let page = try await environment.memory.store.list(query, in: workspace)
      for (record, position) in zip(page.records, page.places) {
        let found = (record, position.version)
        if isWanted(found, place) { records.append(found) }
        place += 1
      }
      guard let next = page.next else { return records }
      query.after = next
    }
  }

  private func binds(_ record: MemoryRecord) -> Bool {
    var told = HandoffCollection()
    RememberedHandoffItem(record, contract).add(to: &told)
    return told.items.contains(where: \.isBinding)
  }
}
