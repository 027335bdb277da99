import Marketing
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01", 0),
    ("1970-01-01T00:00", 0),
    ("1970-01-01T00:00:00Z", 0),
    ("1970-01-01 00:00:01", 1000),
    ("1970-01-01t00:00:01z", 1000),
    ("1969-12-31T23:59:59Z", -1000),
    ("1969-12-31T23:59:59.999Z", -1),
    ("1970-01-01T00:00:00.5Z", 500),
    ("1970-01-01T00:00:00,25Z", 250),
    ("1970-01-01T00:00:00.0019999Z", 1),
    ("2025-07-15T11:13:15", 1_752_577_995_000),
    ("2025-07-15T13:13:15+02:00", 1_752_577_995_000),
    ("2025-07-15T13:13:15+0200", 1_752_577_995_000),
    ("2025-07-15T05:43:15-05:30", 1_752_577_995_000),
    ("2000-02-29", 951_782_400_000),
    ("2024-02-29T12:00:00Z", 1_709_208_000_000),
    ("2024-12-31T23:59:59Z", 1_735_689_599_000),
    ("1900-03-01", -2_203_891_200_000),
    ("0000-01-01T00:00:00Z", -62_167_219_200_000),
    ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
  ])
  func reads(text: String, milliseconds: Int64) {
    #expect(Timestamp(iso8601: text) == Timestamp(milliseconds: milliseconds))
  }

  @Test(arguments: [
    "", "2025", "2025-07", "20250715", "2025-7-15", "2025-07-15T", "2025-07-15T11",
    "2025-07-15T1:13:15", "2025-07-15T11:13:15.", "2025-07-15T11:13:15Zz", "2025-07-15T11:13:15 Z",
    "2025-07-15X11:13:15", "2025-07-15T11:13:15+2", "2025-07-15T11:13:15+24:00",
    "2025-07-15T11:13:15+02:60", "2025-07-15T24:00:00Z", "2025-07-15T11:60:00Z",
    "2025-07-15T11:13:60Z", "2025-00-15", "2025-13-15", "2025-07-00", "2025-07-32", "2025-04-31",
    "2025-02-29", "1900-02-29", "2100-02-29", "+2025-07-15", "-025-07-15", " 2025-07-15",
    "٢٠٢٥-07-15", "now",
    // In UTC these lie in the years -1 and 10000.
    "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
  ])
  func refuses(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"),
    (-1, "1969-12-31T23:59:59.999Z"),
    (1, "1970-01-01T00:00:00.001Z"),
    (951_782_400_000, "2000-02-29T00:00:00Z"),
    (1_752_577_995_020, "2025-07-15T11:13:15.020Z"),
    (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (Int64.max, "9999-12-31T23:59:59.999Z"),
    (Int64.min, "0000-01-01T00:00:00Z"),
  ])
  func writes(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
  }

  @Test func readsBackWhatItWrote() {
    var generator = SeededGenerator(seed: 20_250_715)
    for _ in 0..<20_000 {
      let moment = Timestamp(
        milliseconds: .random(
          in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
      #expect(Timestamp(iso8601: moment.iso8601) == moment)
    }
  }

  @Test func everyDayOfFourCenturiesFollowsTheOneBefore() {
    var previous: String?
    for day in 0..<146_097 {
      let text = Timestamp(milliseconds: Int64(day) * 86_400_000).iso8601
      if let previous { #expect(previous < text) }
      previous = text
    }
    #expect(previous == "2369-12-31T00:00:00Z")
  }

  @Test func addsAndSubtractsDurations() {
    let start = Timestamp(milliseconds: 1000)
    #expect(start + .milliseconds(500) == Timestamp(milliseconds: 1500))
    #expect(start + .seconds(-2) == Timestamp(milliseconds: -1000))
    #expect(start + .microseconds(1999) == Timestamp(milliseconds: 1001))
    #expect(start + .days(1) - start == .seconds(86_400))
    #expect(Duration.hours(36).days == 1.5)
    #expect(Duration.milliseconds(-1500).wholeMilliseconds == -1500)
    #expect(start < start + .milliseconds(1))
  }
}

extension Duration {
  fileprivate static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
}
