package import Marketing

/// How a column writes its dates.
package enum DateFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// Year, month, day: ISO 8601, also with slashes or dots.
  case yearFirst = "ymd"
  /// Day, month, year.
  case dayFirst = "dmy"
  /// Month, day, year.
  case monthFirst = "mdy"

  /// A moment; `nil` for text that is no date. The date's parts are numbers or an English month's name,
  /// separated by `-`, `/`, `.` or spaces; a weekday may stand before them and a time behind. Without a zone
  /// it is UTC.
  package func moment(_ text: String) -> Timestamp? {
    if self == .yearFirst, let moment = Timestamp(iso8601: text) { return moment }
    var parts = DateParts(text)
    guard let first = parts.date() else { return nil }
    let order: (year: Int, month: Int, day: Int) =
      switch self {
      case .yearFirst: (0, 1, 2)
      case .dayFirst: (2, 1, 0)
      case .monthFirst: (2, 0, 1)
      }
    guard var year = first[order.year].number, let month = first[order.month].month,
      let day = first[order.day].number, isYear(first[order.year].digits)
    else { return nil }
    // Two digits are this century's up to 69, as POSIX has it.
    if first[order.year].digits == 2 { year += year < 70 ? 2000 : 1900 }
    guard let time = parts.time() else { return nil }
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return Timestamp(
      iso8601: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
        + "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))")
  }

  /// A year has four digits; two only at the end, where it cannot be taken for a day.
  private func isYear(_ digits: Int) -> Bool { digits == 4 || digits == 2 && self != .yearFirst }
}

/// The runs of digits and letters of a date.
private struct DateParts {
  struct Part {
    /// The number that the digits say; `nil` for letters.
    let number: Int?
    let digits: Int
    /// The month by its number or its name.
    let month: Int?
    let word: String
    /// Whether a colon stands before it: parts of a time.
    let isBehindColon: Bool
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]
  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  private static let ordinals: Set<String> = ["st", "nd", "rd", "th"]

  /// The place of a name that is written in full or by three or four letters.
  private static func place(of word: String, in names: [String]) -> Int? {
    names.firstIndex { $0 == word || (3...4).contains(word.utf8.count) && $0.hasPrefix(word) }
  }

  private var parts: [Part] = []
  private var at = 0

  init(_ text: String) {
    // What is longer is no date.
    guard text.utf8.count <= 40 else { return }
    var run = ""
    var isBehindColon = false
    func flush(_ parts: inout [Part], _ run: inout String) {
      guard !run.isEmpty else { return }
      let isNumber = run.utf8.first.map { (0x30...0x39).contains($0) } ?? false
      let number = isNumber ? Int(run) : nil
      let name = isNumber ? nil : Self.place(of: run, in: Self.months).map { $0 + 1 }
      parts.append(
        Part(
          number: number, digits: isNumber ? run.utf8.count : 0, month: number ?? name, word: run,
          isBehindColon: isBehindColon))
      run = ""
      isBehindColon = false
    }
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "0"..."9":
        if let last = run.unicodeScalars.last, !("0"..."9").contains(last) { flush(&parts, &run) }
        run.unicodeScalars.append(scalar)
      case "a"..."z":
        if let last = run.unicodeScalars.last, ("0"..."9").contains(last) { flush(&parts, &run) }
        run.unicodeScalars.append(scalar)
      case "-", "/", ".", " ", ",", ":":
        flush(&parts, &run)
        if scalar == ":" { isBehindColon = true }
      default:
        parts = []
        return
      }
    }
    flush(&parts, &run)
  }

  /// The first three parts; `nil` where a time stands, or too little.
  mutating func date() -> [Part]? {
    if let first = parts.first, Self.place(of: first.word, in: Self.weekdays) != nil { at = 1 }
    var found: [Part] = []
    while found.count < 3, at < parts.count {
      let part = parts[at]
      at += 1
      if let last = found.last, last.digits > 0, Self.ordinals.contains(part.word) { continue }
      found.append(part)
    }
    let hasColon =
      found.contains { $0.isBehindColon } || at < parts.count && parts[at].isBehindColon
    return found.count == 3 && !hasColon ? found : nil
  }

  /// What is left as a time of day; midnight where nothing is left.
  mutating func time() -> (hour: Int, minute: Int, second: Int)? {
    var rest = parts[at...].filter { !["t", "z", "utc", "gmt"].contains($0.word) }
    if rest.isEmpty { return (0, 0, 0) }
    var half: String?
    if let word = rest.last?.word, word == "am" || word == "pm" {
      half = word
      rest.removeLast()
    }
    // A fraction of a second may stand behind.
    guard (2...4).contains(rest.count), var hour = rest[0].number, let minute = rest[1].number
    else { return nil }
    if let half {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (half == "pm" ? 12 : 0)
    }
    var second = 0
    if rest.count > 2 {
      guard let number = rest[2].number else { return nil }
      second = number
    }
    return (hour, minute, second)
  }
}
