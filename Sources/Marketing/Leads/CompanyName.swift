/// Company names in the form they are compared in.
package enum CompanyName {
  /// The name folded, without punctuation and without the legal form at its end.
  /// - Returns: `nil` when nothing is left, or when the text only says that there is no company.
  package static func key(_ name: String) -> String? {
    var words = words(of: TextFolding.folded(name))
    if placeholders.contains(words.joined(separator: " ")) { return nil }
    while words.count > 1, let last = words.last {
      if legalForms.contains(last) {
        words.removeLast()
      } else if words.count > 2, let form = splitLegalForms[last], words[words.count - 2] == form {
        words.removeLast(2)
      } else {
        break
      }
    }
    let key = words.joined(separator: " ")
    return key.isEmpty ? nil : key
  }

  /// Words of letters and digits; dots and apostrophes vanish within a word, `&` is a word.
  private static func words(of folded: String) -> [String] {
    var words: [String] = []
    var word = ""
    for scalar in folded.unicodeScalars {
      switch scalar {
      case ".", "'": continue
      case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
      case _ where !scalar.isASCII && HostName.isWordScalar(scalar):
        word.unicodeScalars.append(scalar)
      default:
        if !word.isEmpty { words.append(word) }
        word = ""
        if scalar == "&" || scalar == "+" { words.append("and") }
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// The forms by which companies are registered; the same company is written with and without. `and`
  /// stands here for forms such as `GmbH & Co. KG`.
  private static let legalForms: Set<String> = [
    "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation", "co",
    "company", "gmbh", "mbh", "ag", "kg", "kgaa", "ug", "ohg", "ev", "se", "sa", "sas", "sasu",
    "sarl", "eurl", "srl", "spa", "sl", "slu", "bv", "nv", "bvba", "as", "asa", "ab", "aps", "oy",
    "oyj", "hf", "ehf", "doo", "dd", "sro", "sp", "zoo", "kft", "zrt", "ou", "uab", "sia", "ooo",
    "pty",
    "pte", "pvt", "private", "sdn", "bhd", "kk", "gk", "ltda", "eireli", "and",
  ]

  /// The second part of a legal form that punctuation splits, by its first: `A/S`, `z o.o.`.
  private static let splitLegalForms = ["s": "a", "oo": "z"]

  /// What people enter where a form insists on a company.
  private static let placeholders: Set<String> = [
    "", "na", "n a", "none", "no", "nil", "null", "unknown", "private", "personal", "individual",
    "self", "self employed", "selfemployed", "freelance", "freelancer", "student", "test", "x",
    "xx", "xxx", "no company", "not applicable", "home",
  ]
}
