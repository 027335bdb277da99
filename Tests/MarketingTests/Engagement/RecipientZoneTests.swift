import JSONRPC
import Marketing
import Testing

@Suite struct RecipientZoneTests {
  static let file: JSONValue = [
    "version": "test-1", "about": "A few countries.",
    "countries": [
      [
        "code": "US", "name": "United States", "dialling": ["1"],
        "zones": ["America/New_York", "Pacific/Honolulu"],
      ],
      ["code": "CA", "name": "Canada", "dialling": ["1"], "zones": ["America/St_Johns"]],
      [
        "code": "AS", "name": "Samoa (American)", "dialling": ["1684"],
        "zones": ["Pacific/Pago_Pago"],
      ],
      [
        "code": "RU", "name": "Russia", "dialling": ["7"],
        "zones": ["Europe/Kaliningrad", "Asia/Kamchatka"],
      ],
      [
        "code": "AU", "name": "Australia", "dialling": ["61"],
        "zones": ["Australia/Sydney", "Australia/Perth"],
      ],
      ["code": "NO", "name": "Norway", "dialling": ["47"], "zones": ["Europe/Oslo"]],
      ["code": "XX", "name": "Nowhere", "dialling": ["99"], "zones": ["Europe/Nowhere"]],
    ],
    "regions": [
      ["names": ["NA", "North America"], "countries": ["US", "CA"]],
      ["names": ["EU"], "countries": ["NO"]],
    ],
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let about: String
    var zone: String?
    var phone: String?
    var region: String?
    let source: RecipientZone.Source?
    let zones: [SampleZone]
    var testDescription: String { about }
  }

  static let cases = [
    Case(
      about: "the lead says", zone: "Asia/Kathmandu", phone: "+47 22 33 44 55", region: "NA",
      source: .lead, zones: [.kathmandu]),
    Case(
      about: "a zone that is none", zone: "Europe/Atlantis", phone: "+47 22 33 44 55",
      source: .phone, zones: [.oslo]),
    Case(
      about: "what is no name of a zone", zone: "EST5EDT", region: "eu", source: .region,
      zones: [.oslo]),
    Case(
      about: "+1 is two countries", phone: "+1 212 555 0123", source: .phone,
      zones: [.newYork, .honolulu, .stJohns]),
    Case(
      about: "digits that tell a country apart", phone: "+1 684 622 1234", source: .phone,
      zones: [.pagoPago]),
    Case(
      about: "+7", phone: "0074951234567", region: "EU", source: .phone,
      zones: [.kaliningrad, .kamchatka]),
    Case(about: "+61", phone: "+61 2 9876 5432", source: .phone, zones: [.sydney, .perth]),
    Case(
      about: "a number without country", phone: "22 33 44 55", region: "north america",
      source: .region, zones: [.newYork, .honolulu, .stJohns]),
    Case(about: "a country by name", region: "Norway", source: .region, zones: [.oslo]),
    Case(about: "a country by code", region: "no", source: .region, zones: [.oslo]),
    Case(
      about: "a possible zone without rules", phone: "+99 1234567", region: "EU", source: .region,
      zones: [.oslo]),
    Case(
      about: "an unknown code and region", phone: "+88 1234567", region: "Mars", source: nil,
      zones: []),
    Case(about: "nothing", source: nil, zones: []),
  ]

  @Test(arguments: cases) func zone(_ entry: Case) throws {
    let table = try ZoneTable(json: Self.file)
    var lead = Lead(id: LeadID(rawValue: "L1"), createdAt: Timestamp(milliseconds: 0))
    (lead.contact.timeZone, lead.contact.phone) = (entry.zone, entry.phone)
    lead.region = entry.region
    let found = RecipientZone.of(lead, table: table, rules: SampleZone.named)
    #expect(found?.source == entry.source)
    #expect(found?.zones.map(\.name) ?? [] == entry.zones.map(\.rawValue))
  }

  static let broken: [(JSONValue, String)] = [
    ([], "/countries"),
    (
      [["code": "NO", "name": "Norway", "dialling": ["4x"], "zones": ["UTC"]]],
      "/countries/0/dialling"
    ),
    (
      [["code": "NO", "name": "Norway", "dialling": [], "zones": ["nowhere"]]], "/countries/0/zones"
    ),
    (
      [["code": "NO", "name": "Norway", "dialling": [], "zones": ["UTC"], "zone": "UTC"]],
      "/countries/0/zone"
    ),
  ]

  @Test(arguments: broken) func whatIsWrongIsNamed(_ countries: JSONValue, _ field: String) throws {
    var file = try #require(Self.file.objectValue)
    file["countries"] = countries
    let error = #expect(throws: InvalidZoneTable.self) { try ZoneTable(json: .object(file)) }
    #expect(error?.field == field || field == "/countries" && error?.field == "/regions")
  }
}
