import Marketing
import Testing

/// Records for tests.
enum SampleRecord {
  static let first = CalendarDay(rawValue: 20_000)

  static func row(
    _ day: Int, _ channel: String?, _ variant: String?, _ segment: String?,
    _ figures: CampaignFigures
  ) -> CampaignMetric {
    CampaignMetric(
      CampaignMetric.Key(
        campaignID: SampleOptimization.campaignID, day: first + day, channel: channel,
        variant: variant, segment: segment),
      figures, currency: figures.spend == nil ? nil : "USD")
  }

  static func row(_ day: Int, _ figures: CampaignFigures) -> CampaignMetric {
    row(day, nil, nil, nil, figures)
  }

  static func row(_ day: Int, _ channel: String, _ figures: CampaignFigures) -> CampaignMetric {
    row(day, channel, nil, nil, figures)
  }

  static func row(
    _ day: Int, _ channel: String, _ variant: String, _ figures: CampaignFigures
  ) -> CampaignMetric {
    row(day, channel, variant, nil, figures)
  }

  static func shown(_ impressions: Int) -> CampaignFigures {
    CampaignFigures(impressions: impressions)
  }

  static func series(
    _ reported: [CampaignMetric], counted: [CampaignMetric] = []
  ) -> CampaignSeries {
    CampaignSeries(
      CampaignRecord(
        campaign: Campaign(id: SampleOptimization.campaignID, name: "Ember"), currency: "USD",
        reported: reported, counted: counted))
  }
}

@Suite("days of a campaign")
struct CampaignSeriesTests {
  @Test("campaigns are added up over the days that are known of all")
  func together() throws {
    func series(_ days: [Int], currency: String? = "USD") -> CampaignSeries {
      CampaignSeries(
        campaign: Campaign(id: CampaignID(rawValue: "C\(days.count)"), name: "C"),
        currency: currency,
        days: days.map { day in
          CampaignSeries.Day(
            day: CalendarDay(rawValue: day),
            figures: CampaignFigures(impressions: 10 * day, clicks: day, spend: 2))
        })
    }
    let sum = try #require(CampaignSeries(together: [series([1, 2, 3]), series([2, 3, 5, 6])]))
    #expect(sum.campaign.id == "C3" && sum.currency == "USD")
    #expect(sum.days.map(\.day.rawValue) == [2, 3])
    #expect(sum.days.map(\.figures.clicks) == [4, 6] && sum.days.map(\.figures.spend) == [4, 4])
    #expect(CampaignSeries(together: [series([1]), series([1], currency: "EUR")]) == nil)
    #expect(CampaignSeries(together: []) == nil)
    // One without money yet is in none.
    #expect(
      CampaignSeries(together: [series([1], currency: nil), series([1])])?.currency == "USD")
  }

  typealias Sample = SampleRecord

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var reported: [CampaignMetric]
    var counted: [CampaignMetric] = []
    var impressions: Int
    var channels: [String: Int] = [:]
  }

  private static func row(
    _ channel: String?, _ variant: String?, _ segment: String?, _ impressions: Int
  ) -> CampaignMetric {
    SampleRecord.row(0, channel, variant, segment, SampleRecord.shown(impressions))
  }

  static let cases = [
    Case(
      testDescription: "the total stands above its parts and what was counted",
      reported: [
        row(nil, nil, nil, 100), row("search", nil, nil, 30), row("social", nil, nil, 20),
      ],
      counted: [row("email", nil, nil, 7), row(nil, nil, nil, 3)], impressions: 100,
      channels: ["search": 30, "social": 20]),
    Case(
      testDescription: "channels are added up",
      reported: [
        row("search", nil, nil, 30), row("search", "A", nil, 9), row("social", nil, nil, 20),
      ],
      impressions: 50, channels: ["search": 30, "social": 20]),
    Case(
      testDescription: "a channel without a row of its own is its variants",
      reported: [
        row("search", nil, "young", 5), row("search", "A", nil, 9), row("search", "A", "young", 4),
        row("search", "B", nil, 8),
      ], impressions: 17, channels: ["search": 17]),
    Case(
      testDescription: "else its segments",
      reported: [row("search", nil, "old", 5), row("search", nil, "young", 6)], impressions: 11,
      channels: ["search": 11]),
    Case(
      testDescription: "a variant is its segments where nothing else is said",
      reported: [row("search", "A", "old", 5), row("search", "A", "young", 6)], impressions: 11,
      channels: ["search": 11]),
    Case(
      testDescription: "variants over all channels are a channel that nobody names",
      reported: [row(nil, "A", nil, 5), row(nil, "B", nil, 6)], impressions: 11,
      channels: ["": 11]),
    Case(
      testDescription: "they are parts of the same whole where channels are reported",
      reported: [row(nil, nil, "young", 5), row("search", nil, nil, 30)], impressions: 30,
      channels: ["search": 30]),
    Case(
      testDescription: "a channel that is not reported is counted",
      reported: [row("search", nil, nil, 30)],
      counted: [row("email", nil, nil, 2), row("email", "A", nil, 7), row("search", nil, nil, 5)],
      impressions: 39, channels: ["search": 30, "email": 9]),
    Case(
      testDescription: "rows out of order",
      reported: [row("b", nil, nil, 2), row("a", nil, nil, 1)],
      impressions: 3, channels: ["a": 1, "b": 2]),
  ]

  @Test("what a day comes to", arguments: cases)
  func day(_ example: Case) throws {
    let series = Sample.series(example.reported, counted: example.counted)
    #expect(series.days.map(\.figures.impressions) == [example.impressions])
    let channels = Dictionary(
      uniqueKeysWithValues: series.channels.map { ($0.name, $0.days[0].figures.impressions) })
    #expect(channels == example.channels)
  }

  @Test("leads that were counted without a channel count where no report names any")
  func countedLeads() {
    let counted = [
      Sample.row(0, CampaignFigures(leads: 4, conversions: 1, revenue: 50)),
      Sample.row(1, CampaignFigures(leads: 5)), Sample.row(2, CampaignFigures(leads: 6)),
    ]
    let series = Sample.series(
      [
        Sample.row(0, "search", CampaignFigures(impressions: 10, spend: 3)),
        Sample.row(1, "search", CampaignFigures(impressions: 10, leads: 2, spend: 3)),
        Sample.row(3, CampaignFigures(impressions: 10)),
      ], counted: counted)
    #expect(series.days.map(\.figures.leads) == [4, 2, 6, 0])
    #expect(series.days.map(\.figures.conversions) == [1, 0, 0, 0])
    #expect(series.days[0].figures.revenue == 50)
    #expect(series.days.map(\.isCounted) == [true, false, true, false])
  }

  @Test("variants and segments by their channels, over a window")
  func parts() throws {
    let series = Sample.series([
      Sample.row(0, "search", "A", CampaignFigures(impressions: 10, clicks: 1)),
      Sample.row(0, "search", "B", CampaignFigures(impressions: 20, clicks: 2)),
      Sample.row(0, "social", "A", CampaignFigures(impressions: 40, clicks: 4)),
      Sample.row(1, "search", "A", CampaignFigures(impressions: 80, clicks: 8)),
      Sample.row(1, "search", nil, "young", CampaignFigures(impressions: 5)),
    ])
    let window = CampaignWindow(first: Sample.first, last: Sample.first + 1)
    let sums = series.variants.map {
      "\($0.channel ?? "")/\($0.name) \($0.sums(over: window).all.clicks)"
    }
    #expect(sums == ["search/A 9", "search/B 2", "social/A 4"])
    #expect(series.segments.map(\.name) == ["young"])
    let second = CampaignWindow(days: 1, through: Sample.first + 1)
    #expect(series.variants[0].sums(over: second).all.clicks == 8)
    #expect(series.days(ofChannel: "search").count == 2)
    #expect(series.days(ofChannel: "none").isEmpty)
  }

  @Test("missing days are gaps, not zeros, and what is odd is noted")
  func coverage() throws {
    let series = Sample.series([
      Sample.row(0, CampaignFigures(impressions: 10, spend: 1)),
      Sample.row(3, CampaignFigures(impressions: 1, clicks: 2)),
      Sample.row(4, CampaignFigures(impressions: 10, spend: 1)),
    ])
    let coverage = series.coverage(of: try #require(series.window))
    #expect(coverage.daysWithFigures == 3)
    #expect(coverage.missingDays == 2)
    #expect(coverage.gaps == [CampaignWindow(first: Sample.first + 1, last: Sample.first + 2)])
    #expect(coverage.daysWithoutCost == 1)
    #expect(coverage.daysWithMoreClicks == [Sample.first + 3])
    #expect(coverage.notes.count == 3)
    let sums = series.sums(over: try #require(series.window))
    #expect(sums.days == 3)
    #expect(sums.all.spend == 2)
    #expect(sums.costed.clicks == 0)
  }

  @Test("days after the last one that counts are left out")
  func until() {
    let record = CampaignRecord(
      campaign: Campaign(id: SampleOptimization.campaignID, name: "E"), currency: nil,
      reported: (0..<4).map { Sample.row($0, Sample.shown(1)) }, counted: [])
    #expect(CampaignSeries(record, until: Sample.first + 1).days.count == 2)
    #expect(CampaignSeries(record).days.count == 4)
  }
}
