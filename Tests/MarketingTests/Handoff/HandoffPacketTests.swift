import JSONRPC
import Marketing
import Testing

@Suite struct HandoffPacketTests {
  private static func packet(_ fill: (inout HandoffCollection) -> Void) throws -> HandoffPacket {
    var collection = HandoffCollection()
    fill(&collection)
    return HandoffAssembly.packet(
      of: collection, .sample, for: try .sample(), tokens: 4000
    ) { AnalyzedText(plain: $0).stems }
  }

  @Test func aPacketIsWrittenAsItAlwaysWas() throws {
    let packet = try Self.packet { collection in
      collection.add(.lead, "consent", true, .constraint, from: .lead)
      collection.add(.lead, "email", "a@b.example", from: .lead)
      collection.add(.fact, "budget", 20000, from: .memory, "crm", daysAgo: 3)
      collection.add(.fact, "seats", 12, from: .memory, "crm", daysAgo: 3)
      collection.add(.fact, "seats", 14, from: .memory, "crm", daysAgo: 3)
      collection.add(.note, nil, "asked for references", from: .memory, "crm", daysAgo: 3)
      collection.add(.fact, nil, "we call on Tuesday", .promise, from: .sender, "triage")
      collection.add(.episode, "demo", ["call", 0.5], from: .memory, "crm", daysAgo: 3)
      collection.add(.episode, "demo", ["mail"], from: .memory, "crm", daysAgo: 3)
      collection.add(.turn, "Ann", "Hello", from: .shortTerm, "chat")
      collection.add(.turn, "Ann", "Is \"it\" safe?", from: .shortTerm, "chat")
      collection.add(.turn, nil, "It is.", from: .shortTerm, "chat")
    }
    let text = String(decoding: packet.bytes, as: UTF8.self)
    #expect(
      text
        == #"""
        {"leadID":"L1","from":"triage","to":"engagement","reason":"asks for a demo",\#
        "at":"2025-07-15T12:00:00Z","provenance":[["lead","","2025-07-15"],\#
        ["memory","crm","2025-07-12"],["sender","triage","2025-07-15"],\#
        ["short_term","chat","2025-07-15"]],\#
        "constraints":{"0":{"consent":true}},"promises":{"2":["we call on Tuesday"]},\#
        "lead":{"0":{"email":"a@b.example"}},\#
        "facts":{"1":{"budget":20000,"seats":12,"":[{"seats":14}]}},\#
        "notes":{"1":["asked for references"]},\#
        "episodes":{"1":{"demo":[["call",0.5],["mail"]]}},\#
        "turns":[[3,"Ann","Hello","Is \"it\" safe?"],[3,null,"It is."]]}
        """#.split(separator: "\n").joined())
    let read = try HandoffPacket(reading: packet.bytes)
    #expect(read.bytes == packet.bytes)
    #expect(read.items.count == packet.items.count)
    #expect(packet.tokens == (text.utf8.count + 3) / 4)
  }

  @Test(arguments: [
    "", "[]", "{}",
    #"{"leadID":"L1","from":"a","to":"b","reason":"","at":"2025-07-15T12:00:00Z","provenance":[["x","",""]]}"#,
    #"{"leadID":"L1","from":"a","to":"b","reason":"","at":"2025-07-15T12:00:00Z","provenance":[],"facts":{"0":{"a":1}}}"#,
    #"{"leadID":"L1","from":"a","to":"b","reason":"","at":"2025-07-15T12:00:00Z","provenance":[],"turns":[[0,"A","b"]]}"#,
  ])
  func whatIsNoPacketIsNotRead(text: String) {
    #expect(throws: StoreError.self) { try HandoffPacket(reading: Array(text.utf8)) }
  }

  @Test func theNextPacketCarriesWhatNoStoreTells() throws {
    let first = try Self.packet { collection in
      collection.add(.slot, "seats", 12, from: .shortTerm)
      collection.add(.slot, "city", "Oslo", from: .shortTerm)
      collection.add(.fact, "budget", 1, from: .memory)
      collection.add(.fact, nil, "we call on Tuesday", .promise, from: .sender)
      collection.add(.fact, nil, "no mail", .constraint, from: .sender)
      collection.add(.turn, "Ann", "Hello", from: .shortTerm)
      collection.add(.turn, "Ann", "Bye", from: .shortTerm)
    }
    var next = HandoffCollection()
    next.add(.slot, "seats", 14, from: .shortTerm)
    next.add(.turn, "Ann", "Bye", from: .shortTerm)
    next.add(.turn, "Ann", "Again", from: .shortTerm)
    next.carry(first, settled: ["no mail"])
    func values(_ kind: HandoffItem.Kind) -> [JSONValue] {
      next.items.filter { $0.kind == kind }.map(\.value)
    }
    #expect(values(.slot) == [14, "Oslo"])
    // What memory keeps for good and does not tell any more was superseded or forgotten.
    #expect(values(.fact) == ["we call on Tuesday"])
    #expect(next.items.first { $0.kind == .fact }?.flags == .promise)
    #expect(values(.turn) == ["Hello", "Bye", "Again"])
  }
}
