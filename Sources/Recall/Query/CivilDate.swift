import Marketing

/// A day of the proleptic Gregorian calendar, in UTC.
struct CivilDate: Hashable, Sendable {
  private static let dayLength: Int64 = 86_400_000

  /// Days since 1970-01-01.
  var day: Int

  /// The day of a moment.
  init(of moment: Timestamp) {
    let milliseconds = moment.milliseconds
    let days = milliseconds / Self.dayLength
    day = Int(milliseconds % Self.dayLength < 0 ? days - 1 : days)
  }

  /// A day by its number.
  init(day: Int) { self.day = day }

  /// A date; months beyond a year's count into the next or former ones, days beyond a month's likewise.
  /// (Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013.)
  init(year: Int, month: Int, day: Int = 1) {
    let months = year * 12 + month - 1
    let year = Self.floor(months, 12)
    let month = months - year * 12 + 1
    let shifted = month <= 2 ? year - 1 : year
    let era = Self.floor(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.day = era * 146_097 + dayOfEra - 719_468 + day - 1
  }

  /// Year, month and day of the month.
  var parts: (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = Self.floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    let month = index < 10 ? index + 3 : index - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1
    )
  }

  /// The day of the week, 0 for Monday.
  var weekday: Int { day + 3 - Self.floor(day + 3, 7) * 7 }

  /// The moment when the day starts.
  var start: Timestamp { Timestamp(milliseconds: Int64(day) * Self.dayLength) }

  private static func floor(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }
}
