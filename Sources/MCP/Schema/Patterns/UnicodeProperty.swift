/// A Unicode property that a pattern can ask for with `\p{…}`.
enum UnicodeProperty: Sendable, Hashable {
  case any, ascii, alphabetic, uppercase, lowercase, whiteSpace, emoji, idStart, idContinue
  case category(Set<Unicode.GeneralCategory>)

  /// Reads what stands between the braces: a general category (`L`, `Letter`, `gc=Lu`) or one of
  /// the binary properties above. Scripts are not supported: the standard library does not know
  /// them.
  init?(named name: String) {
    let parts = name.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard parts[0] == "gc" || parts[0] == "General_Category",
        let categories = Self.categories[String(parts[1])]
      else { return nil }
      self = .category(categories)
    } else if let categories = Self.categories[name] {
      self = .category(categories)
    } else if let binary = Self.binaries[name] {
      self = binary
    } else {
      return nil
    }
  }

  func holds(for scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .any: true
    case .ascii: scalar.isASCII
    case .alphabetic: scalar.properties.isAlphabetic
    case .uppercase: scalar.properties.isUppercase
    case .lowercase: scalar.properties.isLowercase
    case .whiteSpace: scalar.properties.isWhitespace
    case .emoji: scalar.properties.isEmoji
    case .idStart: scalar.properties.isIDStart
    case .idContinue: scalar.properties.isIDContinue
    case .category(let categories): categories.contains(scalar.properties.generalCategory)
    }
  }

  private static let binaries: [String: UnicodeProperty] = [
    "Any": .any, "ASCII": .ascii, "Alphabetic": .alphabetic, "Alpha": .alphabetic,
    "Uppercase": .uppercase, "Upper": .uppercase, "Lowercase": .lowercase, "Lower": .lowercase,
    "White_Space": .whiteSpace, "space": .whiteSpace, "Emoji": .emoji, "ID_Start": .idStart,
    "IDS": .idStart, "ID_Continue": .idContinue, "IDC": .idContinue,
  ]

  /// The names and aliases of PropertyValueAliases.txt for `General_Category`.
  private static let categories: [String: Set<Unicode.GeneralCategory>] = {
    let single: [(names: [String], category: Unicode.GeneralCategory)] = [
      (["Lu", "Uppercase_Letter"], .uppercaseLetter),
      (["Ll", "Lowercase_Letter"], .lowercaseLetter),
      (["Lt", "Titlecase_Letter"], .titlecaseLetter),
      (["Lm", "Modifier_Letter"], .modifierLetter),
      (["Lo", "Other_Letter"], .otherLetter),
      (["Mn", "Nonspacing_Mark"], .nonspacingMark),
      (["Mc", "Spacing_Mark"], .spacingMark),
      (["Me", "Enclosing_Mark"], .enclosingMark),
      (["Nd", "Decimal_Number", "digit"], .decimalNumber),
      (["Nl", "Letter_Number"], .letterNumber),
      (["No", "Other_Number"], .otherNumber),
      (["Pc", "Connector_Punctuation"], .connectorPunctuation),
      (["Pd", "Dash_Punctuation"], .dashPunctuation),
      (["Ps", "Open_Punctuation"], .openPunctuation),
      (["Pe", "Close_Punctuation"], .closePunctuation),
      (["Pi", "Initial_Punctuation"], .initialPunctuation),
      (["Pf", "Final_Punctuation"], .finalPunctuation),
      (["Po", "Other_Punctuation"], .otherPunctuation),
      (["Sm", "Math_Symbol"], .mathSymbol),
      (["Sc", "Currency_Symbol"], .currencySymbol),
      (["Sk", "Modifier_Symbol"], .modifierSymbol),
      (["So", "Other_Symbol"], .otherSymbol),
      (["Zs", "Space_Separator"], .spaceSeparator),
      (["Zl", "Line_Separator"], .lineSeparator),
      (["Zp", "Paragraph_Separator"], .paragraphSeparator),
      (["Cc", "Control", "cntrl"], .control),
      (["Cf", "Format"], .format),
      (["Cs", "Surrogate"], .surrogate),
      (["Co", "Private_Use"], .privateUse),
      (["Cn", "Unassigned"], .unassigned),
    ]
    let groups: [(names: [String], initial: Character)] = [
      (["L", "Letter"], "L"), (["M", "Mark", "Combining_Mark"], "M"), (["N", "Number"], "N"),
      (["P", "Punctuation", "punct"], "P"), (["S", "Symbol"], "S"), (["Z", "Separator"], "Z"),
      (["C", "Other"], "C"),
    ]
    var table: [String: Set<Unicode.GeneralCategory>] = [
      "LC": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter],
      "Cased_Letter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter],
    ]
    for (names, category) in single {
      for name in names { table[name] = [category] }
    }
    for (names, initial) in groups {
      let members = single.filter { $0.names[0].first == initial }.map(\.category)
      for name in names { table[name] = Set(members) }
    }
    return table
  }()
}
