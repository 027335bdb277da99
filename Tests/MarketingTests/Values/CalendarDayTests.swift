import JSONRPC
import Marketing
import Testing

@Suite struct CalendarDayTests {
  @Test(arguments: [
    ("1970-01-01", 0), ("2025-07-15", 20_284), ("2024-02-29", 19_782), ("1969-12-31", -1),
    ("0000-01-01", -719_528), ("9999-12-31", 2_932_896),
  ])
  func daysAreCountedFrom1970(text: String, number: Int) throws {
    let day = try #require(CalendarDay(iso8601: text))
    #expect(day.rawValue == number && day.iso8601 == text)
    #expect(CalendarDay(day.start) == day && CalendarDay(day.end) == day + 1)
    #expect(CalendarDay(Timestamp(milliseconds: day.end.milliseconds - 1)) == day)
    #expect((day + 40) - day == 40 && day < day + 1)
  }

  @Test(arguments: ["2025-02-30", "2025-7-15", "15.07.2025", "", "2025-07"])
  func whatIsNoDayIsRefused(text: String) { #expect(CalendarDay(iso8601: text) == nil) }

  @Test func itIsATextInJSON() throws {
    let json: JSONValue = ["2025-07-15"]
    let days = try JSONValueDecoder().decode([CalendarDay].self, from: json)
    #expect(try JSONValueEncoder().encode(days) == json)
    #expect(throws: DecodingError.self) {
      try JSONValueDecoder().decode([CalendarDay].self, from: ["2025-07-15T12:00:00Z"])
    }
  }
}
