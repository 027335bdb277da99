import Marketing

/// Finds the times that an English text names, and resolves those that depend on the present.
struct TimeExpressions {
  private typealias Word = TextAnalyzer.Word

  private static let months: [String: Int] = [
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
    "august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1,
    "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12,
  ]
  private static let units: Set = ["day", "days", "week", "weeks", "weekend"]
  private static let weekdays: [String: Int] = [
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
    "sunday": 6,
  ]
  private static let counts: [String: Int] = [
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
  ]
  /// First month of a season of the northern half.
  private static let seasons = ["spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12]

  /// What was found.
  private(set) var periods: [TimePeriod] = []

  private let words: [TextAnalyzer.Word]
  private let today: CivilDate
  private var index = 0

  /// Reads the words of a text.
  init(_ words: [TextAnalyzer.Word], now: Timestamp) {
    self.words = words
    today = CivilDate(of: now)
    while index < words.count {
      if let (period, count) = calendarPeriod() {
        note(period)
        index += count
      } else if let (found, count) = relativePeriod() {
        var period = found
        period.isRelative = true
        note(period)
        index += count
      } else {
        index += 1
      }
    }
    // `The week before 8 May` is seen from that day.
    if periods.contains(where: { !$0.isRelative }) { periods.removeAll(where: \.isRelative) }
  }

  private func word(_ offset: Int) -> String {
    words.indices.contains(index + offset) ? words[index + offset].text : ""
  }

  /// Keeps a period, opened at one side where the word before says so.
  private mutating func note(_ period: TimePeriod) {
    var period = period
    let isNear = Self.units.contains(word(-2)) && period.unit == .day
    switch word(-1) {
    case "before" where isNear, "after" where isNear: break
    case "since":
      period.end = Timestamp(milliseconds: .max)
      period.unit = .long
    case "after":
      period.start = period.end
      period.end = Timestamp(milliseconds: .max)
      period.unit = .long
    case "before", "until", "till":
      period.end = period.start
      period.start = Timestamp(milliseconds: .min)
      period.unit = .long
    default: break
    }
    periods.append(period)
  }

  // Dates by the calendar.

  private func calendarPeriod() -> (TimePeriod, Int)? {
    isoDate() ?? dayThenMonth() ?? monthFirst() ?? quarter() ?? season() ?? yearAlone()
  }

  private func isoDate() -> (TimePeriod, Int)? {
    guard let year = year(word(0)), words.indices.contains(index + 2),
      words[index + 1].mark == UInt8(ascii: "-"), words[index + 2].mark == UInt8(ascii: "-"),
      let month = number(word(1)), (1...12).contains(month), let day = number(word(2)),
      (1...31).contains(day)
    else { return nil }
    return (TimePeriod(CivilDate(year: year, month: month, day: day), days: 1, unit: .day), 3)
  }

  private func dayThenMonth() -> (TimePeriod, Int)? {
    guard let day = dayOfMonth(word(0)) else { return nil }
    let offset = word(1) == "of" ? 2 : 1
    guard let month = Self.months[word(offset)] else { return nil }
    let year = year(word(offset + 1))
    return (dated(year, month, day), offset + (year == nil ? 1 : 2))
  }

  private func monthFirst() -> (TimePeriod, Int)? {
    guard let month = Self.months[word(0)], isMonth() else { return nil }
    let offset = word(1) == "the" ? 2 : 1
    if let day = dayOfMonth(word(offset)), year(word(offset)) == nil {
      let year = year(word(offset + 1))
      return (dated(year, month, day), offset + (year == nil ? 1 : 2))
    }
    let year = year(word(1)) ?? (word(1) == "of" ? year(word(2)) : nil)
    let first = recent(year, month)
    let count = year == nil ? 1 : word(1) == "of" ? 3 : 2
    let (firstYear, firstMonth, _) = first.parts
    return (
      TimePeriod(
        from: first, to: CivilDate(year: firstYear, month: firstMonth + 1), unit: .month), count
    )
  }

  /// Whether a word that is also another one stands for a month here.
  private func isMonth() -> Bool {
    guard ["may", "march", "mar", "sep", "dec", "jan"].contains(word(0)) else { return true }
    let before: Set = [
      "in", "of", "during", "since", "until", "till", "by", "last", "next", "this", "early", "mid",
      "late", "from", "and", "before", "after",
    ]
    if before.contains(word(-1)) || year(word(1)) != nil || dayOfMonth(word(1)) != nil {
      return true
    }
    return words[index].isCapitalized && !words[index].startsSentence
  }

  private func dated(_ year: Int?, _ month: Int, _ day: Int) -> TimePeriod {
    if let year {
      return TimePeriod(CivilDate(year: year, month: month, day: day), days: 1, unit: .day)
    }
    let (thisYear, _, _) = today.parts
    let date = CivilDate(year: thisYear, month: month, day: day)
    return TimePeriod(
      date.day <= today.day ? date : CivilDate(year: thisYear - 1, month: month, day: day), days: 1,
      unit: .day)
  }

  /// The first of a month; without a year the latest one that has begun.
  private func recent(_ year: Int?, _ month: Int) -> CivilDate {
    if let year { return CivilDate(year: year, month: month) }
    let (thisYear, thisMonth, _) = today.parts
    let back = word(-1) == "next" ? -1 : word(-1) == "last" && month == thisMonth ? 1 : 0
    return CivilDate(year: (month <= thisMonth ? thisYear : thisYear - 1) - back, month: month)
  }

  private func quarter() -> (TimePeriod, Int)? {
    let name = word(0)
    guard name.utf8.count == 2, name.hasPrefix("q"), let quarter = number(String(name.dropFirst())),
      (1...4).contains(quarter)
    else { return nil }
    let named = year(word(1))
    let first = recent(named, quarter * 3 - 2)
    let (year, month, _) = first.parts
    return (
      TimePeriod(from: first, to: CivilDate(year: year, month: month + 3), unit: .month),
      named == nil ? 1 : 2
    )
  }

  /// `the summer of 2023`.
  private func season() -> (TimePeriod, Int)? {
    let offset = word(1) == "of" ? 2 : 1
    guard let month = Self.seasons[word(0)], let year = year(word(offset)) else { return nil }
    return (season(CivilDate(year: year, month: month)), offset + 1)
  }

  /// `last summer`, which is the latest that has begun.
  private func recentSeason() -> (TimePeriod, Int)? {
    guard let month = Self.seasons[word(0)],
      ["last", "this", "in", "during", "the", "past", "since"].contains(word(-1))
    else { return nil }
    return (season(recent(nil, month)), 1)
  }

  private func season(_ first: CivilDate) -> TimePeriod {
    let (year, month, _) = first.parts
    return TimePeriod(from: first, to: CivilDate(year: year, month: month + 3), unit: .month)
  }

  private func yearAlone() -> (TimePeriod, Int)? {
    guard let year = year(word(0)) else { return nil }
    return (
      TimePeriod(
        from: CivilDate(year: year, month: 1), to: CivilDate(year: year + 1, month: 1), unit: .long),
      1
    )
  }

  // Times seen from the present.

  private func relativePeriod() -> (TimePeriod, Int)? {
    day() ?? neighbour() ?? span() ?? ago() ?? weekday() ?? recentSeason()
  }

  private func day() -> (TimePeriod, Int)? {
    let offset: Int
    switch word(0) {
    case "today", "tonight": offset = 0
    case "yesterday": offset = -1
    case "tomorrow": offset = 1
    case "this" where ["morning", "afternoon", "evening"].contains(word(1)):
      return (TimePeriod(today, days: 1, unit: .day), 2)
    case "last" where word(1) == "night":
      return (TimePeriod(CivilDate(day: today.day - 1), days: 1, unit: .day), 2)
    default: return nil
    }
    return (TimePeriod(CivilDate(day: today.day + offset), days: 1, unit: .day), 1)
  }

  /// `last week`, `this month`, `next Friday`.
  private func neighbour() -> (TimePeriod, Int)? {
    let step: Int
    switch word(0) {
    case "last", "previous", "past": step = -1
    case "this", "current": step = 0
    case "next", "coming", "following": step = 1
    default: return nil
    }
    let (year, month, _) = today.parts
    let monday = today.day - today.weekday
    switch word(1) {
    case "week":
      return (TimePeriod(CivilDate(day: monday + 7 * step), days: 7, unit: .day), 2)
    case "weekend":
      return (TimePeriod(CivilDate(day: monday + 5 + 7 * step), days: 2, unit: .day), 2)
    case "month":
      return (
        TimePeriod(
          from: CivilDate(year: year, month: month + step),
          to: CivilDate(year: year, month: month + step + 1), unit: .month), 2
      )
    case "quarter":
      let first = (month - 1) / 3 * 3 + 1 + 3 * step
      return (
        TimePeriod(
          from: CivilDate(year: year, month: first), to: CivilDate(year: year, month: first + 3),
          unit: .month), 2
      )
    case "year":
      return (
        TimePeriod(
          from: CivilDate(year: year + step, month: 1),
          to: CivilDate(year: year + step + 1, month: 1), unit: .long), 2
      )
    default:
      guard let weekday = Self.weekdays[word(1)] else { return nil }
      // The last one lies before today, the next one behind it.
      var day = monday + weekday
      if step < 0, day >= today.day { day -= 7 }
      if step > 0, day <= today.day { day += 7 }
      return (TimePeriod(CivilDate(day: day), days: 1, unit: .day), 2)
    }
  }

  /// `the past 3 weeks`: up to now.
  private func span() -> (TimePeriod, Int)? {
    guard ["last", "past"].contains(word(0)), let count = count(word(1)),
      let days = days(word(2), count)
    else { return nil }
    return (
      TimePeriod(
        CivilDate(day: today.day - days), days: days + 1, unit: days > 31 ? .long : .month), 3
    )
  }

  /// `two weeks ago`.
  private func ago() -> (TimePeriod, Int)? {
    guard let count = count(word(0)) else { return nil }
    let offset = word(1) == "of" ? 2 : 1
    guard let days = days(word(offset), count), word(offset + 1) == "ago" else { return nil }
    // The greater the unit, the rougher the date.
    let slack = word(offset).hasPrefix("day") ? 0 : max(3, days / max(1, count) / 2)
    return (
      TimePeriod(
        CivilDate(day: today.day - days - slack), days: 2 * slack + 1,
        unit: slack > 31 ? .long : slack > 7 ? .month : .day), offset + 2
    )
  }

  private func weekday() -> (TimePeriod, Int)? {
    guard let weekday = Self.weekdays[word(0)], word(-1) == "on" || word(-1) == "since" else {
      return nil
    }
    let back = (today.weekday - weekday + 7) % 7
    return (TimePeriod(CivilDate(day: today.day - back), days: 1, unit: .day), 1)
  }

  private func days(_ unit: String, _ count: Int) -> Int? {
    switch unit {
    case "day", "days": count
    case "week", "weeks": count * 7
    case "month", "months": count * 61 / 2
    case "year", "years": count * 1461 / 4
    default: nil
    }
  }

  private func count(_ word: String) -> Int? {
    Self.counts[word] ?? number(word).flatMap { (1...1000).contains($0) ? $0 : nil }
  }

  private func number(_ word: String) -> Int? {
    word.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(word) : nil
  }

  private func year(_ word: String) -> Int? {
    guard word.utf8.count == 4, let year = number(word), (1900...2099).contains(year) else {
      return nil
    }
    return year
  }

  /// `8` or `8th`.
  private func dayOfMonth(_ word: String) -> Int? {
    let digits = word.prefix { $0.isASCII && $0.isNumber }
    guard let day = Int(digits), (1...31).contains(day),
      ["", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count))
    else { return nil }
    return day
  }
}
