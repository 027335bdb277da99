/// A made-up data set in the layout of the agents' data set, with real signal: what it says about leads
/// that convert is true by construction and documented in `documentation`. All of it follows from a seed,
/// a number of leads and the end of its history: the same three give the same bytes on every machine.
/// People, companies, domains and numbers do not exist.
///
/// Memory does not grow with the data but for 8 bytes a lead: each lead's story is told anew for each
/// table that needs it.
package struct SampleDataset: Sendable {
  /// What is true of a lead, which the files do not say.
  package struct Truth: Sendable, Hashable {
    /// The log-odds of a conversion that the lead's outcome was drawn from.
    package let logOdds: Double
    /// The part of them that is known when the lead arrives.
    package let arrivalLogOdds: Double
    /// Whether a conversion was drawn and has happened by now.
    package let hasConverted: Bool
    /// The number, from 1, of the earlier lead that this one repeats; `nil` for most.
    package let duplicateOf: Int?
    /// What the lead's message asks for, for example `demo`.
    package let intent: String
  }

  let world: SampleWorld

  /// A data set.
  /// - Parameter leads: how many leads; other tables grow with it, interactions to about six a lead.
  /// - Parameter now: the end of the history, which is 180 days long.
  package init(seed: UInt64, leads: Int, now: Timestamp) {
    self.world = SampleWorld(seed: seed, leads: leads, now: now)
  }

  /// Writes all 18 files in the order of `DatasetTable.importOrder`.
  /// - Parameter write: takes the next bytes of a file, about 64 KiB each time; the files come one
  ///   after the other.
  /// - Returns: how many rows there are in all, headers not counted.
  @discardableResult
  package static func generate(
    seed: UInt64, leads: Int, now: Timestamp,
    to write: (_ fileName: String, _ bytes: [UInt8]) throws -> Void
  ) rethrows -> Int {
    let dataset = SampleDataset(seed: seed, leads: leads, now: now)
    return try DatasetTable.importOrder.reduce(0) { rows, table in
      try rows + dataset.write(table) { try write(table.fileName, $0) }
    }
  }

  /// Writes one file.
  /// - Parameter write: takes the next bytes, about 64 KiB each time.
  /// - Returns: how many rows there are, the header not counted.
  @discardableResult
  package func write(
    _ table: DatasetTable, to write: (_ bytes: [UInt8]) throws -> Void
  ) rethrows -> Int {
    var count = 0
    var writer = CSVWriter(quoting: .always)
    writer.write(table.columns + (table == .leads ? Self.furtherLeadColumns : []))
    try rows(of: table) { row in
      writer.write(row)
      count += 1
      if writer.bytes.count >= 64 << 10 { try write(writer.take()) }
    }
    try write(writer.take())
    return count
  }

  /// What is true of a lead.
  /// - Parameter number: the lead's number, from 1: 7 for `L0000007`.
  package func truth(ofLead number: Int) -> Truth {
    let lead = world.lead(number - 1)
    let journey = world.journey(of: lead)
    return Truth(
      logOdds: journey.logOdds, arrivalLogOdds: lead.arrivalLogOdds,
      hasConverted: !journey.conversions.isEmpty, duplicateOf: lead.original.map { $0 + 1 },
      intent: lead.intentName)
  }

  /// The columns that `leads.csv` has beyond the layout.
  static let furtherLeadColumns = ["name", "company", "domain", "time_zone", "message"]

  func rows(of table: DatasetTable, _ emit: ([String]) throws -> Void) rethrows {
    switch table {
    case .campaigns: try campaigns(emit)
    case .abVariants: try variants(emit)
    case .segments: try segments(emit)
    case .leads: try leads(emit)
    case .conversations: try conversations(emit)
    case .interactions: try interactions(emit)
    case .conversions: try conversions(emit)
    case .agentActions: try agentActions(emit)
    case .campaignDaily: try campaignDaily(emit)
    case .memoryShortTerm: try shortTermMemory(emit)
    case .memoryLongTerm: try longTermMemory(emit)
    case .memoryEpisodic: try episodes(emit)
    case .semanticTriples: try triples(emit)
    case .rpcCalls: try rpcCalls(emit)
    case .webSocketSessions: try webSocketSessions(emit)
    case .httpRequests: try httpRequests(emit)
    case .resourceAccess: try resourceAccess(emit)
    case .authEvents: try authEvents(emit)
    }
  }

  /// Tells each lead's story in turn.
  func eachStory(_ body: (SampleLead, SampleJourney) throws -> Void) rethrows {
    for index in 0..<world.leads {
      let lead = world.lead(index)
      try body(lead, world.journey(of: lead))
    }
  }
}
