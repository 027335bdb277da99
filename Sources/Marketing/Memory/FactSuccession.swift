/// What storing a fact means for the facts that are known of the same thing: those of one lead, owner role
/// and key. Values that hold one after the other share a time line; nothing is deleted.
package struct FactSuccession: Sendable, Hashable {
  /// A fact that ends, or turns out never to have held.
  package struct Ending: Sendable, Hashable {
    /// The version that is known now.
    package var record: MemoryRecord
    /// When it ends; `nil` when it begins with the new one, which corrects it.
    package var validTo: Timestamp?
  }

  /// The known fact that says the same already; nothing is stored then.
  package private(set) var same: MemoryID?
  /// What ends.
  package private(set) var endings: [Ending] = []
  /// The more trusted facts that say otherwise.
  package private(set) var conflicts: [MemoryID] = []
  /// When the new fact ends; `nil` when it holds on.
  package private(set) var validTo: Timestamp?

  /// Finds what a fact means.
  /// - Parameter known: the versions that are current on the record clock, of the fact's lead, role and key.
  package init(of new: MemoryRecord, among known: [MemoryRecord]) {
    validTo = new.validTo
    for record in known {
      guard let fact = record.fact, let newFact = new.fact else { continue }
      if record.validFrom > new.validFrom {
        // What is known of a later time stays, unless less trusted.
        if record.trust >= new.trust {
          validTo = min(validTo ?? record.validFrom, record.validFrom)
        }
        continue
      }
      guard record.validTo.map({ new.validFrom < $0 }) ?? true else { continue }
      let outlasts = record.validTo.map { end in new.validTo.map { $0 <= end } ?? false } ?? true
      if fact.value == newFact.value, record.trust >= new.trust, outlasts {
        same = record.id
      } else if record.trust > new.trust {
        conflicts.append(record.id)
      } else {
        endings.append(
          Ending(
            record: record,
            validTo: record.validFrom == new.validFrom ? nil : new.validFrom))
      }
    }
    if same != nil { endings = [] }
  }
}

extension FactSuccession.Ending {
  /// The version that is known from a time on; `nil` when none is.
  package func successor(recordedAt now: Timestamp) -> MemoryRecord? {
    guard let validTo else { return nil }
    var successor = record
    successor.validTo = validTo
    successor.recordedAt = now
    return successor
  }
}

extension MemoryRecord {
  /// The fact it holds; `nil` when it holds something else.
  package var fact: Fact? {
    if case .fact(let fact) = content { fact } else { nil }
  }

  /// The episode it holds; `nil` when it holds something else.
  package var episode: Episode? {
    if case .episode(let episode) = content { episode } else { nil }
  }

  /// The conversation's state it holds; `nil` when it holds something else.
  package var context: ConversationContext? {
    if case .context(let context) = content { context } else { nil }
  }

  /// Whether it is the same memory told again: everything but its times, uses and trust.
  package func isRepeated(by other: MemoryRecord) -> Bool {
    kind == other.kind && leadID == other.leadID && conversationID == other.conversationID
      && role == other.role && speaker == other.speaker && text == other.text
      && content == other.content
  }
}
