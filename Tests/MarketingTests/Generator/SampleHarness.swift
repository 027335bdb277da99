import Marketing

/// One generated data set with what was imported from it, made once for all tests.
struct SampleHarness {
  static let now = Timestamp(milliseconds: 1_756_684_800_000)
  static let shared = SampleHarness(seed: 7, leads: 2000)

  let files: [String: [UInt8]]
  let imported: Imported
  let dataset: SampleDataset
  let truths: [SampleDataset.Truth]
  /// Leads with a conversion in the file.
  let converted: Set<LeadID>

  init(seed: UInt64, leads: Int) {
    let files = Self.files(seed: seed, leads: leads)
    self.files = files
    self.imported = Imported.tables(
      DatasetTable.importOrder.map { ($0, files[$0.fileName] ?? []) }, chunk: 65536)
    let dataset = SampleDataset(seed: seed, leads: leads, now: Self.now)
    self.dataset = dataset
    self.truths = (1...leads).map { dataset.truth(ofLead: $0) }
    self.converted = Set(imported.outcomes.map(\.leadID))
  }

  static func files(seed: UInt64, leads: Int) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    SampleDataset.generate(seed: seed, leads: leads, now: now) { name, bytes in
      files[name, default: []] += bytes
    }
    return files
  }

  /// The share of leads that converted, among those that match.
  func rate(_ matches: (Lead, SampleDataset.Truth) -> Bool) -> Double {
    let group = zip(imported.leads, truths).filter { matches($0, $1) }
    return Double(group.count { converted.contains($0.0.id) }) / Double(max(1, group.count))
  }

  /// The chance that a converted lead has a higher value than another (Mann–Whitney).
  func areaUnderCurve(_ value: (Lead, SampleDataset.Truth) -> Double) -> Double {
    let sorted = zip(imported.leads, truths)
      .map { (value: value($0, $1), won: converted.contains($0.id)) }
      .sorted { $0.value < $1.value }
    var rankSum = 0.0
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].value == sorted[start].value { end += 1 }
      let rank = Double(start + 1 + end) / 2
      rankSum += rank * Double(sorted[start..<end].count { $0.won })
      start = end
    }
    let won = Double(sorted.count { $0.won })
    return (rankSum - won * (won + 1) / 2) / (won * (Double(sorted.count) - won))
  }

  /// FNV-1a over the bytes, to compare files between machines.
  static func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
