import Marketing
import Testing

@testable import LeadModels

@Suite struct DateFormatTests {
  @Test(arguments: [
    (DateFormat.yearFirst, "2024-01-15", "2024-01-15T00:00:00Z"),
    (.yearFirst, "2024-01-15T10:30:05Z", "2024-01-15T10:30:05Z"),
    (.yearFirst, "2024-01-15 10:30", "2024-01-15T10:30:00Z"),
    (.yearFirst, "2024-01-15T10:30:00+02:00", "2024-01-15T08:30:00Z"),
    (.yearFirst, "2024/1/5", "2024-01-05T00:00:00Z"),
    (.yearFirst, "2024.01.05 7:05", "2024-01-05T07:05:00Z"),
    (.yearFirst, "2024 Jan 5", "2024-01-05T00:00:00Z"),
    (.dayFirst, "15/01/2024", "2024-01-15T00:00:00Z"),
    (.dayFirst, "5.1.2024", "2024-01-05T00:00:00Z"),
    (.dayFirst, "15-01-24", "2024-01-15T00:00:00Z"),
    (.dayFirst, "15-01-70", "1970-01-15T00:00:00Z"),
    (.dayFirst, "15-01-69", "2069-01-15T00:00:00Z"),
    (.dayFirst, "15 January 2024", "2024-01-15T00:00:00Z"),
    (.dayFirst, "1st Feb 2024", "2024-02-01T00:00:00Z"),
    (.dayFirst, "15-Jan-2024 23:59:59", "2024-01-15T23:59:59Z"),
    (.dayFirst, "Mon, 15 Jan 2024 10:00 GMT", "2024-01-15T10:00:00Z"),
    (.dayFirst, "29/02/2024", "2024-02-29T00:00:00Z"),
    (.dayFirst, "4 Sept 2024", "2024-09-04T00:00:00Z"),
    (.monthFirst, "1/15/2024", "2024-01-15T00:00:00Z"),
    (.monthFirst, "01/15/24 3:05 PM", "2024-01-15T15:05:00Z"),
    (.monthFirst, "1/15/2024 12:00:00 AM", "2024-01-15T00:00:00Z"),
    (.monthFirst, "January 15, 2024", "2024-01-15T00:00:00Z"),
    (.monthFirst, "Monday, January 15, 2024", "2024-01-15T00:00:00Z"),
    (.monthFirst, "Jan 15 2024 10:30", "2024-01-15T10:30:00Z"),
  ]) func reads(format: DateFormat, text: String, moment: String) {
    #expect(format.moment(text)?.iso8601 == moment)
  }

  @Test(arguments: [
    (DateFormat.yearFirst, "15/01/24"), (.yearFirst, "05/03/24"), (.yearFirst, "2024-13-01"),
    (.yearFirst, "2024-02-30"), (.yearFirst, "2023-02-29"), (.yearFirst, "20240115"),
    (.yearFirst, "2024"), (.yearFirst, "2024-01"), (.yearFirst, ""), (.yearFirst, "hello"),
    (.dayFirst, "2024-01-15"), (.dayFirst, "1/15/2024"), (.dayFirst, "31/04/2024"),
    (.dayFirst, "01:05:12"), (.dayFirst, "10:11:12"), (.dayFirst, "10.1.12.5"),
    (.dayFirst, "1.2.3"), (.dayFirst, "1/2/345"), (.dayFirst, "12/05/2024 25:00"),
    (.dayFirst, "12/05/2024 10:61"), (.dayFirst, "12/05/2024 13:00 PM"),
    (.dayFirst, "12/05/2024 noon"), (.dayFirst, "5 marketing 2024"), (.dayFirst, "+4722334455"),
    (.dayFirst, "020 7946 0018"), (.dayFirst, "12.5"), (.dayFirst, "0/1/2024"),
    (.monthFirst, "15/01/2024"), (.monthFirst, "Smarch 5, 2024"), (.monthFirst, "5 Jan"),
    (.monthFirst, "01/15/2024 and more words that make this far too long for a date"),
  ]) func refuses(format: DateFormat, text: String) {
    #expect(format.moment(text) == nil)
  }
}
