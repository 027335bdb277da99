/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z (leap seconds not counted).
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Milliseconds since the epoch; negative before it.
  package let milliseconds: Int64

  /// A moment from milliseconds since the epoch.
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment later by a duration (earlier by a negative one), in whole milliseconds.
  package static func + (left: Self, right: Duration) -> Self {
    Self(milliseconds: left.milliseconds + right.wholeMilliseconds)
  }

  /// The time from `right` to `left`.
  package static func - (left: Self, right: Self) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }
}

extension Duration {
  /// Whole milliseconds, rounded toward zero.
  package var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }

  /// The duration in days of 24 hours.
  package var days: Double { Double(wholeMilliseconds) / 86_400_000 }

  /// A number of days of 24 hours.
  package static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

extension Timestamp {
  /// Reads ISO 8601: `2025-07-15`, `2025-07-15T11:13:15`, with fraction of a second, `Z` or an offset
  /// `±hh:mm`; a space may stand for `T`. Without a zone the time is UTC. A fraction beyond
  /// milliseconds is cut.
  /// - Returns: `nil` for anything else, for days or times that do not exist, and for moments that in
  ///   UTC lie outside the years 0000 to 9999.
  package init?(iso8601 text: some StringProtocol) {
    var reader = DigitReader(bytes: Array(text.utf8))
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
      reader.take("-"), let day = reader.number(2),
      (1...12).contains(month), day >= 1, day <= Self.daysIn(month: month, year: year)
    else { return nil }
    var milliseconds = Self.daysFromEpoch(year: year, month: month, day: day) * 86_400_000
    if !reader.isAtEnd {
      guard reader.take("T") || reader.take("t") || reader.take(" "),
        let hour = reader.number(2), hour < 24, reader.take(":"),
        let minute = reader.number(2), minute < 60
      else { return nil }
      milliseconds += (hour * 60 + minute) * 60_000
      if reader.take(":") {
        guard let second = reader.number(2), second < 60 else { return nil }
        milliseconds += second * 1000
        if reader.take(".") || reader.take(",") {
          guard let fraction = reader.fraction() else { return nil }
          milliseconds += fraction
        }
      }
      guard let offset = reader.zone() else { return nil }
      milliseconds -= offset * 60_000
    }
    guard reader.isAtEnd, Self.writable.contains(Int64(milliseconds)) else { return nil }
    self.init(milliseconds: Int64(milliseconds))
  }

  /// The years 0000 to 9999 in UTC, which four digits can write.
  private static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// ISO 8601 in UTC to the second, with milliseconds only when there are any: `2025-07-15T11:13:15Z`.
  /// Moments outside the years 0000 to 9999 are written as the nearest one within.
  package var iso8601: String {
    let writable = min(Self.writable.upperBound, max(Self.writable.lowerBound, milliseconds))
    let (days, rest) = writable.quotientAndRemainderFlooring(by: 86_400_000)
    let (year, month, day) = Self.civil(daysFromEpoch: Int(days))
    let seconds = Int(rest) / 1000
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func put(_ number: Int, _ width: Int) {
      var scale = 1
      for _ in 1..<width { scale *= 10 }
      while scale > 0 {
        text.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
        scale /= 10
      }
    }
    put(year, 4)
    text.append(UInt8(ascii: "-"))
    put(month, 2)
    text.append(UInt8(ascii: "-"))
    put(day, 2)
    text.append(UInt8(ascii: "T"))
    put(seconds / 3600, 2)
    text.append(UInt8(ascii: ":"))
    put(seconds / 60 % 60, 2)
    text.append(UInt8(ascii: ":"))
    put(seconds % 60, 2)
    if rest % 1000 != 0 {
      text.append(UInt8(ascii: "."))
      put(Int(rest % 1000), 3)
    }
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  private static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level
  /// Date Algorithms", 2013).
  private static func daysFromEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse of `daysFromEpoch`, from the same source.
  private static func civil(daysFromEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension Int64 {
  fileprivate func quotientAndRemainderFlooring(by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Reads fixed-width decimal fields.
private struct DigitReader {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { at == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  mutating func number(_ width: Int) -> Int? {
    guard at + width <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[at..<at + width] {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    at += width
    return value
  }

  /// Milliseconds from the digits behind the point.
  mutating func fraction() -> Int? {
    var value = 0
    var scale = 100
    let start = at
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 {
      value += Int(bytes[at] - UInt8(ascii: "0")) * scale
      scale /= 10
      at += 1
    }
    return at > start ? value : nil
  }

  /// Minutes east of UTC; 0 where no zone is written.
  mutating func zone() -> Int? {
    if isAtEnd || take("Z") || take("z") { return 0 }
    let sign: Int
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
    guard let hours = number(2), hours < 24 else { return nil }
    _ = take(":")
    guard let minutes = number(2), minutes < 60 else { return nil }
    return sign * (hours * 60 + minutes)
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let moment = Timestamp(iso8601: text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected a date and time such as 2025-07-15T11:13:15Z"))
    }
    self = moment
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso8601)
  }
}
