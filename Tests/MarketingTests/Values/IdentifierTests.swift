import JSONRPC
import Marketing
import Testing

@Suite struct IdentifierTests {
  @Test(arguments: [
    "a", "L0000001", "CMP0022", "lead_01-x", "-", String(repeating: "z", count: 64),
  ])
  func accepts(name: String) {
    #expect(LeadID(checking: name)?.rawValue == name)
  }

  @Test(arguments: [
    "", " ", "a b", "a/b", "a.b", "a%20", "ä", "名", "a\n", "a\u{0}", "lead:1",
    String(repeating: "z", count: 65),
  ])
  func refuses(name: String) {
    #expect(LeadID(checking: name) == nil)
  }

  @Test func decodingChecksTheName() throws {
    let decoder = JSONValueDecoder()
    #expect(try decoder.decode(LeadID.self, from: "L1").rawValue == "L1")
    #expect(throws: DecodingError.self) { try decoder.decode(LeadID.self, from: "no spaces") }
    #expect(throws: DecodingError.self) { try decoder.decode(LeadID.self, from: 7) }
  }

  @Test func newNamesAreValidAndDiffer() {
    var generator = SeededGenerator(seed: 1)
    let now = Timestamp(milliseconds: 1_752_577_995_000)
    let names = (0..<1000).map { _ in
      LeadID.make(prefix: "lead_", at: now, random: (generator.next(), generator.next()))
    }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { LeadID(checking: $0.rawValue) != nil && $0.rawValue.count == 31 })
    #expect(names.allSatisfy { $0.rawValue.hasPrefix("lead_") })
  }

  @Test func laterNamesSortLater() {
    var generator = SeededGenerator(seed: 2)
    var times = (0..<500).map { _ in Int64.random(in: 0..<(1 << 48), using: &generator) }
    times = Array(Set(times)).sorted()
    times.append(contentsOf: [(1 << 48) - 1])
    let names = times.map {
      EventID.make(
        prefix: "e", at: Timestamp(milliseconds: $0), random: (generator.next(), generator.next()))
    }
    #expect(names == names.sorted())
  }

  @Test func aTimeBeforeTheEpochMakesAValidName() {
    var generator = SeededGenerator(seed: 3)
    let name = LeadID.make(
      prefix: "", at: Timestamp(milliseconds: -5), random: (generator.next(), generator.next()))
    #expect(name.rawValue.hasPrefix("0000000000"))
    #expect(LeadID(checking: name.rawValue) != nil)
  }

  @Test func theDefaultWorkspaceIsCalledDefault() {
    #expect(WorkspaceID.default.description == "default")
  }
}
