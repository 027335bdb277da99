import JSONRPC

/// What the in-memory stores hold of consent and contacts.
struct InMemoryConsents: Sendable {
  struct Entry: Sendable {
    let consent: Consent
    /// As it is kept.
    let address: ContactAddress?
  }

  struct Key: Sendable, Hashable {
    let hash: Int64
    let channel: OutreachChannel?
  }

  struct Touch: Sendable {
    let touch: ContactTouch
    /// As it is kept.
    let address: ContactAddress?
  }

  /// In the order they were recorded.
  var consents: [Entry] = []
  var suppressions: [Key: Suppression] = [:]
  /// Those of people who were erased.
  var erased: [Int64: Suppression] = [:]
  var touches: [Touch] = []

  /// Erases a lead's statements and contacts.
  /// - Parameter addresses: the lead's: what belongs to nobody else goes too.
  mutating func erase(_ id: LeadID, _ addresses: [ContactAddress]) -> (consents: Int, contacts: Int)
  {
    let before = (consents.count, touches.count)
    let kept = Set(addresses.map(\.kept))
    consents.removeAll { entry in
      entry.consent.leadID == id
        || entry.consent.leadID == nil && entry.address.map(kept.contains) ?? false
    }
    touches.removeAll { $0.touch.leadID == id }
    return (before.0 - consents.count, before.1 - touches.count)
  }
}

extension InMemoryStores: ConsentStore {
  package func record(
    _ consent: Consent, address: ContactAddress?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try write(in: workspace) { (content) throws(StoreError) in
      let isNew = try content.record(consent, address: address)
      return (isNew, isNew ? [event] : [])
    }
  }

  package func consents(
    of lead: LeadID?, addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Consent] {
    let (same, possible) = (Set(addresses.flatMap(\.same)), Set(addresses.flatMap(\.possible)))
    return read(in: workspace) { content in
      content.contacts.consents.filter { entry in
        lead != nil && entry.consent.leadID == lead
          || entry.address.map {
            same.contains($0) || entry.consent.state == .withdrawn && possible.contains($0)
          } ?? false
      }.map(\.consent)
    }
  }

  package func suppress(
    _ entries: [SuppressionEntry], saying statements: [ConsentStatement],
    event: @escaping @Sendable (_ added: Int) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> SuppressionResult {
    try write(in: workspace) { (content) throws(StoreError) in
      var result = SuppressionResult()
      var events: [Event] = []
      // First what can fail.
      for said in statements where try content.record(said.consent, address: said.address) {
        events.append(said.event)
      }
      for (place, entry) in entries.enumerated() {
        let hash: Int64
        switch entry.who {
        case .address(let address): hash = addressHasher.hash(of: address.kept, in: workspace)
        case .hash(let text):
          guard let known = SuppressedHash.hash(in: text, key: addressHasher.name(in: workspace))
          else {
            result.foreign.append(place)
            continue
          }
          hash = known
        }
        let key = InMemoryConsents.Key(hash: hash, channel: entry.suppression.channel)
        if content.contacts.suppressions[key] == nil {
          content.contacts.suppressions[key] = entry.suppression
          result.added += 1
        } else {
          result.known += 1
        }
      }
      return (result, events + (result.added > 0 ? [event(result.added)] : []))
    }
  }

  package func unsuppress(
    _ addresses: [ContactAddress], channel: OutreachChannel?,
    event: @escaping @Sendable (_ removed: Int) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int {
    try write(in: workspace) { (content) throws(StoreError) in
      let hashes = Set(
        addresses.flatMap(\.same).map { addressHasher.hash(of: $0, in: workspace) })
      let before = content.contacts.suppressions.count
      content.contacts.suppressions = content.contacts.suppressions.filter { key, suppression in
        !hashes.contains(key.hash) || channel != nil && key.channel != channel
          || suppression.reason == .erased
      }
      let removed = before - content.contacts.suppressions.count
      return (removed, removed > 0 ? [event(removed)] : [])
    }
  }

  package func suppressions(
    of addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Suppression] {
    let hashes = addresses.flatMap { $0.same + $0.possible }
      .map { addressHasher.hash(of: $0, in: workspace) }
    return read(in: workspace) { content in
      let contacts = content.contacts
      return hashes.flatMap { hash in
        contacts.suppressions.filter { $0.key.hash == hash }.map(\.value)
          .sorted { ($0.channel?.rawValue ?? "") < ($1.channel?.rawValue ?? "") }
          + [contacts.erased[hash]].compactMap(\.self)
      }
    }
  }

  package func suppressionCounts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [SuppressionCount] {
    struct Group: Hashable {
      let channel: OutreachChannel?
      let reason: Suppression.Reason
    }
    let groups = read(in: workspace) { content in
      Dictionary(
        grouping: Array(content.contacts.suppressions.values)
          + Array(content.contacts.erased.values)
      ) { Group(channel: $0.channel, reason: $0.reason) }
    }
    return groups.map {
      SuppressionCount(channel: $0.key.channel, reason: $0.key.reason, count: $0.value.count)
    }.sorted {
      ($0.channel?.rawValue ?? "all", $0.reason.rawValue)
        < ($1.channel?.rawValue ?? "all", $1.reason.rawValue)
    }
  }

  package func suppressedHashes(
    after last: SuppressedHash?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [SuppressedHash] {
    let key = addressHasher.name(in: workspace)
    let all = read(in: workspace) { content in
      content.contacts.suppressions.map { place, suppression in
        SuppressedHash(
          hash: SuppressedHash.text(key: key, hash: place.hash), suppression: suppression)
      }
        + content.contacts.erased.map { hash, suppression in
          SuppressedHash(
            hash: SuppressedHash.text(key: key, hash: hash), suppression: suppression)
        }
    }.sorted(by: SuppressedHash.isBefore)
    guard let last else { return Array(all.prefix(limit)) }
    return Array(all.drop { !SuppressedHash.isBefore(last, $0) }.prefix(limit))
  }

  package func note(
    _ touches: [ContactTouch], addresses: [ContactAddress], in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      for touch in touches where content.leads[touch.leadID] == nil {
        throw .noSuchLead(touch.leadID)
      }
      content.contacts.touches += touches.map { touch in
        .init(touch: touch, address: addresses.first { $0.isReached(by: touch.channel) }?.kept)
      }
      return ((), [])
    }
  }

  package func touches(
    of lead: LeadID, addresses: [ContactAddress], since: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [ContactTouch] {
    let same = Set(addresses.flatMap(\.same))
    return read(in: workspace) { content in
      content.contacts.touches.filter { entry in
        entry.touch.at >= since
          && (entry.touch.leadID == lead || entry.address.map(same.contains) ?? false)
      }.map(\.touch)
    }.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }
}

extension InMemoryStores {
  package func pruneTouches(
    before time: Timestamp, limit: Int
  ) async throws(StoreError) -> Int {
    state.withLock { state in
      var left = max(0, limit)
      for workspace in state.workspaces.keys {
        state.workspaces[workspace]?.contacts.touches.removeAll { entry in
          guard left > 0, entry.touch.at < time else { return false }
          left -= 1
          return true
        }
      }
      return max(0, limit) - left
    }
  }
}

extension InMemoryWorkspace {
  /// Stores a statement.
  /// - Returns: whether it is new.
  fileprivate mutating func record(
    _ consent: Consent, address: ContactAddress?
  ) throws(StoreError) -> Bool {
    if let id = consent.leadID, leads[id] == nil { throw .noSuchLead(id) }
    if let known = contacts.consents.first(where: { $0.consent.id == consent.id }) {
      guard known.consent == consent, known.address == address?.kept else {
        throw .taken(consent.id)
      }
      return false
    }
    contacts.consents.append(.init(consent: consent, address: address?.kept))
    return true
  }
}

extension SuppressedHash {
  /// The order in which suppressions are listed: by hash, then channel, erasures behind.
  fileprivate static func isBefore(_ left: SuppressedHash, _ right: SuppressedHash) -> Bool {
    func key(_ entry: SuppressedHash) -> (String, String, String) {
      (
        entry.hash, entry.suppression.channel?.rawValue ?? "all", entry.suppression.reason.rawValue
      )
    }
    return key(left) < key(right)
  }
}

/// Hashes addresses under a key of the process's own.
struct AddressHasher: Sendable {
  private let key: SipHash.Key

  /// A hasher with a key that nobody knows.
  init() {
    var generator = SystemRandomNumberGenerator()
    key = SipHash.Key(low: generator.next(), high: generator.next())
  }

  /// What tells this key, in a workspace, from others without telling the key.
  func name(in workspace: WorkspaceID) -> Int64 {
    var hash = SipHash(key: key)
    hash.add("name")
    hash.add(workspace.rawValue)
    return hash.finalized()
  }

  func hash(of address: ContactAddress, in workspace: WorkspaceID) -> Int64 {
    var hash = SipHash(key: key)
    hash.add(workspace.rawValue)
    switch address {
    case .email(let text):
      hash.add("email")
      hash.add(text)
    case .phone(let text):
      hash.add("phone")
      hash.add(text)
    }
    return hash.finalized()
  }
}
