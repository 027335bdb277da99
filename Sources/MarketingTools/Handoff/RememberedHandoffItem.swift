import JSONRPC
import Marketing
import Recall

/// A record of memory as it is handed over.
struct RememberedHandoffItem: Sendable {
  private let record: MemoryRecord
  private let contract: HandoffContract

  init(_ record: MemoryRecord, _ contract: HandoffContract) {
    self.record = record
    self.contract = contract
  }

  /// Adds what the record says.
  func add(to collection: inout HandoffCollection) {
    switch record.content {
    case .note, .summary:
      add(.note, nil, .string(record.text), flags: noteFlags, to: &collection)
    case .utterance: add(.turn, record.speaker, .string(record.text), to: &collection)
    case .context(let context):
      if let intent = context.intent { add(.slot, "intent", .string(intent), to: &collection) }
      for slot in context.slots {
        add(.slot, slot.key, slot.value, flags: flags(of: slot.key), to: &collection)
      }
    case .fact(let fact):
      var flags = flags(of: fact.key)
      if flags.contains(.promise), Self.isKept(fact.value) { flags.remove(.promise) }
      add(.fact, fact.key, fact.value, flags: flags, to: &collection)
    case .episode(let episode):
      let isPromise = contract.isPromise(episode.situation) && episode.outcome == nil
      add(
        .episode, episode.situation, value(of: episode), flags: isPromise ? .promise : [],
        to: &collection)
    }
  }

  private func add(
    _ kind: HandoffItem.Kind, _ key: String?, _ value: JSONValue, flags: HandoffItem.Flags = [],
    to collection: inout HandoffCollection
  ) {
    var item = HandoffItem(kind, key, value, knownSince: record.validFrom, flags: flags)
    if record.kind == .shortTerm {
      item.origin = HandoffItem.Origin(id: record.id, until: record.expiresAt)
    }
    collection.add(
      item,
      from: HandoffProvenance(
        record.kind == .shortTerm ? .shortTerm : .memory, name: record.source.name,
        at: record.validFrom, trust: record.trust == .agent ? nil : record.trust))
  }

  private func flags(of key: String) -> HandoffItem.Flags {
    if contract.isConstraint(key) { return .constraint }
    return contract.isPromise(key) ? .promise : []
  }

  /// A note binds when its first word says so: `Promise: we call on Tuesday`.
  private var noteFlags: HandoffItem.Flags {
    guard let end = record.text.firstIndex(of: ":") else { return [] }
    let words = record.text[..<end].lowercased().split(separator: " ").joined(separator: "_")
    return flags(of: words)
  }

  /// Whether a promise says of itself that it is not open any more.
  private static func isKept(_ value: JSONValue) -> Bool {
    if value["kept"] == true || value["done"] == true || value["open"] == false { return true }
    return ["kept", "done", "fulfilled"].contains(value["status"]?.stringValue)
  }

  /// What was done and how it went; what else was said of it where that is more than the same in words.
  private func value(of episode: Episode) -> JSONValue {
    var parts = episode.actions.map(JSONValue.string)
    if let outcome = episode.outcome { parts.append(JSONValue(outcome)) }
    let told = Self.words(episode.situation) + ":"
    let isTold =
      record.text.hasPrefix(told)
      && episode.actions.allSatisfy { record.text.contains(Self.words($0)) }
    if !isTold { parts.append(.string(record.text)) }
    return .array(parts)
  }

  private static func words(_ name: String) -> String {
    String(name.map { $0 == "_" || $0 == "." ? " " : $0 })
  }
}

extension MemoryDesk {
  /// The records of a workspace that go with some words, the best first.
  func found(
    _ words: String, at now: Timestamp, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [MemoryRecord] {
    let question = QueryAnalysis(words, by: analyzer, now: now)
    let scope = RecallScope(for: .agent(nil), at: MemoryMoment(now: now), now: now)
    return try await recall(
      RecallRequest(question, in: scope, limit: limit), in: workspace
    ).found.map(\.record)
  }
}
