/// The shape of IANA time zone names. Whether a zone of that name exists is for whoever has the
/// database.
enum TimeZoneName {
  /// The areas that the IANA database has, with its older names for countries.
  private static let areas: Set<Substring> = [
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil",
    "Canada",
    "Chile", "Etc", "Europe", "Indian", "Mexico", "Pacific", "US",
  ]

  /// Whether the text is `UTC`, `GMT` or `Area/Location` with up to two parts behind a known area.
  static func isPlausible(_ text: String) -> Bool {
    if text == "UTC" || text == "GMT" { return true }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), areas.contains(parts[0]) else { return false }
    return parts.dropFirst().allSatisfy(isLocation)
  }

  /// Letters, digits, `_`, `-` and `+`, beginning with a letter; up to 30 of them.
  private static func isLocation(_ part: Substring) -> Bool {
    guard let first = part.utf8.first, HostName.isLetter(first), part.utf8.count <= 30 else {
      return false
    }
    return part.utf8.allSatisfy {
      HostName.isLetter($0) || HostName.isDigit($0) || "_-+".utf8.contains($0)
    }
  }
}
