import JSONRPC
import Marketing
import Testing

@Suite("Memory of interactions") struct InteractionMemoryTests {
  private static let noon = Timestamp(milliseconds: 1_767_268_800_000)

  private static func record(
    _ kind: InteractionKind, _ outcome: InteractionOutcome = .none, _ metadata: JSONObject = [:],
    conversation: String? = "C1", agent: String? = nil
  ) -> MemoryRecord {
    var interaction = Interaction(
      id: InteractionID(rawValue: "int_1"), leadID: LeadID(rawValue: "lead_1"), occurredAt: noon,
      channel: .email, kind: kind, outcome: outcome)
    interaction.conversationID = conversation
    interaction.campaignID = CampaignID(rawValue: "CMP1")
    interaction.variantID = "B"
    interaction.agentID = agent
    interaction.metadata = metadata
    return InteractionMemory.record(of: interaction, recordedAt: noon + .seconds(5))
  }

  @Test func `what a lead wrote is untrusted and said in its conversation`() {
    let record = Self.record(.reply, .positive, ["text": "  Please   call me "])
    #expect(record.text == "Please call me" && record.content == .utterance)
    #expect(record.speaker == "lead" && record.trust == .untrusted && record.kind == .episodic)
    #expect(record.validFrom == Self.noon && record.recordedAt == Self.noon + .seconds(5))
    #expect(record.source == MemorySource(name: "interactions", reference: "int_1"))
    #expect(record.leadID?.rawValue == "lead_1" && record.conversationID?.rawValue == "C1")
  }

  @Test func `what an agent wrote is the agent's`() {
    let record = Self.record(.emailSent, .none, ["body": "Our guide"], agent: "EN-1")
    #expect(record.speaker == "EN-1" && record.trust == .agent)
    #expect(Self.record(.emailSent, .none, ["body": "Our guide"]).speaker == "agent")
  }

  @Test func `words outside a conversation are a note`() {
    #expect(Self.record(.reply, .none, ["text": "Hi"], conversation: nil).content == .note)
    // No name of a conversation.
    #expect(Self.record(.reply, .none, ["text": "Hi"], conversation: "a b").content == .note)
  }

  @Test(arguments: [
    (InteractionKind.emailClick, InteractionOutcome.none, "email click, campaign CMP1, variant B"),
    (
      .callAnswered, .callbackRequested,
      "call answered by email, callback requested, campaign CMP1, variant B"
    ),
  ])
  func `what has no words is described`(
    _ kind: InteractionKind, _ outcome: InteractionOutcome, _ text: String
  ) {
    let record = Self.record(kind, outcome, ["text": " ", "durationSeconds": 5])
    #expect(record.text == text && record.content == .note && record.speaker == nil)
    #expect(record.trust == .agent)
  }

  @Test func `an interaction has one record and a refusal matters more than a look`() {
    #expect(Self.record(.reply).id == Self.record(.emailOpen).id)
    #expect(Self.record(.emailOpen).importance < Self.record(.emailClick).importance)
    #expect(
      Self.record(.emailClick).importance < Self.record(.emailOpen, .unsubscribe).importance)
  }

  @Test func `nobody else names a record so`() throws {
    let draft = try JSONValueDecoder().decode(
      MemoryDraft.self, from: ["memoryID": "act_1", "text": "x"])
    #expect(throws: InvalidMemory.self) {
      try draft.record(
        newName: MemoryID(rawValue: "mem_1"), author: "ann", settings: MemorySettings(),
        now: Self.noon)
    }
  }
}
