import JSONRPC
import Marketing

/// Puts a column's value and its part in the log-odds into words. Texts are training's own: what a lead
/// wrote appears only where some rows of training had the same.
enum ReasonText {
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// For example `Lead Source is Google (odds ×1.4)`.
  /// - Parameter standIn: what the model took instead of the value; `nil` where it took the value.
  static func reason(
    _ column: FeatureColumn, _ value: ColumnReading.Value, standIn: ColumnReading.Value? = nil,
    contribution: Double
  ) -> String {
    let taken = standIn.map { "; taken as \(typical(column, $0))" } ?? ""
    return "\(statement(column, value))\(taken) (odds \(factor(contribution)))"
  }

  /// What stands for a value that says nothing.
  static func typical(_ column: FeatureColumn, _ value: ColumnReading.Value) -> String {
    switch value {
    case .number(let number):
      column.reading.kind == .flag
        ? "the more frequent answer (\(number == 1 ? "yes" : "no"))"
        : "the middle of training's (\(short(number)))"
    case .moment: "the middle of training's dates"
    case .word, .missing, .unreadable:
      "the most frequent value" + (told(column, value).map { " (\($0))" } ?? "")
    }
  }

  /// A category as it is written, where it may be told.
  private static func told(_ column: FeatureColumn, _ value: ColumnReading.Value) -> String? {
    guard let known = column.category(value), isTold(column.labels[known], of: column) else {
      return nil
    }
    return column.labels[known]
  }

  /// What a value is.
  static func statement(_ column: FeatureColumn, _ value: ColumnReading.Value) -> String {
    if let history = column.history { return statement(history, value) }
    let name = column.name.shortened(to: 80)
    switch value {
    case .missing: return "\(name) is not given"
    case .unreadable: return "\(name) has a value that could not be read"
    case .number(let number):
      switch column.reading.kind {
      case .flag: return "\(name) is \(number == 1 ? "yes" : "no")"
      case .presence: return "\(name) is given"
      default: return "\(name) is \(short(number))\(place(column, number))"
      }
    case .moment:
      let day = FeatureColumn.parts(value).map { weekdays[Int($0.weekday)] } ?? "day"
      let more = column.reference == nil ? "" : "; how long after the first date counts too"
      return "\(name) falls on a \(day)\(more)"
    case .word(let word):
      if column.reading.kind == .text {
        let count = word.split(whereSeparator: \.isWhitespace).count
        return "\(name) has \(count == 1 ? "one word" : "\(count) words")"
      }
      if column.category(value) != nil {
        return told(column, value).map { "\(name) is \($0)" }
          ?? "\(name) has a value that few leads share"
      }
      return column.isKnown(value) || column.bins.hasSeen(value) || column.bins.seen == nil
        ? "\(name) has a rare value" : "\(name) has a value that training has not seen"
    }
  }

  /// Words in the names of columns whose values name people.
  private static let people: Set<Substring> = [
    "name", "firstname", "lastname", "fullname", "surname", "contact", "email", "mail", "phone",
    "telephone", "mobile", "person",
  ]

  /// Whether a category may be told: not what names or reaches a person, however often it was seen.
  private static func isTold(_ label: String, of column: FeatureColumn) -> Bool {
    guard !label.isEmpty, !label.contains("@") else { return false }
    // Of an address only its kind is a category.
    if let transform = column.reading.transform { return transform != .phone }
    switch column.field {
    case .name, .firstName, .lastName, .email, .phone, .message: return false
    case nil:
      let words = TextFolding.folded(column.name).split { !$0.isLetter }
      return !words.contains(where: people.contains)
    default: return true
    }
  }

  private static func statement(_ history: HistoryField, _ value: ColumnReading.Value) -> String {
    let number = FeatureColumn.number(value)
    switch history {
    case .interactions(let kind):
      let name = kind.rawValue.replacing("_", with: " ")
      return "\(name): \(times(number))"
    case .outcomes(let outcome):
      return "interactions taken as \(outcome.rawValue.replacing("_", with: " ")): \(times(number))"
    case .daysSinceActivity:
      return number.map { "last active \(days($0)) ago" } ?? "has done nothing yet"
    case .ageDays: return "came in \(days(number ?? 0)) ago"
    case .intent:
      if case .word(let word) = value {
        return "the message reads as '\(word.replacing("_", with: " "))'"
      }
      return "there is no message"
    }
  }

  private static func times(_ number: Double?) -> String {
    switch Int(number ?? 0) {
    case 0: "never"
    case 1: "once"
    case let count: "\(count) times"
    }
  }

  private static func days(_ number: Double) -> String {
    switch Int(number) {
    case 0: "less than a day"
    case 1: "1 day"
    case let count: "\(count) days"
    }
  }

  /// Where a number stands among training's, when that is far from the middle.
  private static func place(_ column: FeatureColumn, _ number: Double) -> String {
    guard let numbers = column.numbers else { return "" }
    let below = Int((numbers.share(below: number) * 100).rounded())
    if below >= 75 { return ", more than \(below) % of leads have" }
    let above = 100 - Int((Double(numbers.percentiles.count { $0 <= number }) / 99 * 100).rounded())
    return above >= 75 ? ", less than \(above) % of leads have" : ""
  }

  /// A factor of the odds, for example `×1.4`.
  static func factor(_ logOdds: Double) -> String {
    let factor = oddsFactor(min(9, max(-9, logOdds)))
    return factor >= 10
      ? "×\(Int(factor.rounded()))" : "×\(factor.rounded(to: factor < 0.1 ? 3 : 2))"
  }

  /// A number without more places than it needs.
  static func short(_ number: Double) -> String {
    let rounded = number.rounded(to: abs(number) < 10 ? 2 : 1)
    return rounded == rounded.rounded() && abs(rounded) < 1e15
      ? String(Int64(rounded)) : "\(rounded)"
  }
}
