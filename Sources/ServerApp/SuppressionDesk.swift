import JSONRPC
package import Marketing

/// Where an operator keeps the list of those who are not contacted.
package struct SuppressionDesk: Sendable {
  private static let actor = "suppress"
  private static let page = 1000

  private let store: any ConsentStore
  private let workspace: WorkspaceID
  private let keepsPlusTags: Bool
  private let now: @Sendable () -> Timestamp

  /// A desk for the list of a workspace.
  package init(
    store: any ConsentStore, workspace: WorkspaceID, keepsPlusTags: Bool,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.workspace = workspace
    self.keepsPlusTags = keepsPlusTags
    self.now = now
  }

  /// An address as it is compared; `nil` for a text that is none.
  package func address(_ text: String) -> ContactAddress? {
    ContactAddress(text, keepsPlusTags: keepsPlusTags)
  }

  /// Has people not contacted any more.
  /// - Returns: how many are new, how many held already.
  package func add(
    _ addresses: [ContactAddress], channel: OutreachChannel?, reason: Suppression.Reason
  ) async throws -> SuppressionResult {
    try await suppress(
      addresses.map {
        SuppressionEntry(
          .address($0),
          Suppression(channel: channel, reason: reason, actor: Self.actor, since: now()))
      })
  }

  /// Lets people be contacted again.
  /// - Returns: how many suppressions were taken back, and whether one is left: of somebody who was erased, or on
  ///   all channels where only one was to be opened.
  package func remove(
    _ addresses: [ContactAddress], channel: OutreachChannel?
  ) async throws -> (removed: Int, isLeft: Bool) {
    let event = event(.contactUnsuppressed)
    let removed = try await store.unsuppress(
      addresses, channel: channel,
      event: { removed in
        var event = event
        event.facts = ["addresses": .integer(Int64(removed))]
        return event
      }, in: workspace)
    let left = try store.suppressions(of: addresses, in: workspace)
    return (removed, left.contains { entry in channel.map(entry.holds(on:)) ?? true })
  }

  /// How many there are by channel and reason.
  package func counts() async throws -> [SuppressionCount] {
    try await store.suppressionCounts(in: workspace)
  }

  /// Writes the whole list to a file, addresses as hashes only.
  /// - Returns: how many entries it has.
  package func export(to path: String) async throws -> Int {
    let file = try OutputFile(path)
    var writer = CSVWriter()
    writer.write(SuppressionFile.columns)
    var count = 0
    var last: SuppressedHash?
    while true {
      let page = try await store.suppressedHashes(after: last, limit: Self.page, in: workspace)
      for entry in page { writer.write(SuppressionFile.fields(of: entry)) }
      try file.write(writer.take())
      count += page.count
      last = page.last
      if page.count < Self.page { break }
    }
    try file.keep()
    return count
  }

  /// Reads a list: one that `export` wrote, or one with a column `address`, `email` or `phone`.
  /// - Parameters:
  ///   - channel: what holds where the file does not say; `nil` for all channels.
  ///   - reason: why, where the file does not say.
  package func importFile(
    _ path: String, channel: OutreachChannel?, reason: Suppression.Reason
  ) async throws -> SuppressionImport {
    var file = try SuppressionFile(
      path, keepsPlusTags: keepsPlusTags,
      otherwise: Suppression(channel: channel, reason: reason, actor: Self.actor, since: now()))
    var report = SuppressionImport()
    while let batch = try file.next(Self.page, &report) {
      let result = try await suppress(batch.map(\.entry))
      report.added += result.added
      report.known += result.known
      for place in result.foreign {
        report.refuse(
          line: batch[place].line,
          "hash: found one that another database or workspace made, expected one of this one")
      }
    }
    return report
  }

  private func suppress(_ entries: [SuppressionEntry]) async throws -> SuppressionResult {
    let event = event(.contactSuppressed)
    return try await store.suppress(
      entries,
      event: { added in
        var event = event
        event.facts = ["addresses": .integer(Int64(added))]
        return event
      }, in: workspace)
  }

  private func event(_ kind: Event.Kind) -> Event {
    var generator = SystemRandomNumberGenerator()
    let now = now()
    return Event(
      id: .make(prefix: "evt_", at: now, random: (generator.next(), generator.next())), kind: kind,
      occurredAt: now, actor: Self.actor)
  }
}

/// What came of reading a list.
package struct SuppressionImport: Sendable, Hashable {
  /// A row that could not be taken.
  package struct Refusal: Sendable, Hashable {
    /// The line that it starts on, from 1.
    package let line: Int
    /// What was found and what would be accepted; nothing of its content.
    package let reason: String
  }

  /// How many are new.
  package internal(set) var added = 0
  /// How many held already.
  package internal(set) var known = 0
  /// How many rows could not be taken.
  package internal(set) var refused = 0
  /// The first of them.
  package internal(set) var firstRefused: [Refusal] = []

  private static let shown = 20

  mutating func refuse(line: Int, _ reason: String) {
    refused += 1
    if firstRefused.count < Self.shown { firstRefused.append(Refusal(line: line, reason: reason)) }
  }
}
