package import JSONRPC

/// What a record holds beside its text.
package enum MemoryContent: Sendable, Hashable {
  /// Nothing: the text says it all.
  case note
  /// Somebody's words in a conversation.
  case utterance
  /// A conversation's present state.
  case context(ConversationContext)
  /// One property of a lead, or of the workspace where no lead is named.
  case fact(Fact)
  /// Something that was tried.
  case episode(Episode)
  /// What is left of the records that it was derived from, which are kept until retention ends them.
  case summary
}

/// A conversation's present state.
package struct ConversationContext: Sendable, Hashable, Codable {
  /// What the other side wants, for example `book_demo`; `nil` when nobody can tell.
  package var intent: String?
  /// What has been found out so far, by slot.
  package var slots: JSONObject

  /// A state.
  package init(intent: String? = nil, slots: JSONObject = [:]) {
    self.intent = intent
    self.slots = slots
  }
}

/// One property with its value. Of a lead, an owner role and a key, one value holds at a time.
package struct Fact: Sendable, Hashable, Codable {
  /// The property, for example `preferred_channel`: 1 to 64 of `[a-z0-9_.]`.
  package var key: String
  /// Its value.
  package var value: JSONValue

  /// A fact.
  package init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

/// What was tried in a situation, and what came of it.
package struct Episode: Sendable, Hashable, Codable {
  /// The situation, for example `security_review`.
  package var situation: String
  /// What was done, in its order.
  package var actions: [String]
  /// How well it went, from 0 (failed) to 1 (reached its end); `nil` while nobody can tell.
  package var outcome: Double?

  /// An episode.
  package init(situation: String, actions: [String], outcome: Double? = nil) {
    self.situation = situation
    self.actions = actions
    self.outcome = outcome
  }
}
