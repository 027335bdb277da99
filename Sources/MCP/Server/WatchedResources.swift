import JSONRPC

/// The resources a client wants to hear of. One resource has many spellings of its address, percent
/// signs in it being a choice: changes are matched by the address that the server itself would write,
/// and told under the one that the client wrote.
struct WatchedResources: Sendable {
  private struct Spelling {
    let text: String
    /// Which request brought it.
    let serial: Int
  }

  private var spellings: [ExactText: [Spelling]] = [:]

  /// How many spellings there are.
  private(set) var count = 0

  init() {}

  func contains(_ address: String) -> Bool { spellings[ExactText(address)] != nil }

  /// What the client calls the resource with this address; nothing when it does not watch it.
  func spellings(of address: String) -> [String] {
    spellings[ExactText(address)]?.map(\.text) ?? []
  }

  /// What the client calls the resources whose addresses begin so.
  func spellings(beginning prefix: String) -> [String] {
    spellings.filter { $0.key.text.hasPrefix(prefix) }.flatMap { $0.value.map(\.text) }.sorted()
  }

  func contains(_ address: String, spelled text: String) -> Bool {
    spellings[ExactText(address)]?.contains { $0.text.isSpelled(like: text) } ?? false
  }

  /// Adds a resource under one more spelling.
  mutating func insert(_ address: String, spelled text: String, serial: Int = 0) {
    guard !contains(address, spelled: text) else { return }
    spellings[ExactText(address), default: []].append(Spelling(text: text, serial: serial))
    count += 1
  }

  /// Removes a resource, however it is spelled.
  mutating func remove(_ address: String) {
    count -= spellings.removeValue(forKey: ExactText(address))?.count ?? 0
  }

  /// Removes what one request has brought, if it is still there.
  mutating func remove(_ address: String, serial: Int) {
    guard var left = spellings[ExactText(address)] else { return }
    count -= left.count
    left.removeAll { $0.serial == serial }
    count += left.count
    spellings[ExactText(address)] = left.isEmpty ? nil : left
  }
}
