import JSONRPC
import Marketing
import Testing

@Suite struct HandoffAssemblyTests {
  private static func packet(
    _ collection: HandoffCollection, tokens: Int = 4000
  ) throws -> HandoffPacket {
    HandoffAssembly.packet(of: collection, .sample, for: try .sample(), tokens: tokens) {
      AnalyzedText(plain: $0).stems
    }
  }

  /// Facts, slots, words and episodes of so many words each.
  private static func plant(_ words: ClosedRange<Int>, seed: UInt64) -> (
    HandoffCollection, [String]
  ) {
    var generator = HandoffWords(seed: seed)
    var collection = HandoffCollection()
    var planted: [String] = []
    collection.add(.lead, "email", "a@b.example", from: .lead)
    for (key, value) in [("consent", "email only"), ("quiet_hours", "20:00-08:00")] {
      collection.add(.fact, key, .string(value), .constraint, from: .memory, "crm")
    }
    for number in 0..<200 {
      let text = generator.text(Int.random(in: words, using: &generator), number: number)
      planted.append(text)
      switch number % 4 {
      case 0: collection.add(.fact, "planted_\(number)", .string(text), from: .memory, "crm")
      case 1: collection.add(.slot, "slot_\(number)", .string(text), from: .shortTerm, "chat")
      case 2:
        collection.add(
          .turn, number % 8 == 2 ? "Ann" : "Agent", .string(text), from: .memory, "chat")
      default: collection.add(.episode, "follow_up", [.string(text), 0.5], from: .memory, "crm")
      }
    }
    return (collection, planted)
  }

  @Test(arguments: [3...12, 12...12], [1, 2, 3] as [UInt64])
  func twoHundredFactsFit(words: ClosedRange<Int>, seed: UInt64) throws {
    let (collection, planted) = Self.plant(words, seed: seed)
    let packet = try Self.packet(collection)
    let text = String(decoding: packet.bytes, as: UTF8.self)
    #expect(packet.tokens < 4000)
    #expect(planted.filter { !text.contains($0) } == [])
    #expect(text.contains("email only") && text.contains("20:00-08:00"))
  }

  /// Whatever is known, the budget holds and what binds is there, unless that alone is more.
  @Test(arguments: 0..<60 as Range<UInt64>) func theBudgetHolds(seed: UInt64) throws {
    var generator = HandoffWords(seed: seed)
    var collection = HandoffCollection()
    var binding: [String] = []
    let kinds = HandoffItem.Kind.allCases
    for number in 0..<Int.random(in: 1...300, using: &generator) {
      let kind = kinds.randomElement(using: &generator) ?? .fact
      let text = generator.text(Int.random(in: 2...60, using: &generator), number: number)
      let chance = Int.random(in: 0..<40, using: &generator)
      let flags: HandoffItem.Flags =
        kind == .turn ? [] : chance == 0 ? .constraint : chance == 1 ? .promise : []
      if !flags.isEmpty { binding.append(text) }
      collection.add(
        kind, kind == .note || kind == .relation ? nil : "key_\(number)", .string(text), flags,
        from: HandoffProvenance.Store.allCases.randomElement(using: &generator) ?? .memory,
        "source \(Int.random(in: 0..<30, using: &generator))",
        daysAgo: Int.random(in: 0..<30, using: &generator))
    }
    let budget = Int.random(in: 200...4000, using: &generator)
    let packet = try Self.packet(collection, tokens: budget)
    let text = String(decoding: packet.bytes, as: UTF8.self)
    #expect(binding.filter { !text.contains($0) } == [])
    if packet.tokens > budget {
      // Nothing is there that could have been left out.
      #expect(packet.items.allSatisfy { $0.isBinding })
    }
    let read = try HandoffPacket(reading: packet.bytes)
    #expect(read.bytes == packet.bytes)
    let missing = collection.items.count - packet.items.count
    #expect(
      packet.items.contains { $0.flags.contains(.condensed) }
        || packet.leftOut.values.reduce(0, +) == missing)
  }

  @Test func theLatestTurnsStayWordByWordAndOlderOnesAreCondensed() throws {
    var generator = HandoffWords(seed: 7)
    var collection = HandoffCollection()
    collection.add(.fact, "consent", "email only", .constraint)
    var turns: [String] = []
    for number in 0..<120 {
      turns.append(generator.text(20, number: number) + ".")
      collection.add(.turn, number % 2 == 0 ? "Ann" : "Agent", .string(turns[number]))
    }
    let packet = try Self.packet(collection, tokens: 1000)
    #expect(packet.tokens <= 1000)
    let verbatim = packet.items.filter { $0.kind == .turn && !$0.flags.contains(.condensed) }
    #expect(verbatim.count >= 10)
    #expect(verbatim.map(\.value) == turns.suffix(verbatim.count).map(JSONValue.string))
    #expect(packet.items.contains { $0.flags.contains(.condensed) })
    #expect((packet.leftOut[.turn] ?? 0) > 0)
  }

  @Test func whatIsRequiredOutlivesWhatIsNot() throws {
    var generator = HandoffWords(seed: 9)
    var collection = HandoffCollection()
    collection.add(.lead, "email", "a@b.example", from: .lead, daysAgo: 90)
    for number in 0..<100 {
      collection.add(.fact, "key_\(number)", .string(generator.text(12, number: number)))
    }
    collection.add(.fact, "need", "a migration plan")
    let packet = try Self.packet(collection, tokens: 300)
    #expect(packet.tokens <= 300)
    #expect(packet.items.contains { $0.key == "email" })
    #expect(packet.items.contains { $0.value == "a migration plan" })
    #expect((packet.leftOut[.fact] ?? 0) > 50)
  }
}
