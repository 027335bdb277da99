import JSONRPC
import MCP

/// How much more a tool's result may hold. What has no room is on the next page, or is said to be missing.
struct ResultRoom {
  /// What the frame takes around the entries: names of members, a cursor, marks.
  private static let frame = 4096

  private var left: Int

  /// - Parameter context: of the call whose result it is.
  init(_ context: RequestContext) { left = context.resultBytes - Self.frame }

  /// Takes an entry in if there is room for it.
  /// - Returns: whether there was.
  mutating func takes(_ entry: some Encodable) throws(CallInterruption) -> Bool {
    let bytes: [UInt8]
    do {
      bytes = try JSONValueEncoder().bytes(of: entry)
    } catch {
      throw .fault(error)
    }
    // A result is sent twice: as it is, and as text, where quotes take two bytes.
    let text = JSONWriter.bytes(of: .string(String(decoding: bytes, as: UTF8.self)))
    let cost = bytes.count + text.count
    guard cost <= left else { return false }
    left -= cost
    return true
  }

  /// The first of some items that there is room for together, as they are shown: one at least, for what alone is
  /// too long for any result is limited where it is put in.
  mutating func leading<Item, Entry: Encodable>(
    _ items: [Item], as entry: (Item) -> Entry
  ) throws(CallInterruption) -> [Entry] {
    var entries: [Entry] = []
    for item in items {
      let next = entry(item)
      guard try takes(next) || entries.isEmpty else { break }
      entries.append(next)
    }
    return entries
  }

  /// Those of some entries that there is room for, in their order.
  mutating func fitting<Entry: Encodable>(
    _ entries: [Entry]
  ) throws(CallInterruption) -> [Entry] {
    var fitting: [Entry] = []
    for entry in entries where try takes(entry) { fitting.append(entry) }
    return fitting
  }
}
