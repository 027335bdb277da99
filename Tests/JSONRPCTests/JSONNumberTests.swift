import JSONRPC
import Testing

@Suite struct JSONNumberTests {
  /// Spellings that must come out of parser and writer as they went in.
  @Test(arguments: [
    "0", "-0", "1.0", "-1.50", "0.1", "1e400", "1E+2", "-2e-3", "9007199254740993",
    "-9223372036854775808", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "18446744073709551616", "123456789012345678901234567890.125",
    "1e99999999999", "0e1", "0.10000000000000000555",
  ])
  func keepsItsSpelling(spelling: String) throws {
    let value = try JSONParser().parse(spelling)
    #expect(JSONWriter.text(of: value) == spelling)
    #expect(
      JSONWriter.text(of: try JSONParser().parse("[\(spelling),\(spelling)]"))
        == "[\(spelling),\(spelling)]")
  }

  struct Reading: Sendable {
    let spelling: String
    let integer: Int64?
    let unsigned: UInt64?
    let isWhole: Bool

    init(_ spelling: String, _ integer: Int64?, _ unsigned: UInt64?, isWhole: Bool) {
      self.spelling = spelling
      self.integer = integer
      self.unsigned = unsigned
      self.isWhole = isWhole
    }
  }

  private static let readings: [Reading] = [
    Reading("-0", 0, 0, isWhole: true), Reading("1.0", 1, 1, isWhole: true),
    Reading("-1.0", -1, nil, isWhole: true), Reading("2e3", 2000, 2000, isWhole: true),
    Reading("25e-1", nil, nil, isWhole: false), Reading("250e-1", 25, 25, isWhole: true),
    Reading("1.5", nil, nil, isWhole: false), Reading("0.0", 0, 0, isWhole: true),
    Reading("0e99999999999", 0, 0, isWhole: true),
    Reading("1e99999999999", nil, nil, isWhole: false),
    Reading("9223372036854775808", nil, 1 << 63, isWhole: true),
    Reading("9223372036854775807.0", .max, UInt64(Int64.max), isWhole: true),
    Reading("-9223372036854775808.0", .min, nil, isWhole: true),
    Reading("18446744073709551615", nil, .max, isWhole: true),
    Reading("18446744073709551616", nil, nil, isWhole: true),
    Reading("1e19", nil, 10_000_000_000_000_000_000, isWhole: true),
    Reading("1e400", nil, nil, isWhole: true), Reading("1e-400", nil, nil, isWhole: false),
    Reading("9007199254740993.0", 9_007_199_254_740_993, 9_007_199_254_740_993, isWhole: true),
  ]

  @Test(arguments: readings)
  func readsIntegersExactly(_ reading: Reading) throws {
    guard case .number(let number) = try JSONParser().parse(reading.spelling) else {
      Issue.record("\(reading.spelling) was not kept by its spelling")
      return
    }
    #expect(number.exactInteger == reading.integer)
    #expect(number.exactUnsigned == reading.unsigned)
    #expect(number.isWhole == reading.isWhole)
    #expect(JSONValue.number(number).typeName == (reading.isWhole ? "integer" : "number"))
  }

  @Test(arguments: [
    ("0.1", 0.1), ("1e400", .infinity), ("-1e400", -.infinity), ("-0", -0.0),
    ("5e-324", .leastNonzeroMagnitude),
    ("9007199254740993.0", 9_007_199_254_740_992),
  ])
  func readsTheNearestDouble(spelling: String, double: Double) throws {
    let value = try #require(try JSONParser().parse(spelling).doubleValue)
    #expect(value.bitPattern == double.bitPattern)
  }

  @Test func spellsDoublesSoThatTheyReadBack() throws {
    var random = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      let double = Double(bitPattern: random.next())
      guard double.isFinite else {
        #expect(JSONNumber(double) == nil)
        #expect(JSONValue(double) == .null)
        continue
      }
      let spelling = try #require(JSONNumber(double)).spelling
      let back = try #require(try JSONParser().parse(spelling).doubleValue)
      #expect(back.bitPattern == double.bitPattern, "\(spelling)")
    }
  }

  @Test func takesIntegersApartAsTheirSpelling() throws {
    var random = SplitMix64(seed: 11)
    let chosen: [Int64] = [0, 1, -1, 10, -100, 120, .max, .min, 1_000_000_000_000_000_000]
    let drawn = (0..<500).map { _ in
      Int64(bitPattern: random.next()) >> Int64.random(in: 0..<63, using: &random)
    }
    for integer in chosen + drawn {
      #expect(DecimalDigits(integer) == DecimalDigits(String(integer)))
    }
  }

  @Test func comparesBySpelling() throws {
    #expect(try JSONParser().parse("1.0") != JSONParser().parse("1.00"))
    #expect(try JSONParser().parse("1.0") == JSONParser().parse(" 1.0 "))
    #expect(DecimalDigits("1.0") == DecimalDigits("100e-2"))
    #expect(DecimalDigits("1.0") != DecimalDigits("-1.0"))
    #expect(DecimalDigits("-0.0") == DecimalDigits("0"))
  }

  @Test func holdsIntegersOfAnyWidth() {
    #expect(JSONValue(UInt8.max) == .integer(255))
    #expect(JSONValue(Int64.min) == .integer(.min))
    #expect(JSONWriter.text(of: JSONValue(UInt64.max)) == "18446744073709551615")
    #expect(
      JSONWriter.text(of: JSONValue(Int128.min)) == "-170141183460469231731687303715884105728")
  }
}
