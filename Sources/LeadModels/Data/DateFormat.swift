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
  /// separated by `-`, `/`, `.` or spaces; a time may follow. Without a zone it is UTC.
  package func moment(_ text: String) -> Timestamp? {
    if self == .yearFirst, let moment = Timestamp(iso8601: text) { return moment }
    var parts = DateParts(text)
    guard parts.count >= 3 else { return nil }
    let first = parts.take(3)
    let order: (year: Int, month: Int, day: Int) =
      switch self {
      case .yearFirst: (0, 1, 2)
      case .dayFirst: (2, 1, 0)
      case .monthFirst: (2, 0, 1)
      }
    guard var year = first[order.year].number, let month = first[order.month].month,
      let day = first[order.day].number, first[order.year].digits != 1,
      first[order.year].digits != 3
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
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private var parts: [Part] = []
  private var at = 0

  var count: Int { parts.count }

  init(_ text: String) {
    // What is longer is no date.
    guard text.utf8.count <= 40 else { return }
    var run = ""
    func flush(_ parts: inout [Part], _ run: inout String) {
      guard !run.isEmpty else { return }
      let isNumber = run.utf8.first.map { (0x30...0x39).contains($0) } ?? false
      let number = isNumber ? Int(run) : nil
      let name = isNumber ? nil : Self.months.firstIndex { run.hasPrefix($0) }.map { $0 + 1 }
      parts.append(
        Part(
          number: number, digits: isNumber ? run.utf8.count : 0, month: number ?? name, word: run))
      run = ""
    }
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "0"..."9":
        if let last = run.unicodeScalars.last, !("0"..."9").contains(last) { flush(&parts, &run) }
        run.unicodeScalars.append(scalar)
      case "a"..."z":
        if let last = run.unicodeScalars.last, ("0"..."9").contains(last) { flush(&parts, &run) }
        run.unicodeScalars.append(scalar)
      case "-", "/", ".", " ", ",", ":": flush(&parts, &run)
      default:
        parts = []
        return
      }
    }
    flush(&parts, &run)
  }

  mutating func take(_ count: Int) -> [Part] {
    at += count
    return Array(parts[at - count..<at])
  }

  /// What is left as a time of day; midnight where nothing is left.
  mutating func time() -> (hour: Int, minute: Int, second: Int)? {
    var rest = parts[at...].filter { $0.word != "t" && $0.word != "z" }
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
