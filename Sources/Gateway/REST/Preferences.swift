import HTTPTypes

/// What a client prefers (`Prefer`, RFC 7240), as far as the server heeds it.
enum Preferences {
  /// The preference of a client that would rather not wait for the answer.
  static let respondAsync = "respond-async"

  /// Whether a preference that takes no value is among those that a request states; of several of one name the
  /// first holds. What is not known is left out of account: so are a preference's parameters, and one with a value
  /// that it does not have, as `respond-async=false`. An empty value is none.
  static func contain(_ name: String, in headers: HTTPFields) -> Bool {
    let stated = headers[values: .prefer].flatMap(preferences)
    return stated.first { $0.name == name }?.hasValue == false
  }

  /// The preferences in one field value: each stands at its beginning or behind a comma that no quotation marks
  /// enclose, its name ends before `=` or `;`, and its value before `;`.
  private static func preferences(in field: String) -> [(name: String, hasValue: Bool)] {
    var found: [(String, Bool)] = []
    var (name, value) = ("", "")
    var (part, isQuoted, isEscaped) = (Part.name, false, false)
    func end() {
      found.append((trimmed(name), !trimmed(value).isEmpty))
      (name, value, part) = ("", "", .name)
    }
    for character in field {
      if isQuoted {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
          continue
        } else if character == "\"" {
          isQuoted = false
          continue
        }
        if part == .value { value.append(character) }
        continue
      }
      switch (character, part) {
      case (",", _): end()
      case (";", _): part = .parameters
      case ("=", .name): part = .value
      case ("\"", _):
        // What stands between quotation marks is no name.
        if part == .name { part = .parameters }
        isQuoted = true
      case (_, .name): name.append(character)
      case (_, .value): value.append(character)
      case (_, .parameters): break
      }
    }
    end()
    return found
  }

  private enum Part { case name, value, parameters }

  private static func trimmed(_ text: String) -> String {
    String(MediaRange.trimmed(text[...]))
  }
}

extension HTTPField.Name {
  static let prefer = Self("prefer")!
  static let preferenceApplied = Self("preference-applied")!
}
