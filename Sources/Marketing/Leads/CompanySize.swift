/// The number of a company's employees, in the bands that cohorts and models are cut by.
package enum CompanySize: String, Sendable, Hashable, Codable, CaseIterable {
  case upTo10 = "1-10"
  case upTo50 = "11-50"
  case upTo200 = "51-200"
  case upTo1000 = "201-1000"
  case upTo5000 = "1001-5000"
  case above5000 = "5000+"

  /// The band of a number of employees; `nil` below 1.
  package init?(employees: Int) {
    switch employees {
    case 1...10: self = .upTo10
    case 11...50: self = .upTo50
    case 51...200: self = .upTo200
    case 201...1000: self = .upTo1000
    case 1001...5000: self = .upTo5000
    case 5001...: self = .above5000
    default: return nil
    }
  }

  /// The band of what people write: a band, a range within one band (`201-500`), a count (`350`,
  /// `1,200`), or an open range from 5,000 up (`10000+`).
  /// - Returns: `nil` for anything else, also for a range across two bands.
  package init?(parsing text: String) {
    if let band = CompanySize(rawValue: text) {
      self = band
      return
    }
    let plain = TextFolding.folded(text).filter { $0 != " " && $0 != "," }
    if plain.hasSuffix("+") {
      guard let least = Self.count(plain.dropLast()), least >= 5000 else { return nil }
      self = .above5000
      return
    }
    let ends = plain.split(separator: "-", omittingEmptySubsequences: false).map(Self.count)
    guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
      low <= high, let band = CompanySize(employees: low), band == CompanySize(employees: high)
    else { return nil }
    self = band
  }

  /// A count of at most nine digits.
  private static func count(_ text: Substring) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy(HostName.isDigit) else {
      return nil
    }
    return Int(text)
  }
}
