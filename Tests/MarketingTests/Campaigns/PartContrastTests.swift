import Marketing
import Testing

@Suite("contrasts of variants and segments")
struct PartContrastTests {
  private static let window = CampaignWindow(days: 28, through: SampleRecord.first + 27)

  /// Parts whose CTR of a day is drawn anew for each of them: 3 % with a standard deviation of a tenth of it,
  /// or as it is.
  private func parts(
    _ count: Int, days: Int = 28, varies: Bool, worse factor: Double = 1,
    using generator: inout SplitMix64
  ) -> [CampaignSeries.Part] {
    (0..<count).map { number in
      let mean = 0.03 * (number == 0 ? factor : 1)
      // A Beta distribution of such a mean and deviation.
      let size = (1 - mean) / (0.01 * mean) - 1
      let own = (0..<days).map { day in
        let rate =
          varies
          ? sampledBeta(mean * size, (1 - mean) * size, using: &generator) : mean
        let shown = sampledPoisson(day % 7 >= 5 ? 3500 : 5600, using: &generator)
        let clicks = sampledBinomial(trials: shown, rate: rate, using: &generator)
        return CampaignSeries.Day(
          day: SampleRecord.first + day,
          figures: CampaignFigures(impressions: shown, clicks: clicks))
      }
      return CampaignSeries.Part(channel: "social", name: "V\(number)", days: own)
    }
  }

  @Test(
    "days that vary beyond chance raise no more false differences than they may",
    arguments: [2, 4])
  func overDispersion(_ count: Int) {
    var generator = SplitMix64(state: 11)
    var (told, naive) = (0, 0)
    let runs = 400
    for _ in 0..<runs {
      let found = PartContrast.all(
        parts(count, varies: true, using: &generator), .ctr, over: Self.window)
      if found.contains(where: { $0.p < 0.05 }) { told += 1 }
      // What it would have been without.
      let plain = holmAdjusted(
        found.map { 2 * normalTail(above: abs($0.z) * $0.dispersion.squareRoot()) })
      if plain.contains(where: { $0 < 0.05 }) { naive += 1 }
    }
    #expect(told <= 28, "\(told) of \(runs) at a nominal 20")
    #expect(naive >= 48, "\(naive) of \(runs)")
  }

  @Test("a difference is still found, and chance alone is no scatter")
  func power() throws {
    var generator = SplitMix64(state: 12)
    let found = PartContrast.all(
      parts(3, varies: true, worse: 0.85, using: &generator), .ctr, over: Self.window)
    let worst = try #require(found.first)
    #expect(worst.name == "V0" && worst.p < 0.01)
    #expect(worst.isDispersionKnown)
    #expect((1.5...4).contains(worst.dispersion), "\(worst.dispersion)")
    let calm = PartContrast.all(parts(3, varies: false, using: &generator), .ctr, over: Self.window)
    #expect(calm.allSatisfy { $0.dispersion < 1.4 }, "\(calm.map(\.dispersion))")
  }

  @Test("a weekly pattern that all have in common and a steady difference are no scatter")
  func patterns() throws {
    let parts = ["A", "B"].map { name in
      let days = (0..<28).map { day in
        let clicks = (day % 7 >= 5 ? 200 : 400) * (name == "A" ? 2 : 3)
        return CampaignSeries.Day(
          day: SampleRecord.first + day,
          figures: CampaignFigures(impressions: 20_000, clicks: clicks))
      }
      return CampaignSeries.Part(channel: nil, name: name, days: days)
    }
    let found = PartContrast.all(parts, .ctr, over: Self.window)
    #expect(found.map(\.dispersion) == [1, 1])
    #expect(found.allSatisfy { $0.isDispersionKnown })
    #expect(found.first?.name == "A")
  }

  @Test("with less than a week or hardly any events nothing is said of the scatter")
  func tooFew() {
    var generator = SplitMix64(state: 13)
    let short = PartContrast.all(
      parts(2, days: 6, varies: true, using: &generator), .ctr, over: Self.window)
    #expect(short.count == 2)
    #expect(short.allSatisfy { !$0.isDispersionKnown && $0.dispersion == 1 })
    let rare = ["A", "B"].map { name in
      CampaignSeries.Part(
        channel: nil, name: name,
        days: (0..<28).map { day in
          CampaignSeries.Day(
            day: SampleRecord.first + day,
            figures: CampaignFigures(impressions: 1000, clicks: day % 4 == 0 ? 1 : 0))
        })
    }
    let few = PartContrast.all(rare, .ctr, over: Self.window)
    #expect(few.count == 2 && few.allSatisfy { !$0.isDispersionKnown })
  }

  @Test("conversions of days whose cost nobody says do not count for the money")
  func unknownCost() throws {
    let parts = ["A", "B"].map { name in
      CampaignSeries.Part(
        channel: nil, name: name,
        days: (0..<28).map { day in
          CampaignSeries.Day(
            day: SampleRecord.first + day,
            figures: CampaignFigures(
              clicks: 100, conversions: 5, spend: name == "A" && day % 2 == 0 ? nil : 50))
        })
    }
    let found = PartContrast.all(parts, .conversionsPerSpend, over: Self.window)
    #expect(found.map(\.rate) == [0.1, 0.1])
    #expect(found.map(\.z) == [0, 0])
  }
}
