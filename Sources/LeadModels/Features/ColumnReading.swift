import Marketing

/// How a column's cells are understood.
package struct ColumnReading: Sendable, Hashable, Codable {
  /// What the cells are.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case number, flag, date, category, text
    /// An identifier, of which only counts whether it is given.
    case presence
  }

  /// What is made of a text before it is compared.
  package enum Transform: String, Sendable, Hashable, Codable, CaseIterable {
    /// An address's kind of domain: business, free mail, placeholder.
    case mailDomain
    /// The band of a number of employees.
    case companySize
    /// The digits of a telephone number.
    case phone
  }

  /// What the cells are.
  package var kind: Kind
  /// How numbers are written.
  package var numbers: NumberFormat = .point
  /// How dates are written.
  package var dates: DateFormat = .yearFirst
  /// What is made of a text before it is compared.
  package var transform: Transform?

  /// A reading.
  package init(kind: Kind) { self.kind = kind }

  /// What a cell says.
  enum Value: Hashable {
    case missing
    /// A number; 0 or 1 of a flag.
    case number(Double)
    case moment(Timestamp)
    /// A category, folded; a text as it is.
    case word(String)
    /// There is something, which does not fit.
    case unreadable
  }

  /// What a cell says.
  func value(of cell: Cell) -> Value {
    switch kind {
    case .number: number(cell)
    case .flag: flag(cell)
    case .date: moment(cell)
    case .category: word(cell)
    case .text: Self.text(of: cell).map(Value.word) ?? .missing
    case .presence: cell == .missing ? .missing : .number(1)
    }
  }

  private func number(_ cell: Cell) -> Value {
    switch cell {
    case .missing: .missing
    case .number(let number): Self.isUsable(number) ? .number(number) : .unreadable
    case .flag(let flag): .number(flag ? 1 : 0)
    case .text(let text):
      numbers.number(text).flatMap { Self.isUsable($0) ? .number($0) : nil } ?? .unreadable
    case .moment: .unreadable
    }
  }

  /// Whether features, which are single-precision, can hold a number and its square in sums.
  private static func isUsable(_ number: Double) -> Bool { abs(number) <= 1e18 }

  private func flag(_ cell: Cell) -> Value {
    switch cell {
    case .missing: .missing
    case .flag(let flag): .number(flag ? 1 : 0)
    case .number(let number): number == 0 || number == 1 ? .number(number) : .unreadable
    case .text(let text): Self.flag(text).map { .number($0 ? 1 : 0) } ?? .unreadable
    case .moment: .unreadable
    }
  }

  private func moment(_ cell: Cell) -> Value {
    switch cell {
    case .missing: .missing
    case .moment(let moment): .moment(moment)
    case .text(let text): dates.moment(text).map(Value.moment) ?? .unreadable
    case .number, .flag: .unreadable
    }
  }

  private func word(_ cell: Cell) -> Value {
    guard let text = Self.text(of: cell) else { return .missing }
    switch transform {
    case .mailDomain:
      guard let address = EmailAddress(splitting: text) else { return .unreadable }
      return .word(MailDomain(address.domain).word)
    case .companySize:
      return .word(CompanySize(parsing: text)?.rawValue ?? TextFolding.folded(text))
    case .phone:
      guard case .success(let number) = PhoneNumber.parse(text) else { return .unreadable }
      return .word(number.normalized)
    case nil: return .word(TextFolding.folded(text))
    }
  }

  /// A cell as a file would have it; `nil` where it is missing.
  static func text(of cell: Cell) -> String? {
    switch cell {
    case .missing: nil
    case .text(let text): text
    case .flag(let flag): .some(flag ? "true" : "false")
    case .moment(let moment): moment.iso8601
    case .number(let number):
      // As a file would have it: 5, not 5.0.
      number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }
  }

  /// A flag in one of the usual words; `nil` for anything else.
  static func flag(_ text: String) -> Bool? {
    switch TextFolding.folded(text) {
    case "true", "t", "yes", "y", "1", "on": true
    case "false", "f", "no", "n", "0", "off": false
    default: nil
    }
  }
}

extension MailDomain {
  /// The kind as a word.
  var word: String {
    switch self {
    case .business: "business"
    case .freeMail: "free_mail"
    case .placeholder: "placeholder"
    }
  }
}
