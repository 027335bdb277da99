import JSONRPC

/// What is remembered of an interaction: episodic memory grows with what happens, whether an agent thinks of
/// remembering it or not.
package enum InteractionMemory {
  /// What the names of such records begin with.
  static let idPrefix = "act_"
  /// What they name as their source.
  static let sourceName = "interactions"
  /// Where an interaction's words are looked for, the best first.
  private static let wordFields = ["text", "message", "body", "summary"]

  /// The record of an interaction. Named by the interaction, so that the same one makes no second record.
  ///
  /// What a lead wrote is untrusted. With words and a conversation it is what somebody said there, else a note.
  package static func record(of interaction: Interaction, recordedAt: Timestamp) -> MemoryRecord {
    let words = words(of: interaction)
    let conversation = interaction.conversationID.flatMap(ConversationID.init(checking:))
    let isFromLead = interaction.kind.isFromLead
    var fingerprint = Fingerprint()
    fingerprint.add(field: Array(interaction.id.rawValue.utf8))
    var record = MemoryRecord(
      id: MemoryID(rawValue: idPrefix + fingerprint.text), kind: .episodic,
      text: words ?? description(of: interaction),
      content: words == nil || conversation == nil ? .note : .utterance,
      importance: importance(of: interaction),
      source: MemorySource(name: sourceName, reference: interaction.id.rawValue),
      trust: isFromLead && words != nil ? .untrusted : .agent, validFrom: interaction.occurredAt,
      recordedAt: recordedAt)
    record.leadID = interaction.leadID
    record.conversationID = conversation
    if words != nil {
      record.speaker =
        isFromLead ? "lead" : interaction.agentID.flatMap { $0.isEmpty ? nil : $0 } ?? "agent"
    }
    return record
  }

  private static func words(of interaction: Interaction) -> String? {
    for field in wordFields {
      guard let text = interaction.metadata[field]?.stringValue else { continue }
      let words = TextFolding.collapsingSpaces(text)
      if !words.isEmpty {
        return String(String.UnicodeScalarView(words.unicodeScalars.prefix(MemoryDraft.textLength)))
      }
    }
    return nil
  }

  /// What happened, in words, for one that has none of its own.
  private static func description(of interaction: Interaction) -> String {
    var text = spoken(interaction.kind.rawValue)
    let channel = interaction.channel.rawValue
    if !text.contains(channel) { text += " by \(channel)" }
    if interaction.outcome != .none { text += ", \(spoken(interaction.outcome.rawValue))" }
    if let campaign = interaction.campaignID { text += ", campaign \(campaign.rawValue)" }
    if let variant = interaction.variantID, !variant.isEmpty { text += ", variant \(variant)" }
    return text
  }

  private static func spoken(_ name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }

  /// What people say or refuse matters more than what they look at, and that more than what we do.
  private static func importance(of interaction: Interaction) -> Double {
    switch interaction.outcome {
    case .unsubscribe, .callbackRequested: return 0.8
    case .positive, .negative: return 0.7
    case .none: break
    }
    return switch interaction.kind {
    case .complaint: 0.8
    case .reply, .smsReply, .callAnswered, .meeting, .formSubmitted, .socialComment: 0.6
    case .emailClick, .adClick, .siteVisit, .bounce: 0.4
    case .emailOpen, .emailSent, .smsSent, .callMade: 0.2
    }
  }
}
