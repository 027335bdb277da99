import JSONRPC

extension HandoffPacket {
  func write(to writer: inout JSONWriter) {
    var sections: [HandoffSection: [HandoffItem]] = [:]
    for item in items { sections[HandoffSection(of: item), default: []].append(item) }
    writer.object { writer in
      writer.member("leadID", header.leadID.rawValue)
      writer.member("from", header.sender.rawValue)
      writer.member("to", header.receiver.rawValue)
      writer.member("reason", header.reason)
      writer.member("at", header.preparedAt)
      writer.key("provenance")
      writer.write(.array(provenances.map(\.json)))
      for section in HandoffSection.allCases {
        guard let items = sections[section] else { continue }
        writer.raw(",")
        writer.write(string: section.rawValue)
        writer.raw(":")
        writer.write(section.isSpoken ? Self.runs(of: items) : Self.groups(of: items))
      }
      if !leftOut.isEmpty {
        let counts = leftOut.sorted { $0.key.rawValue < $1.key.rawValue }
        writer.member(
          "leftOut", JSONObject(counts.map { ($0.key.rawValue, .integer(Int64($0.value))) }))
      }
    }
  }

  /// What was said, in runs of one speaker and provenance.
  private static func runs(of items: [HandoffItem]) -> JSONValue {
    var runs: [JSONValue] = []
    var run: [JSONValue] = []
    var last: HandoffItem?
    for item in items {
      if last?.source != item.source || last?.key != item.key {
        if !run.isEmpty { runs.append(.array(run)) }
        run = [.integer(Int64(item.source)), item.key.map(JSONValue.string) ?? .null]
      }
      run.append(item.value)
      last = item
    }
    runs.append(.array(run))
    return .array(runs)
  }

  private static func groups(of items: [HandoffItem]) -> JSONValue {
    var groups: [Int: [HandoffItem]] = [:]
    for item in items { groups[item.source, default: []].append(item) }
    return .object(
      JSONObject(
        groups.sorted { $0.key < $1.key }.map { source, items in
          let isTried = items.allSatisfy { $0.kind == .episode && !$0.isBinding }
          return ("\(source)", isTried ? episodes(items) : group(of: items))
        }))
  }

  /// Episodes by situation; of several in one there is an array of each.
  private static func episodes(_ items: [HandoffItem]) -> JSONValue {
    var situations: [(String, [JSONValue])] = []
    var places: [String: Int] = [:]
    for item in items {
      let situation = item.key ?? ""
      if let place = places[situation] {
        situations[place].1.append(item.value)
      } else {
        places[situation] = situations.count
        situations.append((situation, [item.value]))
      }
    }
    return .object(
      JSONObject(situations.map { ($0.0, $0.1.count == 1 ? $0.1[0] : .array($0.1)) }))
  }

  private static func group(of items: [HandoffItem]) -> JSONValue {
    var keyed: [(String, JSONValue)] = []
    var keys: Set<String> = []
    var others: [JSONValue] = []
    for item in items {
      if let key = item.key, !item.flags.contains(.keyless) {
        if keys.insert(key).inserted {
          keyed.append((key, item.value))
        } else {
          others.append(.object([key: item.value]))
        }
      } else {
        others.append(item.value)
      }
    }
    if keyed.isEmpty { return .array(others) }
    if !others.isEmpty { keyed.append(("", .array(others))) }
    return .object(JSONObject(keyed))
  }
}

extension HandoffProvenance {
  /// The store, who said so, since which day, how far to rely on it; what says nothing at the end is left out.
  fileprivate var json: JSONValue {
    var parts: [JSONValue] = [
      .string(store.rawValue), .string(name ?? ""), .string(String(day.iso8601.prefix(10))),
    ]
    if let trust { parts.append(.string(trust.rawValue)) }
    return .array(parts)
  }

  fileprivate init?(json: JSONValue) {
    guard let store = json[0]?.stringValue.flatMap(Store.init(rawValue:)),
      let day = json[2]?.stringValue.flatMap({ Timestamp(iso8601: $0) })
    else { return nil }
    self.init(
      store, name: json[1]?.stringValue, at: day,
      trust: json[3]?.stringValue.flatMap(TrustLevel.init(rawValue:)))
  }
}

extension HandoffPacket {
  /// Reads a packet that was stored.
  /// - Throws: `.corrupt` for bytes that are no packet.
  package init(reading bytes: [UInt8]) throws(StoreError) {
    let shown = Self.shown(of: bytes)
    guard let json = try? JSONParser(maximumDepth: 512, maximumBytes: 64 << 20).parse(shown),
      var packet = HandoffPacket(json: json), packet.takeOrigins(from: bytes)
    else { throw StoreError(.corrupt, "A stored handoff packet is malformed") }
    self = packet
  }

  private init?(json: JSONValue) {
    guard let lead = json["leadID"]?.stringValue, let sender = json["from"]?.stringValue,
      let receiver = json["to"]?.stringValue, let reason = json["reason"]?.stringValue,
      let preparedAt = json["at"]?.stringValue.flatMap({ Timestamp(iso8601: $0) }),
      let table = json["provenance"]?.arrayValue
    else { return nil }
    header = Header(
      leadID: LeadID(rawValue: lead), sender: AgentRoleID(rawValue: sender),
      receiver: AgentRoleID(rawValue: receiver), reason: reason, preparedAt: preparedAt)
    provenances = table.compactMap(HandoffProvenance.init(json:))
    guard provenances.count == table.count else { return nil }
    items = []
    leftOut = [:]
    for section in HandoffSection.allCases {
      guard let value = json[section.rawValue] else { continue }
      guard section.isSpoken ? takeRuns(value, section) : takeGroups(value, section) else {
        return nil
      }
    }
    for count in json["leftOut"]?.objectValue?.members ?? [] {
      guard let kind = HandoffItem.Kind(rawValue: count.key) else { return nil }
      leftOut[kind] = count.value.integerValue.map(Int.init(clamping:))
    }
  }

  private mutating func take(
    _ key: String?, _ value: JSONValue, _ source: Int, _ section: HandoffSection
  ) -> Bool {
    guard provenances.indices.contains(source) else { return false }
    let (kind, flags) = section.content
    items.append(
      HandoffItem(
        kind, key, value, source: source, knownSince: provenances[source].day, flags: flags))
    return true
  }

  private mutating func takeRuns(_ value: JSONValue, _ section: HandoffSection) -> Bool {
    for run in value.arrayValue ?? [] {
      guard let source = run[0]?.integerValue, let parts = run.arrayValue, parts.count > 2 else {
        return false
      }
      for text in parts.dropFirst(2) {
        guard take(parts[1].stringValue, text, Int(clamping: source), section) else {
          return false
        }
      }
    }
    return true
  }

  private mutating func takeGroups(_ value: JSONValue, _ section: HandoffSection) -> Bool {
    for group in value.objectValue?.members ?? [] {
      guard let source = Int(group.key) else { return false }
      var others = group.value.arrayValue ?? []
      for member in group.value.objectValue?.members ?? [] {
        if section == .episodes {
          let several = member.value[0]?.arrayValue == nil ? nil : member.value.arrayValue
          for value in several ?? [member.value] {
            guard take(member.key, value, source, section) else { return false }
          }
        } else if member.key.isEmpty {
          others = member.value.arrayValue ?? []
        } else if !take(member.key, member.value, source, section) {
          return false
        }
      }
      for other in others {
        let member = other.objectValue?.members.first
        guard take(member?.key, member?.value ?? other, source, section) else { return false }
      }
    }
    return true
  }
}
