package import JSONRPC

/// One thing that is handed over with a lead.
package struct HandoffItem: Sendable, Hashable {
  /// What kind of thing it is.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A field of the lead.
    case lead
    /// A part of the triage's result.
    case triage
    /// What has been found out in a conversation.
    case slot
    /// A property that holds.
    case fact
    /// What is known in words alone.
    case note
    /// What somebody said.
    case turn
    /// What was tried, and what came of it.
    case episode
    /// The campaign that brought the lead in.
    case campaign
    /// What is known of others of the company.
    case company
    /// How the lead stands to something else.
    case relation
    /// What happened between us and the lead, counted.
    case interaction
    /// A handoff before this one.
    case history
  }

  /// What an item binds the receiver to, and how it is written.
  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It forbids something, or says when and how something may be done. Never left out.
    package static let constraint = Flags(rawValue: 1)
    /// We have promised it and not done it yet. Never left out.
    package static let promise = Flags(rawValue: 2)
    /// It is what is left of something longer.
    package static let condensed = Flags(rawValue: 4)
    /// It is written without its key.
    package static let keyless = Flags(rawValue: 8)
    /// It tells what happened or was said once: several of one name do not contradict each other.
    package static let event = Flags(rawValue: 16)
  }

  /// A record of short-term memory.
  package struct Origin: Sendable, Hashable {
    /// Its name.
    package var id: MemoryID
    /// When it runs out, as far as was known; `nil` for never.
    package var until: Timestamp?

    /// A record.
    package init(id: MemoryID, until: Timestamp?) {
      self.id = id
      self.until = until
    }
  }

  /// What kind of thing it is.
  package var kind: Kind
  /// What it is called: a property, a field, a situation; of what was said, who said it.
  package var key: String?
  /// What it says.
  package var value: JSONValue
  /// Where it is from: the place in the table of provenance.
  package var source: Int
  /// Since when it is known; of what was said or done, when that was.
  package var knownSince: Timestamp
  /// What it binds the receiver to.
  package var flags: Flags
  /// The record of short-term memory that it is from; the packet itself does not name it.
  package var origin: Origin?

  /// An item.
  package init(
    _ kind: Kind, _ key: String?, _ value: JSONValue, source: Int = 0, knownSince: Timestamp,
    flags: Flags = []
  ) {
    self.kind = kind
    self.key = key.flatMap { $0.isEmpty ? nil : $0 }
    self.value = value
    self.source = source
    self.knownSince = knownSince
    self.flags = flags
  }

  /// Whether it is never left out.
  package var isBinding: Bool { !flags.isDisjoint(with: [.constraint, .promise]) }

  /// How many bytes it takes in a packet at most, the comma behind it among them; what its group takes is not.
  var bytes: Int {
    let value = JSONWriter.bytes(of: value).count + 1
    guard let key, kind != .turn, !flags.contains(.keyless) else { return value }
    return JSONWriter.bytes(of: .string(key)).count + 1 + value
  }

  /// Its words in lower case, those of its key first.
  var words: [Substring] {
    let text = (kind == .turn ? "" : (key ?? "") + " ") + JSONWriter.text(of: value)
    return text.lowercased().split { !$0.isLetter && !$0.isNumber }
  }
}

/// Where items are from.
package struct HandoffProvenance: Sendable, Hashable {
  /// The store that knows them.
  package enum Store: String, Sendable, Hashable, CaseIterable {
    case lead, triage, memory
    /// Memory that runs out.
    case shortTerm = "short_term"
    case graph, campaign, company, imports, interactions, handoffs
    /// What was said about being contacted.
    case consent
    /// The agent that handed over said so.
    case sender
    /// Memory of the whole workspace, found by the lead's names.
    case recall
  }

  /// The store.
  package var store: Store
  /// Who or what said so, within the store; `nil` where there is nobody to name.
  package var name: String?
  /// The first moment of the day since which they are known.
  package var day: Timestamp
  /// How far they can be relied on; `nil` where that is as far as the store itself.
  package var trust: TrustLevel?

  /// A provenance.
  /// - Parameter time: any moment of the day.
  package init(_ store: Store, name: String? = nil, at time: Timestamp, trust: TrustLevel? = nil) {
    self.store = store
    self.name = name.flatMap { $0.isEmpty ? nil : $0 }
    let days = Int64((Double(time.milliseconds) / 86_400_000).rounded(.down))
    day = Timestamp(milliseconds: days * 86_400_000)
    self.trust = trust
  }
}

/// What was found out for a handoff, before it is brought within a budget.
package struct HandoffCollection: Sendable, Hashable {
  /// The items, each once; what was said in its order.
  package private(set) var items: [HandoffItem] = []
  /// Where they are from.
  package private(set) var provenances: [HandoffProvenance] = []
  private var places: [HandoffProvenance: Int] = [:]
  private var known: Set<Identity> = []

  private struct Identity: Hashable {
    let kind: HandoffItem.Kind
    let key: String?
    let value: String
  }

  /// Nothing.
  package init() {}

  /// Takes an item in unless the same is there; a binding one makes the one that is there binding.
  package mutating func add(_ item: HandoffItem, from provenance: HandoffProvenance) {
    let identity = Identity(
      kind: item.kind, key: item.key, value: JSONWriter.text(of: item.value))
    guard known.insert(identity).inserted else {
      guard item.isBinding,
        let place = items.firstIndex(where: {
          $0.kind == item.kind && $0.key == item.key && $0.value == item.value
        })
      else { return }
      items[place].flags.formUnion(item.flags)
      return
    }
    var item = item
    item.source = place(of: provenance)
    items.append(item)
  }

  /// Takes in what an earlier packet holds and no store tells any more: what a sender has said, and what
  /// short-term memory has let go of. What memory keeps for good is read anew instead, so that what was
  /// superseded or forgotten does not come back.
  /// - Parameters:
  ///   - settled: promises and constraints that do not hold any more, by their texts.
  ///   - gone: records of short-term memory that were forgotten or superseded, not merely at their end.
  package mutating func carry(
    _ packet: HandoffPacket, settled: Set<String> = [], gone: Set<MemoryID> = []
  ) {
    var said: Set<String> = []
    for item in items where item.kind == .turn {
      guard let text = item.value.stringValue else { continue }
      said.formUnion(Sentences.of(text))
      said.insert(text)
    }
    let newest = Set(items.filter { $0.kind == .slot }.compactMap(\.key))
    var earlier: [(item: HandoffItem, provenance: HandoffProvenance)] = []
    for item in packet.items {
      let provenance = packet.provenances[item.source]
      guard provenance.store == .sender || provenance.store == .shortTerm else { continue }
      if let text = item.value.stringValue, settled.contains(text) { continue }
      if let origin = item.origin, gone.contains(origin.id) { continue }
      switch item.kind {
      case .turn where said.contains(item.value.stringValue ?? ""): continue
      case .slot where item.key.map(newest.contains) ?? false: continue
      default: earlier.append((item, provenance))
      }
    }
    for (item, provenance) in earlier where item.kind != .turn { add(item, from: provenance) }
    // What was said before stands before what was said since.
    let since = items.filter { $0.kind == .turn }
    items.removeAll { $0.kind == .turn }
    for (item, provenance) in earlier where item.kind == .turn { add(item, from: provenance) }
    items += since
  }

  private mutating func place(of provenance: HandoffProvenance) -> Int {
    if let place = places[provenance] { return place }
    places[provenance] = provenances.count
    provenances.append(provenance)
    return provenances.count - 1
  }
}
