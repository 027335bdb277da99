import JSONRPC
import Marketing
import Testing

/// What is remembered of files; what becomes of leads is in the stores' contract.
@Suite("merging rows into leads")
struct LeadMergeTests {
  private static func row(_ change: (inout Lead) -> Void) -> ImportedLead {
    var lead = Lead(id: LeadID(rawValue: "1"), createdAt: Timestamp(milliseconds: 7))
    change(&lead)
    return ImportedLead(lead)
  }

  private static func source(_ file: String, _ reading: Int64 = 1) -> ImportSource {
    ImportSource(file: file, reading: reading)
  }

  private static let full = row {
    $0.lastActiveAt = Timestamp(milliseconds: 9)
    $0.contact.email = "a@b.example"
    $0.source = "Web"
    $0.score = 5
    $0.hasConsent = false
    $0.attributes = ["a": 1, "b": [true, nil]]
  }

  @Test("each change of a row is news, and what it says again is not")
  func news() {
    let source = Self.source("a.csv")
    let memory = LeadMerge.memory(of: Self.full, from: source, withoutConversion: false)
    func hasNews(_ file: String = "a.csv", _ change: (inout ImportedLead) -> Void = { _ in })
      -> Bool
    {
      var row = Self.full
      change(&row)
      return LeadMerge(
        row, from: Self.source(file, 2), into: Self.full.lead, memory: memory
      ).hasNews
    }
    #expect(!hasNews())
    #expect(hasNews("b.csv"))
    // A field that is gone says nothing.
    #expect(!hasNews { $0.lead.source = nil })
    #expect(!hasNews { $0.saysTime = false })
    #expect(hasNews { $0.lead.createdAt = Timestamp(milliseconds: 8) })
    #expect(hasNews { $0.lead.source = "web" })
    #expect(hasNews { $0.lead.region = "Web" })
    #expect(hasNews { $0.lead.hasConsent = true })
    #expect(hasNews { $0.lead.attributes["a"] = 2 })
    #expect(hasNews { $0.lead.attributes["c"] = 1 })
    #expect(
      hasNews {
        $0.conversion = .init(
          outcome: Outcome(
            leadID: $0.lead.id, disposition: .converted, occurredAt: $0.lead.createdAt),
          isDated: false)
      })
  }

  @Test("memories are read as they were written, and nothing else is")
  func bytes() {
    var memory = ImportMemory()
    for number in 1...20 {
      let merge = LeadMerge(
        Self.full, from: Self.source("\(number).csv"), into: Self.full.lead, memory: memory)
      memory = merge.memory(of: Self.full.lead, withoutConversion: false)
      #expect(ImportMemory(bytes: memory.bytes) == memory)
    }
    // The files that were read last are remembered.
    for (file, isNews) in [("1.csv", true), ("4.csv", true), ("5.csv", false), ("20.csv", false)] {
      let merge = LeadMerge(
        Self.full, from: Self.source(file), into: Self.full.lead, memory: memory)
      #expect(merge.hasNews == isNews, "\(file)")
    }
    #expect(memory.bytes.count < 1000)
    let nothing = ImportMemory()
    #expect(ImportMemory(bytes: nil) == nothing)
    #expect(ImportMemory(bytes: []) == nothing)
    for count in 1..<memory.bytes.count where count % 7 == 3 {
      _ = ImportMemory(bytes: Array(memory.bytes.prefix(count)))
    }
    #expect(ImportMemory(bytes: Array(memory.bytes.dropLast())) == nothing)
    #expect(ImportMemory(bytes: [9] + memory.bytes.dropFirst()) == nothing)
    // What an earlier version kept, a digest of 32 bytes, is no memory.
    #expect(ImportMemory(bytes: [1] + Array(repeating: 0, count: 31)) == nothing)
  }
}
