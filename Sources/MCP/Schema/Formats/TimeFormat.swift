/// Dates and times of RFC 3339, section 5.6.
enum TimeFormat {
  static func isDateTime(_ bytes: ASCII.Bytes) -> Bool {
    guard bytes.count > 11, bytes[bytes.startIndex + 10] | 0x20 == UInt8(ascii: "t") else {
      return false
    }
    return isDate(bytes.prefix(10)) && isTime(bytes.dropFirst(11))
  }

  /// `full-date`, with the days that each month has.
  static func isDate(_ bytes: ASCII.Bytes) -> Bool {
    let start = bytes.startIndex
    guard bytes.count == 10, bytes[start + 4] == UInt8(ascii: "-"),
      bytes[start + 7] == UInt8(ascii: "-"),
      let year = ASCII.number(bytes.prefix(4)),
      let month = ASCII.number(bytes.dropFirst(5).prefix(2)),
      let day = ASCII.number(bytes.dropFirst(8)), (1...12).contains(month)
    else { return false }
    let isLeapYear = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
    let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  /// `full-time`: a leap second only where it is 23:59 UTC.
  static func isTime(_ bytes: ASCII.Bytes) -> Bool {
    guard bytes.count >= 9, let minutes = minutesOfDay(bytes.prefix(5)),
      bytes[bytes.startIndex + 5] == UInt8(ascii: ":"),
      let second = ASCII.number(bytes.dropFirst(6).prefix(2)), second <= 60
    else { return false }
    var rest = bytes.dropFirst(8)
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix(while: ASCII.isDigit)
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let offset = offsetMinutes(rest) else { return false }
    let day = 24 * 60
    return second < 60 || (minutes - offset + day) % day == day - 1
  }

  /// `Z` or `±hh:mm`.
  private static func offsetMinutes(_ bytes: ASCII.Bytes) -> Int? {
    guard let first = bytes.first else { return nil }
    if first | 0x20 == UInt8(ascii: "z") { return bytes.count == 1 ? 0 : nil }
    guard bytes.count == 6, let minutes = minutesOfDay(bytes.dropFirst()) else { return nil }
    switch first {
    case UInt8(ascii: "+"): return minutes
    case UInt8(ascii: "-"): return -minutes
    default: return nil
    }
  }

  /// `hh:mm`, below 24:00.
  private static func minutesOfDay(_ bytes: ASCII.Bytes) -> Int? {
    guard bytes.count == 5, bytes[bytes.startIndex + 2] == UInt8(ascii: ":"),
      let hour = ASCII.number(bytes.prefix(2)), let minute = ASCII.number(bytes.suffix(2)),
      hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}
