import JSONRPC

/// How the sample data spell values.
enum SampleText {
  /// A number with a fixed count of decimals, from whole numbers alone.
  static func decimal(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = PortableMath.round(value * scale)
    let digits = SampleWorld.padded(Int(scaled.magnitude), decimals + 1)
    let sign = scaled < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return "\(sign)\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
  }

  /// A flag as the data set spells it.
  static func flag(_ value: Bool) -> String { value ? "True" : "False" }

  /// A JSON string.
  static func json(_ text: String) -> String { JSONWriter.text(of: .string(text)) }

  /// A JSON array of strings.
  static func json(_ texts: [String]) -> String {
    "[" + texts.map { json($0) }.joined(separator: ", ") + "]"
  }

  /// A JSON object of members that are JSON already.
  static func json(object members: [(String, String)]) -> String {
    "{" + members.map { "\(json($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }
}
