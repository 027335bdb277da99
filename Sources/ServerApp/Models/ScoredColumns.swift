import LeadModels
import Marketing

/// The columns that an answer adds to a row.
struct ScoredColumns: Sendable {
  private static let reasons = 3

  /// Their names, of which a file has none already.
  let names: [String]

  /// The columns beside those of a file: a name that it has already gets a number.
  init(beside header: [String]) {
    names = ["probability", "score", "category", "confidence", "top_reasons"].map { name in
      var free = name
      var number = 2
      while header.contains(free) {
        free = "\(name)_\(number)"
        number += 1
      }
      return free
    }
  }

  /// The cells of an answer.
  func cells(_ scoring: LeadScoring, settings: TriageSettings) -> [String] {
    [
      // As many digits as it takes to read the very same number again.
      "\(scoring.probability)", Self.fixed(scoring.score, decimals: 2),
      settings.category(forScore: scoring.score).rawValue,
      Self.fixed(scoring.confidence, decimals: 3),
      scoring.reasons.prefix(Self.reasons).map(\.text).joined(separator: "; "),
    ]
  }

  /// A number with so many decimals; one that is too great for that as it is written shortest.
  static func fixed(_ number: Double, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { power, _ in power * 10 }
    guard let units = Int(exactly: (abs(number) * Double(scale)).rounded()) else {
      return "\(number)"
    }
    let sign = number < 0 && units > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(units)" }
    let fraction = String(units % scale)
    return "\(sign)\(units / scale)."
      + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
  }
}
