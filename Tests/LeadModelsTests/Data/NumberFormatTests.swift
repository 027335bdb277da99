import Testing

@testable import LeadModels

@Suite struct NumberFormatTests {
  @Test(arguments: [
    ("0", 0.0), ("12", 12), ("-7", -7), ("+7", 7), ("1234.5", 1234.5), (".5", 0.5), ("5.", 5),
    ("1e3", 1000), ("-2.5E-2", -0.025), ("1,234", 1234), ("1,234,567.89", 1_234_567.89),
    ("1,00,000", 100_000), ("12,34,56,789", 123_456_789), ("$1,200", 1200), ("-$1,200", -1200),
    ("$-5", -5), ("($1,200.50)", -1200.5), ("45 %", 45), ("45%", 45), ("£ 12", 12),
    ("12 USD", 12), ("EUR 1,250.00", 1250), ("Rs. 500", 500), ("1'234", 1234),
    ("1\u{A0}234", 1234), ("\u{2212}3", -3),
  ]) func readsPoints(text: String, number: Double) {
    #expect(NumberFormat.point.number(text) == number)
  }

  @Test(arguments: [
    ("1234,5", 1234.5), ("1.234,5", 1234.5), ("1.234", 1234), ("0,123", 0.123), ("-0,5", -0.5),
    ("1 200 €", 1200), ("1 234 567,8", 1_234_567.8), ("1.234.567", 1_234_567), ("12 %", 12),
    ("€ 5", 5), ("500 kr", 500), ("1\u{202F}234,50 €", 1234.5), ("12", 12),
  ]) func readsCommas(text: String, number: Double) {
    #expect(NumberFormat.comma.number(text) == number)
  }

  @Test(arguments: [
    "", " ", "-", "+", "%", "$", ".", ",", "abc", "1a", "12 apples", "1,5", "1,23", "1,2345",
    "0,123", "12,345,6", "1234,567", "1,234 567", "1.2.3", "1..2", "--1", "+-1", "5%5", "$$5",
    "€5$", "5-", "1-2", "10-20", ">100", "100+", "1/2", "10:30", "2024-01-15", "15/01/2024", "nan",
    "inf", "infinity", "0x10", "1e999", "020 7946 0018", "0800 123 456", "2024 123", "٣", "१२",
    "(5", "5)", "(-5)", "1,,234", "1e", "e5", "1 2", "192.168.1.1",
  ]) func refusesWhatIsNoNumberWithPoints(text: String) {
    #expect(NumberFormat.point.number(text) == nil)
  }

  @Test(arguments: [
    "1.5", "1.23", "1,234,567", "0.123", "1.234.56", "1,2,3", "12.345.6", "1.234 567", "1e3,5e",
    "15.01.2024", "1,5,", "a,5", "..", "€", "020 7946 0018",
  ]) func refusesWhatIsNoNumberWithCommas(text: String) {
    #expect(NumberFormat.comma.number(text) == nil)
  }

  @Test func plainNumbersWithPointsAreNeverReadAsGroupsOfThree() {
    #expect(NumberFormat.point.number("1.234") == 1.234)
    #expect(NumberFormat.comma.number("1.234") == 1234)
    #expect(NumberFormat.isAmbiguous("1.234"))
    #expect(!NumberFormat.isAmbiguous("12"))
    #expect(!NumberFormat.isAmbiguous("1,5"))
  }
}
