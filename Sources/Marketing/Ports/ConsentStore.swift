/// Keeps what people said about being contacted, who is not contacted at all, and how often somebody was.
///
/// Addresses are kept as salted hashes only. What a lead said is erased with it; that it is not contacted stays.
package protocol ConsentStore: Sendable {
  /// Stores a statement; what was said before stays. The same record again changes nothing.
  /// - Parameter address: what the person is reached by on that channel, where there is one.
  /// - Parameter event: is logged when the statement is new.
  /// - Returns: whether it is new.
  /// - Throws: `.notFound` when there is no such lead; `.conflict` when the name stands for another statement.
  func record(
    _ consent: Consent, address: ContactAddress?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool

  /// Every statement of a lead, and of whoever has one of these addresses, in the order they were recorded.
  /// `Consent.current` tells which hold.
  func consents(
    of lead: LeadID?, addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Consent]

  /// Has people not contacted any more. What holds already keeps its reason and its time.
  /// - Parameters:
  ///   - statements: stored in the same transaction: what the people said with it.
  ///   - event: makes the event that is logged, from how many are new; none is when none are.
  /// - Throws: as `record` for the statements.
  func suppress(
    _ entries: [SuppressionEntry], saying statements: [ConsentStatement],
    event: @escaping @Sendable (_ added: Int) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> SuppressionResult

  /// Lets people be contacted again. Who was erased stays suppressed.
  /// - Parameter channel: takes back what holds for this channel alone; `nil` all that holds for the addresses.
  /// - Parameter event: makes the event that is logged, from how many were taken back; none is when none were.
  /// - Returns: how many were taken back.
  func unsuppress(
    _ addresses: [ContactAddress], channel: OutreachChannel?,
    event: @escaping @Sendable (_ removed: Int) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int

  /// What holds for whoever has one of these addresses, erasures among it.
  func suppressions(
    of addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Suppression]

  /// How many suppressions there are by channel and reason, erasures among them.
  func suppressionCounts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [SuppressionCount]

  /// Every suppression, erasures among them, in an order that stays.
  /// - Parameter last: where to go on: the last of the page before.
  func suppressedHashes(
    after last: SuppressedHash?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [SuppressedHash]

  /// Remembers contacts with one person, and what came of them, for caps and fatigue.
  /// - Parameter addresses: of the person; each contact is counted by that of its channel.
  func note(
    _ touches: [ContactTouch], addresses: [ContactAddress], in workspace: WorkspaceID
  ) async throws(StoreError)

  /// The contacts with a lead, and with whoever has one of these addresses, the earliest first.
  func touches(
    of lead: LeadID, addresses: [ContactAddress], since: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [ContactTouch]

  /// Deletes contacts before a time, in all workspaces.
  /// - Returns: how many were deleted, no more than the limit.
  func pruneTouches(before time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

/// A statement with whom it is of and the event that is logged when it is new.
package struct ConsentStatement: Sendable, Hashable {
  /// What was said.
  package var consent: Consent
  /// What the person is reached by on that channel, where there is one.
  package var address: ContactAddress?
  /// What is logged.
  package var event: Event

  /// A statement.
  package init(_ consent: Consent, address: ContactAddress?, event: Event) {
    self.consent = consent
    self.address = address
    self.event = event
  }
}

/// Somebody who is not to be contacted.
package struct SuppressionEntry: Sendable, Hashable {
  /// How somebody is named.
  package enum Who: Sendable, Hashable {
    case address(ContactAddress)
    /// A hash as `SuppressedHash` writes it, good where it was made.
    case hash(String)
  }

  /// Who.
  package var who: Who
  /// What holds.
  package var suppression: Suppression

  /// Somebody.
  package init(_ who: Who, _ suppression: Suppression) {
    self.who = who
    self.suppression = suppression
  }
}

/// What came of suppressing people.
package struct SuppressionResult: Sendable, Hashable {
  /// How many are new.
  package var added = 0
  /// How many held already.
  package var known = 0
  /// The places of entries whose hash was made with another key, or is none.
  package var foreign: [Int] = []

  /// Nothing yet.
  package init() {}
}

/// How many suppressions there are of a kind.
package struct SuppressionCount: Sendable, Hashable, Codable {
  /// The channel; `nil` for all.
  package var channel: OutreachChannel?
  /// Why.
  package var reason: Suppression.Reason
  /// How many.
  package var count: Int

  /// A count.
  package init(channel: OutreachChannel?, reason: Suppression.Reason, count: Int) {
    self.channel = channel
    self.reason = reason
    self.count = count
  }
}

extension ConsentStore {
  /// Has people not contacted any more who said nothing else with it.
  package func suppress(
    _ entries: [SuppressionEntry], event: @escaping @Sendable (_ added: Int) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> SuppressionResult {
    try await suppress(entries, saying: [], event: event, in: workspace)
  }

  /// The consents that hold for a lead and whoever has one of its addresses.
  package func currentConsents(
    of lead: LeadID?, addresses: [ContactAddress], in workspace: WorkspaceID
  ) throws(StoreError) -> [Consent] {
    Consent.current(in: try consents(of: lead, addresses: addresses, in: workspace))
  }

  /// Whether whoever has one of these addresses is not to be contacted on a channel.
  package func isSuppressed(
    _ addresses: [ContactAddress], on channel: OutreachChannel, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    try suppressions(of: addresses, in: workspace).contains { $0.holds(on: channel) }
  }
}

extension StoreError {
  /// A consent's name that another statement has.
  package static func taken(_ id: ConsentID) -> StoreError {
    StoreError(.conflict, "the consent \(id) is stored already and says something else")
  }
}

extension SuppressedHash {
  /// A hash as it leaves the store.
  /// - Parameters:
  ///   - key: the name of the key it was made with.
  ///   - hash: of the address and the workspace.
  package static func text(key: Int64, hash: Int64) -> String {
    UInt64(bitPattern: key).hexadecimal + ":" + UInt64(bitPattern: hash).hexadecimal
  }

  /// The hash within a text, when it was made with this key.
  package static func hash(in text: String, key: Int64) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == UInt64(bitPattern: key).hexadecimal,
      parts[1].utf8.count == 16,
      let hash = UInt64(parts[1], radix: 16)
    else { return nil }
    return Int64(bitPattern: hash)
  }
}
