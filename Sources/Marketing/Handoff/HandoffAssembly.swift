import JSONRPC

/// Brings what was found out for a handoff within a budget of tokens.
///
/// What binds the receiver is never left out. While the rest is too much, these are done in turn, each no
/// further than is needed: provenances are told apart by store alone; long texts are condensed; what hardly
/// matters is left out; facts that say by themselves what they mean are written without their keys; older
/// turns are put together by who said them; details that the receiver did not ask for are left out; older
/// turns are condensed, the latest stay word by word; what matters least is left out.
package struct HandoffAssembly {
  /// The packet.
  package private(set) var packet: HandoffPacket

  /// From how many bytes on a text is long, and to how many tokens it is condensed.
  private static let longText = 480
  private static let condensedTokens = 80
  /// The rank below which an item hardly matters.
  private static let minorRank = 0.2
  /// The rank below which an item is a detail.
  private static let detailRank = 0.45
  /// The latest turns stay in the order in which they were said.
  private static let latestTurns = 10
  /// How many words say by themselves what they mean.
  private static let tellingWords = 3
  /// The part of the budget that is left for what was said.
  private static let spokenShare = 0.3
  /// More provenances than this are told apart by store alone when there is no room.
  private static let mostProvenances = 8

  private let contract: HandoffContract
  private let limit: Int
  private let stems: (String) -> [String]

  /// Assembles a packet.
  /// - Parameters:
  ///   - tokens: the most tokens; only what binds the receiver may take more.
  ///   - stems: the stems of a sentence.
  package static func packet(
    of collection: HandoffCollection, _ header: HandoffPacket.Header, for contract: HandoffContract,
    tokens: Int, stems: @escaping (String) -> [String]
  ) -> HandoffPacket {
    var assembly = HandoffAssembly(collection, header, contract, tokens: tokens, stems: stems)
    assembly.fit()
    return assembly.packet
  }

  private init(
    _ collection: HandoffCollection, _ header: HandoffPacket.Header, _ contract: HandoffContract,
    tokens: Int, stems: @escaping (String) -> [String]
  ) {
    self.contract = contract
    self.stems = stems
    limit = tokens * 4
    packet = HandoffPacket(
      header, provenances: collection.provenances, items: collection.items)
    packet.tidyProvenances()
  }

  private var excess: Int { packet.bytes.count - limit }

  private mutating func fit() {
    guard excess > 0 else { return }
    if packet.provenances.count > Self.mostProvenances { packet.mergeProvenances() }
    var excess = excess
    if excess > 0 { condenseLongTexts() }
    excess = self.excess
    if excess > 0 { leaveOut(below: Self.minorRank, bytes: excess) }
    excess = self.excess
    if excess > 0 { leaveKeysOut(bytes: excess) }
    if self.excess > 0 { gatherOlderTurns() }
    excess = self.excess
    if excess > 0 { leaveOut(below: Self.detailRank, bytes: excess) }
    excess = self.excess
    if excess > 0 { condenseTurns(bytes: excess) }
    excess = self.excess
    // What the estimate of bytes misses is little: a group's braces, the counts of what was left out.
    for isSparing in [true, false] {
      while excess > 0, leaveOut(below: .infinity, bytes: excess, isSparing: isSparing) {
        packet.tidyProvenances()
        excess = self.excess
      }
    }
  }

  /// How much an item matters beside others, 0 and up: its kind's weight, more for what the receiver works on,
  /// and most for what it requires by name.
  private func rank(of item: HandoffItem) -> Double {
    var rank = contract.weights[item.kind] ?? 0
    if contract.required.contains(where: { $0.names(item) }) {
      rank += 1
    } else if contract.isRelevant(item) {
      rank += 0.3
    }
    return rank
  }

  /// The places of what is enough for each need: the latest of the first that the contract names.
  private var needed: Set<Int> {
    var needed: Set<Int> = []
    for need in contract.required {
      for selector in need.anyOf {
        let meeting = packet.items.indices.filter { selector.selects(packet.items[$0]) }
        guard
          let latest = meeting.max(by: {
            packet.items[$0].knownSince < packet.items[$1].knownSince
          })
        else { continue }
        needed.insert(latest)
        break
      }
    }
    return needed
  }

  /// The places of items that may be left out, those that matter least first.
  /// - Parameter isSparing: whether what is enough for the receiver's needs stays.
  private func places(below bound: Double, isSparing: Bool = true) -> [Int] {
    let needed = isSparing ? needed : []
    return packet.items.indices
      .filter { !packet.items[$0].isBinding && !needed.contains($0) }
      .map { (place: $0, rank: rank(of: packet.items[$0])) }
      .filter { $0.rank < bound }
      .sorted {
        ($0.rank, packet.items[$0.place].knownSince, $0.place)
          < ($1.rank, packet.items[$1.place].knownSince, $1.place)
      }
      .map(\.place)
  }

  /// - Returns: whether anything could be left out.
  @discardableResult
  private mutating func leaveOut(
    below bound: Double, bytes: Int, isSparing: Bool = true
  ) -> Bool {
    var (gone, freed): (Set<Int>, Int) = ([], 0)
    for place in places(below: bound, isSparing: isSparing) where freed < bytes {
      gone.insert(place)
      freed += packet.items[place].bytes
      packet.leftOut[packet.items[place].kind, default: 0] += 1
    }
    packet.items = packet.items.indices.filter { !gone.contains($0) }.map { packet.items[$0] }
    return !gone.isEmpty
  }

  private mutating func condenseLongTexts() {
    for place in packet.items.indices {
      let item = packet.items[place]
      guard !item.isBinding, item.kind != .turn, let text = item.value.stringValue,
        text.utf8.count > Self.longText
      else { continue }
      let extract = Extract(
        of: [Extract.Source(id: MemoryID(rawValue: "text"), text: text)],
        tokens: Self.condensedTokens, stems: stems)
      packet.items[place].value = .string(extract.text)
    }
  }

  private mutating func leaveKeysOut(bytes: Int) {
    var freed = 0
    for place in places(below: .infinity) where freed < bytes {
      let item = packet.items[place]
      guard item.kind == .fact || item.kind == .slot, let key = item.key,
        let text = item.value.stringValue,
        text.split(separator: " ").count >= Self.tellingWords
      else { continue }
      packet.items[place].flags.insert(.keyless)
      freed += JSONWriter.bytes(of: .string(key)).count + 1
    }
  }

  /// Puts older turns together by who said them, which takes less than to name the speaker of each.
  private mutating func gatherOlderTurns() {
    let turns = packet.items.filter { $0.kind == .turn && !$0.isBinding }
    var gathered: [HandoffItem] = []
    var speakers: [String?: [Int: [HandoffItem]]] = [:]
    for turn in turns.dropLast(Self.latestTurns) {
      var turn = turn
      turn.flags.insert(.condensed)
      speakers[turn.key, default: [:]][turn.source, default: []].append(turn)
    }
    for (_, sources) in speakers.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
      for (_, own) in sources.sorted(by: { $0.key < $1.key }) { gathered += own }
    }
    packet.items =
      packet.items.filter { $0.kind != .turn || $0.isBinding } + gathered
      + turns.suffix(Self.latestTurns)
    packet.tidyProvenances()
  }

  private mutating func condenseTurns(bytes: Int) {
    let turns = packet.items.indices.filter {
      packet.items[$0].kind == .turn && !packet.items[$0].isBinding
    }
    guard !turns.isEmpty else { return }
    let all = turns.reduce(0) { $0 + spokenBytes(packet.items[$1]) }
    let room = max(all - bytes, min(all, Int(Double(limit) * Self.spokenShare)))
    // A turn is known by its place, so that what is left of it finds its provenance.
    let sources = turns.map { place in
      Extract.Source(
        id: MemoryID(rawValue: "\(place)"), speaker: packet.items[place].key,
        text: packet.items[place].value.stringValue ?? "")
    }
    let condensed = CondensedConversation(sources, tokens: room / 4, stems: stems)
    var spoken: [HandoffItem] = []
    var told: Set<Int> = []
    for sentence in condensed.condensed.sentences {
      guard let place = Int(sentence.source.rawValue) else { continue }
      told.insert(place)
      var item = packet.items[place]
      item.value = .string(sentence.text)
      item.flags.insert(.condensed)
      spoken.append(item)
    }
    for source in condensed.latest {
      guard let place = Int(source.id.rawValue) else { continue }
      told.insert(place)
      spoken.append(packet.items[place])
    }
    let untold = turns.count { !told.contains($0) }
    if untold > 0 { packet.leftOut[.turn, default: 0] += untold }
    let others = Set(turns)
    packet.items =
      packet.items.indices.filter { !others.contains($0) }.map { packet.items[$0] } + spoken
    packet.tidyProvenances()
  }

  private func spokenBytes(_ item: HandoffItem) -> Int {
    (item.key.map { $0.utf8.count + 2 } ?? 0) + item.bytes
  }
}
