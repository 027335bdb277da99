import Marketing

// The kinds of settings, by what they accept.
extension SettingKey {
  static func text(
    _ name: String, _ meaning: String, accepts: String, isSecret: Bool = false,
    show: @escaping @Sendable (ServerConfiguration) -> String,
    set: @escaping @Sendable (String, inout ServerConfiguration) -> Bool
  ) -> SettingKey {
    SettingKey(name: name, meaning: meaning, isSecret: isSecret, show: show) {
      set($0, &$2) ? nil : accepts
    }
  }

  static func integer(
    _ name: String, _ meaning: String, _ range: ClosedRange<Int>,
    _ path: any WritableKeyPath<ServerConfiguration, Int> & Sendable
  ) -> SettingKey {
    text(
      name, meaning,
      accepts: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      show: { "\($0[keyPath: path])" },
      set: { text, configuration in
        guard let value = Int(text), range.contains(value) else { return false }
        configuration[keyPath: path] = value
        return true
      })
  }

  static func decimal(
    _ name: String, _ meaning: String, _ range: ClosedRange<Double>,
    _ path: any WritableKeyPath<ServerConfiguration, Double> & Sendable
  ) -> SettingKey {
    text(
      name, meaning, accepts: "a number from \(range.lowerBound) to \(range.upperBound)",
      show: { "\($0[keyPath: path])" },
      set: { text, configuration in
        guard let value = Double(text), range.contains(value) else { return false }
        configuration[keyPath: path] = value
        return true
      })
  }

  /// Four numbers that grow, separated by commas.
  static func cuts(
    _ name: String, _ meaning: String,
    _ path: any WritableKeyPath<ServerConfiguration, [Double]> & Sendable
  ) -> SettingKey {
    text(
      name, meaning, accepts: "4 numbers from 0 that grow, separated by commas",
      show: { configuration in
        configuration[keyPath: path].map { cut in
          Int(exactly: cut).map { "\($0)" } ?? "\(cut)"
        }.joined(separator: ",")
      },
      set: { text, configuration in
        let numbers = SettingText.list(text).map { Double($0) ?? .nan }
        guard CustomerSettings.areCuts(numbers) else { return false }
        configuration[keyPath: path] = numbers
        return true
      })
  }

  static func flag(
    _ name: String, _ meaning: String,
    _ path: any WritableKeyPath<ServerConfiguration, Bool> & Sendable
  ) -> SettingKey {
    text(
      name, meaning, accepts: "true or false", show: { "\($0[keyPath: path])" },
      set: { text, configuration in
        guard let value = Bool(text.lowercased()) else { return false }
        configuration[keyPath: path] = value
        return true
      })
  }

  /// Any of some names, separated by commas. An empty text is none.
  /// - Parameter known: the names there are.
  static func names(
    _ name: String, _ meaning: String, known: [String],
    _ path: any WritableKeyPath<ServerConfiguration, Set<String>> & Sendable
  ) -> SettingKey {
    SettingKey(
      name: name, meaning: meaning, isSecret: false,
      show: { $0[keyPath: path].sorted().joined(separator: ",") },
      set: { text, _, configuration in
        let found = SettingText.list(text)
        guard let unknown = found.first(where: { !known.contains($0) }) else {
          configuration[keyPath: path] = Set(found)
          return nil
        }
        let hint = NearestName.of(unknown, among: known).map { "; did you mean \($0)?" } ?? ""
        return "some of \(known.joined(separator: ", ")); '\(unknown)' is none\(hint)"
      })
  }

  /// Values of a kind, separated by commas, in the order they are written. An empty text is none.
  static func list(
    _ name: String, _ meaning: String, accepts: String,
    _ path: any WritableKeyPath<ServerConfiguration, [String]> & Sendable,
    check: @escaping @Sendable (String) -> Bool
  ) -> SettingKey {
    SettingKey(
      name: name, meaning: meaning, isSecret: false,
      show: { $0[keyPath: path].joined(separator: ",") },
      set: { text, _, configuration in
        let found = SettingText.list(text)
        if let wrong = found.first(where: { !check($0) }) {
          return "\(accepts); '\(wrong)' is none"
        }
        configuration[keyPath: path] = found
        return nil
      })
  }

  /// A text that may be missing. An empty one is none.
  static func optional(
    _ name: String, _ meaning: String, accepts: String,
    _ path: any WritableKeyPath<ServerConfiguration, String?> & Sendable,
    check: @escaping @Sendable (String) -> Bool
  ) -> SettingKey {
    text(
      name, meaning, accepts: accepts, show: { $0[keyPath: path] ?? "" },
      set: { text, configuration in
        guard text.isEmpty || check(text) else { return false }
        configuration[keyPath: path] = text.isEmpty ? nil : text
        return true
      })
  }
}

/// How several values are written in one setting.
package enum SettingText {
  /// The values between the commas, without the spaces around them.
  package static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { value in
      String(value.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }
}
