/// Dates with their parts in local order.
enum LocalDate {
  /// Reads `15/07/2025`, `15.7.2025 9:05`, `15-07-2025 09:05:30`, optionally with AM or PM.
  /// - Returns: `nil` for anything else, for order `iso`, and for dates that do not exist.
  static func timestamp(_ text: String, order: ColumnMapping.DateOrder) -> Timestamp? {
    guard order != .iso else { return nil }
    let words = text.split(separator: " ")
    guard let date = words.first, words.count <= 3 else { return nil }
    let parts = date.split(omittingEmptySubsequences: false) { "/.-".contains($0) }
    guard parts.count == 3, parts[2].utf8.count == 4, let year = digits(parts[2]),
      let first = digits(parts[0]), let second = digits(parts[1])
    else { return nil }
    let (day, month) = order == .dmy ? (first, second) : (second, first)
    var time = (hour: 0, minute: 0, second: 0)
    if words.count > 1 {
      let numbers = words[1].split(separator: ":", omittingEmptySubsequences: false).map(digits)
      guard (2...3).contains(numbers.count), let hour = numbers[0], let minute = numbers[1]
      else { return nil }
      time = (hour, minute, 0)
      if numbers.count == 3 {
        guard let second = numbers[2] else { return nil }
        time.second = second
      }
    }
    if words.count == 3 {
      guard (1...12).contains(time.hour) else { return nil }
      switch words[2].lowercased() {
      case "am": time.hour %= 12
      case "pm": time.hour = time.hour % 12 + 12
      default: return nil
      }
    }
    return Timestamp(
      iso8601: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
        + "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))")
  }

  private static func digits(_ text: Substring) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
