import JSONRPC

// A packet is stored as the receiver reads it, and behind it, in a line of its own, which records of short-term
// memory its items are from. The receiver needs no such names, and no budget is spent on them.
extension HandoffPacket {
  private static let newline = UInt8(ascii: "\n")

  /// The packet as it is stored.
  package var storedBytes: [UInt8] {
    var names: [String: [JSONValue]] = [:]
    for item in items {
      guard let origin = item.origin else { continue }
      let end = origin.until.map { JSONValue.integer($0.milliseconds) } ?? .null
      names[origin.id.rawValue, default: [end]].append(.string(Self.mark(of: item)))
    }
    guard !names.isEmpty else { return bytes }
    let line = JSONObject(names.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value)) })
    return bytes + [Self.newline] + JSONWriter.bytes(of: .object(line))
  }

  /// What the receiver reads of a packet that was stored. No string in it holds a line's end as such.
  package static func shown(of stored: [UInt8]) -> [UInt8] {
    Array(stored.prefix { $0 != newline })
  }

  /// Gives the items that were read the records that they are from.
  /// - Returns: whether the line could be read.
  mutating func takeOrigins(from stored: [UInt8]) -> Bool {
    let line = stored.drop { $0 != Self.newline }.dropFirst()
    guard !line.isEmpty else { return true }
    guard let names = (try? JSONParser().parse(Array(line)))?.objectValue else { return false }
    var origins: [String: HandoffItem.Origin] = [:]
    for (name, value) in names.members.map({ ($0.key, $0.value) }) {
      let origin = HandoffItem.Origin(
        id: MemoryID(rawValue: name),
        until: value[0]?.integerValue.map { Timestamp(milliseconds: $0) })
      for mark in (value.arrayValue ?? []).dropFirst() {
        if let mark = mark.stringValue { origins[mark] = origin }
      }
    }
    for place in items.indices { items[place].origin = origins[Self.mark(of: items[place])] }
    return true
  }

  /// Tells items apart as the packet does.
  private static func mark(of item: HandoffItem) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(field: HandoffSection(of: item).rawValue.utf8)
    let key = item.flags.contains(.keyless) ? nil : item.key
    fingerprint.add(field: (key ?? "").utf8)
    fingerprint.add(field: JSONWriter.bytes(of: item.value))
    return fingerprint.text
  }
}
