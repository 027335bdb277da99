import HTTPTypes

/// What a client prefers (`Prefer`, RFC 7240), as far as the server heeds it.
enum Preferences {
  /// The preference of a client that would rather not wait for the answer.
  static let respondAsync = "respond-async"

  /// Whether a preference is among those that a request states. What is not known is left out of account, and
  /// so is a preference's value and its parameters.
  static func contain(_ name: String, in headers: HTTPFields) -> Bool {
    headers[values: .prefer].contains { value in
      names(in: value).contains(name)
    }
  }

  /// The names of the preferences in one field value: each stands at its beginning or behind a comma that no
  /// quotation marks enclose, and ends before `=` or `;`.
  private static func names(in value: String) -> [String] {
    var names: [String] = []
    var (name, isRead, isQuoted, isEscaped) = ("", false, false, false)
    for character in value {
      if isQuoted {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          isQuoted = false
        }
        continue
      }
      switch character {
      case ",":
        names.append(name)
        (name, isRead) = ("", false)
      case "=", ";": isRead = true
      case "\"": (isQuoted, isRead) = (true, true)
      default: if !isRead { name.append(character) }
      }
    }
    names.append(name)
    return names.map { String(MediaRange.trimmed($0[...])) }
  }
}

extension HTTPField.Name {
  static let prefer = Self("prefer")!
  static let preferenceApplied = Self("preference-applied")!
}
