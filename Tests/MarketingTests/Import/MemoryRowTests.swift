import JSONRPC
import Marketing
import Testing

@Suite("import of memory")
struct MemoryRowTests {
  private static func imported(_ table: DatasetTable, _ rows: [[String]]) -> Imported {
    Imported.tables(
      [(table, Imported.file(table, rows))],
      known: [.leads: ["L1"], .conversations: ["C1"]])
  }

  @Test("a conversation's state lives as long as its row says")
  func contexts() throws {
    let imported = Self.imported(
      .memoryShortTerm,
      [
        ["C1", "L1", "timeline Q3", "book_demo", #"{"employees": 50}"#, "2025-08-31T05:13:16"],
        // Over before the import, which is at the start of 1970.
        ["C2", "L1", "late", "negotiate", "{}", "1969-08-31T05:13:16"],
      ])
    #expect(imported.raw["memory_short_term"]?.count == 2)
    let record = try #require(imported.memories.first?.record)
    #expect(imported.memories.count == 1)
    // What is over takes back the name that it would have.
    let late = Self.imported(
      .memoryShortTerm, [["C1", "L1", "timeline Q3", "", "{}", "1969-08-31T05:13:16"]])
    #expect(late.over == [record.id])
    #expect(record.kind == .shortTerm && record.text == "timeline Q3")
    #expect(record.context == ConversationContext(intent: "book_demo", slots: ["employees": 50]))
    #expect(record.conversationID?.rawValue == "C1" && record.leadID?.rawValue == "L1")
    #expect(record.expiresAt == Timestamp(iso8601: "2025-08-31T05:13:16"))
    #expect(record.source == MemorySource(name: "memory_short_term", reference: "C1"))
  }

  @Test("each column and preference of a lead is a fact since its row changed")
  func facts() throws {
    let row = [
      "L1", "EU", "Retail", "0.25", #"{"Best contact time": "09:00-11:00", "interests": ["roi"]}"#,
      "2025-07-30T19:21:25",
    ]
    let imported = Self.imported(.memoryLongTerm, [row])
    let facts = imported.memories.compactMap(\.record.fact)
    #expect(
      facts == [
        Fact(key: "region", value: "EU"), Fact(key: "industry", value: "Retail"),
        Fact(key: "rfm_score", value: 0.25),
        Fact(key: "best_contact_time", value: "09:00-11:00"),
        Fact(key: "interests", value: ["roi"]),
      ])
    let records = imported.memories.map(\.record)
    #expect(Set(records.map(\.validFrom)) == [try #require(Timestamp(iso8601: row[5]))])
    #expect(Set(records.map(\.id)).count == 5)
    #expect(imported.memories[0].text.stems == ["region", "eu"])
    // The same row makes the same names, another value another one.
    let again = Self.imported(.memoryLongTerm, [row]).memories.map(\.record.id)
    #expect(again == records.map(\.id))
    var changed = row
    changed[1] = "MEA"
    let other = Self.imported(.memoryLongTerm, [changed]).memories.map(\.record.id)
    #expect(zip(other, again).map { $0 == $1 } == [false, true, true, true, true])
  }

  @Test("an episode has its situation, actions, outcome and notes")
  func episodes() throws {
    let imported = Self.imported(
      .memoryEpisodic,
      [["EPI1", "churn_risk", #"["follow_up_sms", "call"]"#, "0.248", "one-pager"]])
    let record = try #require(imported.memories.first?.record)
    #expect(record.kind == .episodic && record.text == "one-pager")
    #expect(
      record.episode
        == Episode(
          situation: "churn_risk", actions: ["follow_up_sms", "call"], outcome: 0.248))
  }

  /// Rows that cannot be remembered, and the column at fault.
  private static let wrong: [(DatasetTable, [String], String)] = [
    (.memoryShortTerm, ["C1", "L1", "x", "y", "[]", "2025-08-31T05:13:16"], "slots_json"),
    (.memoryShortTerm, ["C1", "L1", "x", "y", "{}", "soon"], "expires_at"),
    (.memoryLongTerm, ["L1", "EU", "Retail", "2", "{}", "2025-08-31"], "rfm_score"),
    (.memoryLongTerm, ["L1", "EU", "Retail", "1", #"{"!": 1}"#, "2025-08-31"], "preferences_json"),
    (
      .memoryLongTerm, ["L1", "", "Retail", "1", #"{"Region": "EU"}"#, "2025-08-31"],
      "preferences_json"
    ),
    (
      .memoryLongTerm, ["L1", "EU", "Retail", "1", #"{"a b": 1, "A-B": 2}"#, "2025-08-31"],
      "preferences_json"
    ),
    (.memoryEpisodic, ["E1", "", "[]", "0.5", "n"], "scenario"),
    (.memoryEpisodic, ["E1", "x", "[1]", "0.5", "n"], "action_sequence_json"),
    (.memoryEpisodic, ["E1", "x", "[]", "1.5", "n"], "outcome_score"),
  ]

  @Test("a row that cannot be remembered is refused", arguments: wrong.indices)
  func refused(_ index: Int) {
    let (table, row, column) = Self.wrong[index]
    let imported = Self.imported(table, [row])
    #expect(imported.refused == ["\(table.fileName):2 \(column)"])
    #expect(imported.memories == [])
  }
}
