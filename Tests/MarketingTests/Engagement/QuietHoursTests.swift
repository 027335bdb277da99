import Marketing
import Testing

@Suite struct QuietHoursTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let about: String
    var hours = QuietHours()
    let zones: [SampleZone]
    let from: String
    /// `nil` when there is none.
    let earliest: String?
    var testDescription: String { about }

    init(
      _ about: String, _ zones: SampleZone..., hours: QuietHours = QuietHours(), from: String,
      _ earliest: String?
    ) {
      self.about = about
      self.hours = hours
      self.zones = zones
      self.from = from
      self.earliest = earliest
    }
  }

  static let cases = [
    Case("a second before eight", .oslo, from: "2026-01-15T06:59:59Z", "2026-01-15T07:00:00Z"),
    Case("at eight", .oslo, from: "2026-01-15T07:00:00Z", "2026-01-15T07:00:00Z"),
    Case(
      "the last moment", .oslo, from: "2026-01-15T19:59:59.999Z", "2026-01-15T19:59:59.999Z"),
    Case("at nine in the evening", .oslo, from: "2026-01-15T20:00:00Z", "2026-01-16T07:00:00Z"),
    Case("at midnight", .oslo, from: "2026-01-15T23:00:00Z", "2026-01-16T07:00:00Z"),
    Case(
      "the night clocks go forward", .oslo, from: "2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z"),
    Case("the night clocks go back", .oslo, from: "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"),
    Case(
      "forward in America", .newYork, from: "2026-03-08T02:30:00Z", "2026-03-08T12:00:00Z"),
    Case("back in America", .newYork, from: "2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z"),
    Case(
      "back in the south, in April", .sydney, from: "2026-04-04T12:00:00Z", "2026-04-04T22:00:00Z"),
    Case("+5:45 opens", .kathmandu, from: "2026-01-15T02:14:59Z", "2026-01-15T02:15:00Z"),
    Case("+5:45 closes", .kathmandu, from: "2026-01-15T15:15:00Z", "2026-01-16T02:15:00Z"),
    Case("-3:30 opens", .stJohns, from: "2026-01-15T11:29:59Z", "2026-01-15T11:30:00Z"),
    Case("-3:30 closes", .stJohns, from: "2026-01-16T00:30:00Z", "2026-01-16T11:30:00Z"),
    Case(
      "-3:30 to -2:30 overnight", .stJohns, from: "2026-03-08T05:00:00Z", "2026-03-08T10:30:00Z"),
    Case(
      "tomorrow already", .kiritimati, from: "2026-01-14T17:59:59Z", "2026-01-14T18:00:00Z"),
    Case(
      "both sides of the date line", .kiritimati, .pagoPago, from: "2026-01-14T18:00:00Z",
      "2026-01-14T19:00:00Z"),
    Case(
      "eleven zones' edges", .kaliningrad, .kamchatka, from: "2026-01-15T12:00:00Z",
      "2026-01-16T06:00:00Z"),
    Case(
      "edges that are open", .kaliningrad, .kamchatka, from: "2026-01-15T08:59:00Z",
      "2026-01-15T08:59:00Z"),
    Case(
      "hours that never meet", .utc, .kamchatka,
      hours: QuietHours(opensAtMinute: 480, closesAtMinute: 600), from: "2026-01-15T12:00:00Z", nil),
    Case(
      "an opening within the gap", .oslo,
      hours: QuietHours(opensAtMinute: 150, closesAtMinute: 300), from: "2026-03-29T00:00:00Z",
      "2026-03-29T01:00:00Z"),
    Case(
      "an overlap opens again", .oslo, hours: QuietHours(opensAtMinute: 60, closesAtMinute: 150),
      from: "2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z"),
    Case(
      "and closes again", .oslo, hours: QuietHours(opensAtMinute: 60, closesAtMinute: 150),
      from: "2026-10-25T01:30:00Z", "2026-10-26T00:00:00Z"),
    Case(
      "a window over midnight", .utc, hours: QuietHours(opensAtMinute: 1200, closesAtMinute: 120),
      from: "2026-01-15T02:00:00Z", "2026-01-15T20:00:00Z"),
    Case(
      "within a window over midnight", .utc,
      hours: QuietHours(opensAtMinute: 1200, closesAtMinute: 120), from: "2026-01-15T01:59:59Z",
      "2026-01-15T01:59:59Z"),
    Case(
      "the whole day", .utc, hours: QuietHours(opensAtMinute: 0, closesAtMinute: 1440),
      from: "2026-01-15T01:59:59Z", "2026-01-15T01:59:59Z"),
    Case(
      "hours that close when they open", .utc,
      hours: QuietHours(opensAtMinute: 480, closesAtMinute: 480), from: "2026-01-15T01:59:59Z", nil),
    Case("before 1970", .kathmandu, from: "1969-12-31T20:00:00Z", "1970-01-01T02:15:00Z"),
  ]

  @Test(arguments: cases) func earliest(_ entry: Case) throws {
    let (from, zones) = (try moment(entry.from), entry.zones.map(\.rules))
    let expected = try entry.earliest.map(moment)
    let found = entry.hours.earliest(from: from, in: zones)
    #expect(found == expected, "\(found?.iso8601 ?? "none")")
    #expect(entry.hours.allows(from, in: zones) == (expected == from))
    if let expected {
      #expect(entry.hours.allows(expected, in: zones))
      if expected > from {
        #expect(!entry.hours.allows(expected + .milliseconds(-1), in: zones))
      }
    }
  }

  @Test func weekdaysAndHoursAreTheZones() throws {
    let monday = try moment("2026-01-12T00:00:00Z")
    #expect(SampleZone.utc.rules.localTime(at: monday).hourOfWeek == 0)
    #expect(SampleZone.honolulu.rules.localTime(at: monday).hourOfWeek == 6 * 24 + 14)
    #expect(SampleZone.kathmandu.rules.localTime(at: monday).hourOfWeek == 5)
    #expect(SampleZone.utc.rules.localTime(at: try moment("1969-12-31T23:30:00Z")).weekday == 2)
  }
}
