import Marketing

/// Dates as mail and HTTP write them.
enum MailDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// In UTC, as RFC 5322 has it: `Tue, 15 Jul 2025 12:00:00 +0000`.
  static func text(of time: Timestamp) -> String {
    let iso = time.iso8601.utf8
    func part(_ start: Int, _ count: Int) -> String {
      String(decoding: iso.dropFirst(start).prefix(count), as: UTF8.self)
    }
    let day = Int((Double(time.milliseconds) / 86_400_000).rounded(.down))
    let weekday = days[((day % 7) + 7) % 7]
    let month = months[(Int(part(5, 2)) ?? 1) - 1]
    return "\(weekday), \(part(8, 2)) \(month) \(part(0, 4)) \(part(11, 8)) +0000"
  }

  /// A date of an HTTP header (RFC 9110, section 5.6.7): `Tue, 15 Jul 2025 12:00:00 GMT`.
  static func timestamp(http text: some StringProtocol) -> Timestamp? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1
    return Timestamp(
      iso8601: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
  }
}
