/// A day of the calendar in UTC.
package struct CalendarDay: RawRepresentable, Sendable, Hashable, Comparable {
  /// Days since 1970-01-01.
  package let rawValue: Int

  /// The days that four digits of a year can write.
  private static let writable = -719_528...2_932_896

  /// A day that comes from our own stores or computations.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The day that a moment falls on in UTC.
  package init(_ moment: Timestamp) {
    let length: Int64 = 86_400_000
    let (quotient, rest) = moment.milliseconds.quotientAndRemainder(dividingBy: length)
    rawValue = Int(rest < 0 ? quotient - 1 : quotient)
  }

  /// A day from outside, as `2025-07-15`; a time of day behind it is cut.
  /// - Returns: `nil` for anything else and for days that do not exist.
  package init?(iso8601 text: some StringProtocol) {
    guard let moment = Timestamp(iso8601: text) else { return nil }
    self.init(moment)
  }

  /// The moment at which the day begins in UTC.
  package var start: Timestamp { Timestamp(milliseconds: Int64(rawValue) * 86_400_000) }

  /// The moment at which the day is over in UTC.
  package var end: Timestamp { (self + 1).start }

  /// As ISO 8601: `2025-07-15`. Days outside the years 0000 to 9999 are written as the nearest one within.
  package var iso8601: String {
    let day = min(max(rawValue, Self.writable.lowerBound), Self.writable.upperBound)
    return String(CalendarDay(rawValue: day).start.iso8601.prefix(10))
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// So many days later, earlier below 0.
  package static func + (left: Self, days: Int) -> Self { Self(rawValue: left.rawValue + days) }

  /// How many days lie between two days; below 0 when the right one is later.
  package static func - (left: Self, right: Self) -> Int { left.rawValue - right.rawValue }
}

extension CalendarDay: CustomStringConvertible {
  package var description: String { iso8601 }
}

extension CalendarDay: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let day = Self(iso8601: text), text.utf8.count == 10 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected an existing day such as 2025-07-15"))
    }
    self = day
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso8601)
  }
}
