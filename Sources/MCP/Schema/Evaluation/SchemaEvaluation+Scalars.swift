import JSONRPC

extension SchemaEvaluation {
  mutating func checkText(_ node: SchemaNode, _ text: String) -> Bool {
    var isValid = true
    for rule in node.rules.texts {
      switch rule {
      case .minLength(let count):
        if Self.isShorter(text, than: count) {
          isValid = refuse(
            node, "minLength", "minLength", Self.length(of: text),
            "must have at least \(Found.counted(count, "character", "characters"))")
        }
      case .maxLength(let count):
        if Self.isLonger(text, than: count) {
          isValid = refuse(
            node, "maxLength", "maxLength", Self.length(of: text),
            "must have at most \(Found.counted(count, "character", "characters"))")
        }
      case .format(let format):
        if !format.accepts(text) {
          isValid = refuse(node, "format", "format", Found.quoted(text), format.expected)
        }
      case .pattern(let pattern):
        if !matches(text, pattern) {
          isValid = refuse(
            node, "pattern", "pattern", Found.quoted(text),
            "must match the pattern \(Found.shortened(pattern.source, to: 200))")
        }
      }
      if !isValid, isDone { return false }
    }
    return isValid
  }

  /// Whether the pattern is found; not when the steps run out, which ends the run.
  mutating func matches(_ text: String, _ pattern: SchemaPattern) -> Bool {
    guard let isMatch = pattern.matches(text, work: &steps, limit: program.limits.steps) else {
      exhaust()
      return false
    }
    return isMatch
  }

  mutating func checkNumber(_ node: SchemaNode, _ value: JSONValue) -> Bool {
    guard !node.rules.numbers.isEmpty else { return true }
    guard let number = ComparableNumber(value) else {
      return refuse(
        node, node.rules.numbers[0].keyword, node.rules.numbers[0].keyword,
        Found.text(of: value), "must be a number whose exponent fits in 32 bits")
    }
    var isValid = true
    for rule in node.rules.numbers where !rule.holds(for: number) {
      isValid = refuse(node, rule.keyword, rule.keyword, Found.text(of: value), rule.expected)
      if isDone { return false }
    }
    return isValid
  }

  private static func length(of text: String) -> String {
    Found.counted(text.unicodeScalars.count, "character", "characters")
  }

  // A scalar takes one to four bytes, and the number of bytes is known without counting.

  private static func isShorter(_ text: String, than count: Int) -> Bool {
    let bytes = text.utf8.count
    return bytes < count || (bytes + 3) / 4 < count && text.unicodeScalars.count < count
  }

  private static func isLonger(_ text: String, than count: Int) -> Bool {
    let bytes = text.utf8.count
    return bytes > count && text.unicodeScalars.count > count
  }
}
