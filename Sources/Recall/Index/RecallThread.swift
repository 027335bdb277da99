import Marketing

/// Records that belong together in an order: a conversation, or without one what is known of a lead.
struct RecallThread: Sendable {
  /// What makes a thread.
  enum Key: Hashable, Sendable {
    case conversation(ConversationID)
    case lead(LeadID)
  }

  var first = RecallDocument.none
  var last = RecallDocument.none
  /// How many stems its documents have together.
  var length = 0
}

extension RecallIndex {
  static func threadKey(of record: MemoryRecord) -> RecallThread.Key? {
    record.conversationID.map { .conversation($0) } ?? record.leadID.map { .lead($0) }
  }

  /// Puts a document in its place in its thread: at the end nearly always, so the search starts there.
  mutating func link(_ number: UInt32) {
    let (document, glance) = (documents[Int(number)], glances[Int(number)])
    guard glance.thread != 0 else { return }
    let thread = Int(glance.thread)
    var after = threads[thread].last
    while after != RecallDocument.none, comesBefore(document, documents[Int(after)]) {
      after = links[Int(after)].previous
    }
    let next =
      after == RecallDocument.none ? threads[thread].first : links[Int(after)].next
    links[Int(number)].previous = after
    links[Int(number)].next = next
    if after == RecallDocument.none {
      threads[thread].first = number
    } else {
      links[Int(after)].next = number
    }
    if next == RecallDocument.none {
      threads[thread].last = number
    } else {
      links[Int(next)].previous = number
    }
    threads[thread].length += Int(glance.length)
    threadedLength += Int(glance.length)
  }

  /// The records around one in its conversation, by how far behind it they are (before it when
  /// negative); itself is at 0. Empty when it is not there, only itself when it is in no conversation.
  package func window(around version: Int64, reach: Int) -> [Int: Int64] {
    guard let place = place(of: version) else { return [:] }
    var window = [0: version]
    guard glances[Int(place)].flags.contains(.isInConversation), reach > 0 else { return window }
    var (previous, next) = (links[Int(place)].previous, links[Int(place)].next)
    for distance in 1...reach {
      if previous != RecallDocument.none {
        window[-distance] = documents[Int(previous)].version
        previous = links[Int(previous)].previous
      }
      if next != RecallDocument.none {
        window[distance] = documents[Int(next)].version
        next = links[Int(next)].next
      }
    }
    return window
  }

  private func comesBefore(_ left: RecallDocument, _ right: RecallDocument) -> Bool {
    (left.validFrom, left.version) < (right.validFrom, right.version)
  }

  /// Takes a document out of its thread.
  mutating func unlink(_ number: UInt32) {
    let glance = glances[Int(number)]
    guard glance.thread != 0 else { return }
    let thread = Int(glance.thread)
    let link = links[Int(number)]
    if link.previous == RecallDocument.none {
      threads[thread].first = link.next
    } else {
      links[Int(link.previous)].next = link.next
    }
    if link.next == RecallDocument.none {
      threads[thread].last = link.previous
    } else {
      links[Int(link.next)].previous = link.previous
    }
    links[Int(number)] = RecallLinks()
    threads[thread].length -= Int(glance.length)
    threadedLength -= Int(glance.length)
  }
}
