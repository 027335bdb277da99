import JSONRPC
import Marketing
import Testing

@Suite("sample data set")
struct SampleDatasetTests {
  private var sample: SampleHarness { .shared }

  @Test("the same seed gives the same bytes, on every machine")
  func sameBytes() {
    let first = SampleHarness.files(seed: 42, leads: 60)
    #expect(first == SampleHarness.files(seed: 42, leads: 60))
    #expect(Set(first.keys) == Set(DatasetTable.allCases.map(\.fileName)))
    let other = SampleHarness.files(seed: 43, leads: 60)
    for (name, bytes) in first { #expect(other[name] != bytes, "\(name)") }
    // Changes with every change of the generator; must not differ between machines.
    let all = first.sorted { $0.key < $1.key }.flatMap(\.value)
    #expect(SampleHarness.hash(all) == 15_721_076_389_679_737_734)
  }

  @Test("chunks are bounded, and one file follows the other")
  func chunks() {
    var order: [String] = []
    var longest = 0
    var files: [String: [UInt8]] = [:]
    let rows = SampleDataset.generate(seed: 1, leads: 300, now: SampleHarness.now) { name, bytes in
      if order.last != name { order.append(name) }
      longest = max(longest, bytes.count)
      files[name, default: []] += bytes
    }
    #expect(order == DatasetTable.importOrder.map(\.fileName))
    #expect(longest < 70_000)
    let imported = Imported.tables(
      order.compactMap { name in
        DatasetTable(fileName: name).map { ($0, files[name] ?? []) }
      })
    #expect(imported.report.rowsRead == rows)
  }

  @Test("an error of the writer ends the generation")
  func writerFails() {
    struct Full: Error {}
    var written = 0
    #expect(throws: Full.self) {
      try SampleDataset.generate(seed: 1, leads: 10, now: SampleHarness.now) { _, _ in
        written += 1
        if written == 3 { throw Full() }
      }
    }
    #expect(written == 3)
  }

  @Test("imports without a refused row or a dangling reference", arguments: [0, 1, 5, 100])
  func imports(leads: Int) {
    let files = SampleHarness.files(seed: 3, leads: leads)
    let imported = Imported.tables(
      DatasetTable.importOrder.map { ($0, files[$0.fileName] ?? []) })
    #expect(imported.quarantined == [])
    #expect(imported.report.dangling == 0)
    #expect(imported.report.tables.allSatisfy { $0.uncheckedReferences.isEmpty })
    #expect(imported.leads.count == leads)
  }

  @Test("the large set imports the same way, with rows in every table")
  func importsLarge() {
    #expect(sample.imported.quarantined == [])
    #expect(sample.imported.report.dangling == 0)
    #expect(sample.imported.report.tables.allSatisfy { $0.rowsRead > 0 })
    #expect(sample.imported.leads.count == 2000)
    #expect((10_000...20_000).contains(sample.imported.interactions.count))
    #expect(sample.imported.leads.allSatisfy { $0.attributes.isEmpty })
    #expect(sample.imported.leads.contains { $0.message?.contains("\n") == true })
    #expect(sample.imported.leads.contains { $0.message?.contains("\"") == true })
  }

  @Test("leads.csv alone imports to the same leads as a lead file")
  func asLeadFile() {
    let alone = Imported.leadFile(sample.files["leads.csv"] ?? [])
    #expect(alone.quarantined == [])
    #expect(alone.leads == sample.imported.leads)
  }

  @Test("about one lead in eight converts, as the file says and the truth knows")
  func baseRate() {
    let rate = Double(sample.converted.count) / 2000
    #expect((0.095...0.145).contains(rate), "\(rate)")
    for (lead, truth) in zip(sample.imported.leads, sample.truths) {
      #expect(sample.converted.contains(lead.id) == truth.hasConverted)
      #expect((lead.status == .converted) == truth.hasConverted)
    }
  }

  @Test("the truth separates the converted from the others, the score less so")
  func separation() {
    let truth = sample.areaUnderCurve { $1.logOdds }
    let arrival = sample.areaUnderCurve { $1.arrivalLogOdds }
    let score = sample.areaUnderCurve { lead, _ in lead.score ?? 0 }
    #expect(truth > 0.75, "\(truth)")
    #expect(arrival > 0.68 && arrival < truth, "\(arrival)")
    #expect(score > 0.62 && score < arrival, "\(score)")
  }

  @Test("the truth is calibrated: what it expects to convert does, but for the latest leads")
  func calibration() {
    let early = zip(sample.imported.leads, sample.truths)
      .filter { SampleHarness.now - $0.0.createdAt > .days(60) }
    let expected = early.reduce(0) { $0 + 1 / (1 + PortableReference.exp(-$1.1.logOdds)) }
    let observed = Double(early.count { $0.1.hasConverted })
    #expect(abs(observed - expected) < 3.5 * expected.squareRoot(), "\(observed) of \(expected)")
  }

  @Test("each planted effect shows in its direction")
  func directions() {
    #expect(sample.rate { lead, _ in lead.source == "Referral" } > 0.17)
    #expect(sample.rate { lead, _ in lead.source == "Outbound" } < 0.08)
    let deciders = sample.rate { lead, _ in lead.persona == "CMO" || lead.persona == "Founder" }
    let others = sample.rate { lead, _ in
      lead.persona == "Engineer" || lead.persona == "Procurement"
    }
    #expect(deciders > 1.3 * others)
    let middle = sample.rate { lead, _ in
      lead.account.companySize == "51-200" || lead.account.companySize == "201-1000"
    }
    #expect(middle > 1.3 * sample.rate { lead, _ in lead.account.companySize == "1-10" })
    let asking = sample.rate { $1.intent == "demo" || $1.intent == "pricing" }
    #expect(asking > 2.5 * sample.rate { $1.intent == "research" || $1.intent == "vendor" })
    #expect(asking > 1.5 * sample.rate { $1.intent == "general" || $1.intent == "none" })
  }

  @Test("the documentation states the numbers that the data are drawn with")
  func documentation() {
    for words in [
      "| Referral | 10 % | 1.10 |", "| EU, FinTech | 0.80 |", "| demo | 14 % | 1.00 |",
      "| up to 5 minutes | 18 % | 0.70 |", "Insightful 1.35", "r = 2, α = 60 days",
      "2 % of the leads repeat",
    ] { #expect(SampleDataset.documentation.contains(words), "\(words)") }
  }
}

/// A way to the exponential that shares nothing with the generator's own.
enum PortableReference {
  static func exp(_ x: Double) -> Double {
    // e^x = (e^(x/1024))^1024, the inner one by its series.
    let step = x / 1024
    var value = 1 + step * (1 + step / 2 * (1 + step / 3 * (1 + step / 4)))
    for _ in 0..<10 { value *= value }
    return value
  }
}
