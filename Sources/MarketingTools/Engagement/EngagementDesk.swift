import JSONRPC
package import Marketing
import ServedFiles

/// Wins leads: plans engagements, has their messages sent, looks through the gates when they are, and takes in
/// what came of them.
package struct EngagementDesk: Sendable {
  /// What messages are written and sent with.
  package struct Means: Sendable {
    /// How leads of each category are won.
    package var strategies: [LeadCategory: EngagementStrategy]
    /// The texts.
    package var templates: any MessageTemplates
    /// In whose name.
    package var voice: OutreachVoice
    /// Which zones numbers and regions lie in.
    package var zones: ZoneTable
    /// The rules of an IANA zone; `nil` where there is none.
    package var rules: @Sendable (String) -> ZoneRules?
    /// Channels that lead to everybody, whatever addresses a lead has.
    package var openChannels: Set<OutreachChannel>
    /// The channels on which messages leave; `nil` for all, as in a dry run.
    package var channels: Set<OutreachChannel>?

    /// Means.
    package init(
      strategies: [LeadCategory: EngagementStrategy], templates: any MessageTemplates,
      voice: OutreachVoice = .example, zones: ZoneTable,
      rules: @escaping @Sendable (String) -> ZoneRules?,
      openChannels: Set<OutreachChannel> = [], channels: Set<OutreachChannel>? = nil
    ) {
      self.strategies = strategies
      self.templates = templates
      self.voice = voice
      self.zones = zones
      self.rules = rules
      self.openChannels = openChannels
      self.channels = channels
    }
  }

  /// Engagements and what came of them.
  package let store: any EngagementStore
  /// The messages.
  package let outbox: any OutboxStore
  let leads: any LeadStore
  let journeys: any JourneyStore
  let consents: any ConsentStore
  let memory: MemoryDesk
  /// What texts are compared by; `nil` for not at all.
  let experiments: ExperimentDesk?
  /// What messages are written and sent with.
  package let means: Means
  /// What an operator may change.
  package let settings: EngagementSettings
  /// Who has to look at what could not be sent, and until when.
  let escalation: HandoffSettings
  let keepsPlusTags: Bool
  let now: @Sendable () -> Timestamp
  let sums = PerformanceSums()

  /// A desk.
  package init(
    store: any EngagementStore, outbox: any OutboxStore, leads: any LeadStore,
    journeys: any JourneyStore, consents: any ConsentStore, memory: MemoryDesk,
    experiments: ExperimentDesk? = nil, means: Means,
    settings: EngagementSettings = EngagementSettings(),
    escalation: HandoffSettings = HandoffSettings(), keepsPlusTags: Bool = false,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.outbox = outbox
    self.leads = leads
    self.journeys = journeys
    self.consents = consents
    self.memory = memory
    self.experiments = experiments
    self.means = means
    self.settings = settings
    self.escalation = escalation
    self.keepsPlusTags = keepsPlusTags
    self.now = now
  }

  /// Contacts that are longer ago are not looked at: longer than any cap and rest.
  static let touchDays = 90
  /// How long contacts are kept: a day more than they are looked at, for clocks that differ.
  private static let keptTouchDays = touchDays + 1

  /// Forgets contacts that no cap, no rest and no choice of an hour goes by any more.
  /// - Returns: how many, no more than the limit.
  package func pruneTouches(at now: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await consents.pruneTouches(before: now + .days(-Self.keptTouchDays), limit: limit)
  }

  func addresses(of lead: Lead) -> [ContactAddress] {
    LeadIdentity(of: lead, keepsPlusTags: keepsPlusTags).contactAddresses
  }

  func zone(of lead: Lead) -> RecipientZone? {
    RecipientZone.of(lead, table: means.zones, rules: means.rules)
  }

  /// What the gates go by for a lead.
  func facts(
    of lead: Lead, at now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> RecipientFacts {
    let addresses = addresses(of: lead)
    var facts = RecipientFacts(of: lead, zone: zone(of: lead), always: means.openChannels)
    if let channels = means.channels { facts.reachable.formIntersection(channels) }
    facts.suppressions = try consents.suppressions(of: addresses, in: workspace)
    facts.consents = try consents.currentConsents(
      of: lead.id, addresses: addresses, in: workspace)
    facts.touches = try consents.touches(
      of: lead.id, addresses: addresses, since: now + .days(-Self.touchDays), in: workspace)
    return facts
  }

  /// An event of an engagement as it is then.
  func event(
    _ kind: Event.Kind, by actor: String, at now: Timestamp
  ) -> @Sendable (Engagement) -> Event {
    let id: EventID = WorkDesk.newName("evt_", at: now)
    return { engagement in
      var facts: JSONObject = [
        "engagementID": .string(engagement.id.rawValue),
        "state": .string(engagement.state.rawValue),
        "strategy": .string(engagement.strategy),
        "category": .string(engagement.category.rawValue),
      ]
      if let exit = engagement.exit { facts["exit"] = .string(exit.rawValue) }
      if kind == .engagementPlanned || kind == .engagementStarted {
        let refused = engagement.steps.compactMap { step in
          step.refusal.map {
            JSONValue.object(["step": .string(step.name), "gate": .string($0.gate.rawValue)])
          }
        }
        if !refused.isEmpty { facts["refused"] = .array(refused) }
        facts["steps"] = JSONValue(engagement.steps.count { $0.at != nil })
      }
      return Event(
        id: id, kind: kind, leadID: engagement.leadID, campaignID: engagement.campaignID,
        occurredAt: now, actor: actor, facts: facts)
    }
  }
}

extension EngagementDesk.Means {
  /// What is built in: strategies and zones.
  /// - Throws: for the first file that is not as it has to be.
  package static func builtIn(
    templates: any MessageTemplates, voice: OutreachVoice = .example,
    openChannels: Set<OutreachChannel> = [], channels: Set<OutreachChannel>? = nil,
    rules: @escaping @Sendable (String) -> ZoneRules?
  ) throws -> EngagementDesk.Means {
    var strategies: [LeadCategory: EngagementStrategy] = [:]
    for file in ServedFile.strategies {
      let strategy = try EngagementStrategy(json: JSONParser().parse(file.bytes))
      strategies[strategy.category] = strategy
    }
    return EngagementDesk.Means(
      strategies: strategies, templates: templates, voice: voice,
      zones: try ZoneTable(json: JSONParser().parse(ServedFile.zones.bytes)), rules: rules,
      openChannels: openChannels, channels: channels)
  }
}

/// What past messages came to, added up once a minute and not for every plan.
final class PerformanceSums: Sendable {
  private struct Key: Hashable {
    let dimension: PerformanceDimension
    let workspace: WorkspaceID
  }

  private static let lifetime = Duration.seconds(60)
  private static let capacity = 256

  private let known = Locked<[Key: (records: [PerformanceRecord], until: Timestamp)]>([:])

  /// The sums of a dimension, at most a minute old.
  func records(
    by dimension: PerformanceDimension, at now: Timestamp, in workspace: WorkspaceID,
    _ read: () async throws(StoreError) -> [PerformanceRecord]
  ) async throws(StoreError) -> [PerformanceRecord] {
    let key = Key(dimension: dimension, workspace: workspace)
    if let found = known.withLock({ $0[key] }), now < found.until { return found.records }
    let records = try await read()
    known.withLock { known in
      if known.count >= Self.capacity { known = [:] }
      known[key] = (records, now + Self.lifetime)
    }
    return records
  }
}
