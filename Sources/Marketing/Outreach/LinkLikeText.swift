/// Text that mail programs make links of, whether or not it was meant as one.
package enum LinkLikeText {
  /// Whether text has something in it that is shown as a link, or leads to one.
  package static func isFound(in text: String) -> Bool {
    let lowered = text.lowercased()
    return ["://", "www.", "@", "]("].contains { lowered.contains($0) } || !hosts(in: text).isEmpty
  }

  /// The names of hosts in text in lower case: `acme.example`, whatever stands around them. A dot with a digit or
  /// with one letter behind it makes none: `3.5`, `e.g.`, `J.R.R. Tolkien`.
  package static func hosts(in text: String) -> [String] {
    let characters = Array(text)
    var hosts: [String] = []
    var labels: [String] = [""]
    func end() {
      if let host = host(of: labels) { hosts.append(host) }
      labels = [""]
    }
    for (place, character) in characters.enumerated() {
      if isOfLabel(character) {
        labels[labels.count - 1].append(character)
      } else if isDot(at: place, in: characters) {
        labels.append("")
      } else {
        end()
      }
    }
    end()
    return hosts
  }

  /// The first labels that would be taken for a host; of `wait...what` there are none.
  private static func host(of labels: [String]) -> String? {
    for run in labels.split(separator: "") where run.count > 1 {
      let isName = zip(run, run.dropFirst()).contains { _, label in
        label.count > 1 && label.allSatisfy(\.isLetter) || label.lowercased().hasPrefix("xn--")
      }
      let isNumber = run.count == 4 && run.allSatisfy { $0.allSatisfy(\.isWholeNumber) }
      if isName || isNumber { return run.joined(separator: ".").lowercased() }
    }
    return nil
  }

  private static func isOfLabel(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "-"
  }

  /// Also the wide one; the ideographic stop, which browsers take for a dot, ends sentences elsewhere.
  private static func isDot(at place: Int, in characters: [Character]) -> Bool {
    switch characters[place] {
    case ".", "\u{FF0E}": return true
    case "\u{3002}", "\u{FF61}":
      guard characters.indices.contains(place - 1), characters.indices.contains(place + 1) else {
        return false
      }
      return [characters[place - 1], characters[place + 1]].allSatisfy {
        $0.isASCII && isOfLabel($0)
      }
    default: return false
    }
  }
}
