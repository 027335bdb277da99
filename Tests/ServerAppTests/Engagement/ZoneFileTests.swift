import JSONRPC
import Marketing
import ServedFiles
import ServerApp
import Testing

/// The tables that are built in, with the system's own rules of time zones.
@Suite struct ZoneFileTests {
  private static let now = Timestamp(milliseconds: 1_768_474_800_000)
  private static let table = Result {
    try ZoneTable(json: JSONParser().parse(ServedFile.zones.bytes))
  }
  private static let zones = SystemZones(now: { now })

  @Test func everyZoneOfTheTableHasRules() throws {
    let names = try Self.table.get().allZones
    #expect(names.count > 250)
    #expect(names.filter { Self.zones.rules($0) == nil }.sorted() == [])
  }

  /// Offsets in minutes east of UTC, in January and July.
  @Test(arguments: [
    ("Europe/Oslo", 60, 120), ("America/New_York", -300, -240), ("Asia/Kathmandu", 345, 345),
    ("America/St_Johns", -210, -150), ("Australia/Lord_Howe", 660, 630), ("UTC", 0, 0),
    ("Pacific/Kiritimati", 840, 840), ("Pacific/Pago_Pago", -660, -660), ("Asia/Almaty", 300, 300),
    ("Africa/Casablanca", 60, 60),
  ])
  func offsets(_ name: String, _ january: Int, _ july: Int) throws {
    let rules = try #require(Self.zones.rules(name))
    let july2026 = try #require(Timestamp(iso8601: "2026-07-15T12:00:00Z"))
    #expect(rules.offset(at: Self.now) == january * 60)
    #expect(rules.offset(at: july2026) == july * 60)
  }

  @Test func changesAreToTheSecond() throws {
    let rules = try #require(Self.zones.rules("America/St_Johns"))
    #expect(
      rules.nextTransition(after: Self.now) == Timestamp(iso8601: "2026-03-08T05:30:00Z"))
    #expect(Self.zones.rules("Europe/Atlantis") == nil)
  }

  struct Case: Sendable {
    let phone: String?
    let region: String?
    /// The only moments of 2026-01-15 in UTC between which a call is allowed; `nil` when nothing is known.
    let opens: String?
    let closes: String?
  }

  @Test(arguments: [
    Case(phone: "+47 22 33 44 55", region: nil, opens: "07:00", closes: "20:00"),
    Case(phone: "+977 1 4412345", region: nil, opens: "02:15", closes: "15:15"),
    // From Newfoundland's evening (-3:30) to Hawaii's morning (-10).
    Case(phone: "+1 212 555 0123", region: nil, opens: "18:00", closes: "00:30"),
    Case(phone: "+1 671 472 1234", region: nil, opens: "22:00", closes: "11:00"),
    // From Kaliningrad's morning (+2) to Kamchatka's evening (+12).
    Case(phone: "+7 495 123 4567", region: nil, opens: "06:00", closes: "09:00"),
    Case(phone: "+7 701 234 5678", region: nil, opens: "03:00", closes: "16:00"),
    // From the Cocos Islands' morning (+6:30) to Sydney's evening (+11).
    Case(phone: "+61 2 9876 5432", region: nil, opens: "01:30", closes: "10:00"),
    Case(phone: nil, region: "India", opens: "02:30", closes: "15:30"),
    // India, or from the morning in western Indiana (-6).
    Case(phone: nil, region: "IN", opens: "14:00", closes: "15:30"),
    // The country (+4), or the state (-5).
    Case(phone: "404 555 0123", region: "Georgia", opens: "13:00", closes: "17:00"),
    // Canada from the east (-3:30) to the west (-8), which is also California.
    Case(phone: nil, region: "CA", opens: "16:00", closes: "00:30"),
    Case(phone: nil, region: "texas", opens: "15:00", closes: "03:00"),
    Case(phone: nil, region: "DE", opens: "13:00", closes: "20:00"),
    // From the morning on the Azores (-1) to the evening in Finland (+2).
    Case(phone: "22334455", region: "eu", opens: "09:00", closes: "19:00"),
    Case(phone: "+800 1234 5678", region: "Atlantis", opens: nil, closes: nil),
    Case(phone: nil, region: nil, opens: nil, closes: nil),
  ])
  func windows(_ entry: Case) throws {
    var lead = Lead(id: LeadID(rawValue: "L1"), createdAt: Self.now)
    (lead.contact.phone, lead.region) = (entry.phone, entry.region)
    let zone = RecipientZone.of(lead, table: try Self.table.get(), rules: Self.zones.rules)
    #expect((zone == nil) == (entry.opens == nil))
    guard let zone, let opens = entry.opens, let closes = entry.closes else { return }
    let start = try #require(Timestamp(iso8601: "2026-01-15T00:00:00Z"))
    func minute(_ text: String) throws -> Int {
      let parts = text.split(separator: ":").compactMap { Int($0) }
      try #require(parts.count == 2)
      return parts[0] * 60 + parts[1]
    }
    let (first, last) = (try minute(opens), try minute(closes))
    for minute in 0..<1440 {
      let expected =
        first < last ? minute >= first && minute < last : minute >= first || minute < last
      let isAllowed = QuietHours().allows(start + .seconds(minute * 60), in: zone.zones)
      #expect(isAllowed == expected, "minute \(minute)")
      guard isAllowed == expected else { return }
    }
  }

  @Test func everyRegionOfTheTableHasHoursInCommon() throws {
    let table = try Self.table.get()
    for region in [
      "EU", "Europe", "US", "NA", "LATAM", "APAC", "MEA", "EMEA", "Africa", "DACH", "India",
    ] {
      let zones = table.zones(ofRegion: region).compactMap(Self.zones.rules)
      #expect(!zones.isEmpty, "\(region)")
      #expect(QuietHours().earliest(from: Self.now, in: zones) != nil, "\(region)")
    }
  }

  @Test func everyCategoryHasItsStrategy() throws {
    let strategies = try ServedFile.strategies.map {
      try EngagementStrategy(json: JSONParser().parse($0.bytes))
    }
    #expect(Set(strategies.map(\.category)) == Set(LeadCategory.allCases))
    #expect(strategies.map(\.category.rawValue) == ServedFile.strategies.map(\.name))
    let first = try #require(strategies.first { $0.category == .campaignQualified }?.steps.first)
    #expect(first.channels.first == .phone && first.timing == .atOnce && first.delay == .zero)
  }
}
