/// How the text of a cell is understood, and how it may be spoken of.
enum CellText {
  /// ASCII letters in lower case, spaces, hyphens and slashes as underscores.
  static func folded(_ bytes: some Collection<UInt8>) -> String {
    var folded: [UInt8] = []
    folded.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): folded.append(byte | 0x20)
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "/"):
        folded.append(UInt8(ascii: "_"))
      default: folded.append(byte)
      }
    }
    return String(decoding: folded, as: UTF8.self)
  }

  /// A decimal number with an optional sign, fraction and exponent; `nil` for anything else, also for
  /// what other readers take, such as `nan`, `inf` or `0x10`, and for numbers too large for a double.
  static func decimal(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isPlain, let number = Double(text), number.isFinite else { return nil }
    return number
  }

  /// A flag in one of the usual words; `nil` for anything else.
  static func flag(_ text: String) -> Bool? {
    switch folded(text.utf8) {
    case "true", "t", "yes", "y", "1": true
    case "false", "f", "no", "n", "0": false
    default: nil
    }
  }

  /// What a cell holds without telling what it says, as it may have slipped in from a column of personal
  /// data: its length and the kinds of its characters. Of text without letters also the form, each digit
  /// as `9`, by which a date in another order is recognised.
  static func described(_ text: String) -> String {
    let count = text.unicodeScalars.count
    var kinds: [String] = []
    func note(_ kind: String) { if !kinds.contains(kind) { kinds.append(kind) } }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9": note("digits")
      case " ": note("spaces")
      case "!"..."~" where !scalar.properties.isAlphabetic: note("'\(scalar)'")
      case _ where scalar.properties.isAlphabetic: note("letters")
      default: note("other characters")
      }
    }
    let length = count == 1 ? "1 character" : "\(count) characters"
    if count <= 40, kinds.contains("digits"), !kinds.contains("letters"),
      !kinds.contains("other characters")
    {
      let form = text.unicodeScalars.map { ("0"..."9").contains($0) ? "9" : Character($0) }
      return "\(length) of the form '\(String(form))'"
    }
    return "\(length): \(kinds.prefix(8).joined(separator: ", "))"
  }

  /// A channel by its name or one of its usual other names, in any case.
  static func channel(_ bytes: some Collection<UInt8>) -> Channel? {
    let word = folded(bytes)
    if let channel = Channel(rawValue: word) { return channel }
    return switch word {
    case "e_mail", "mail", "emails": .email
    case "text", "text_message", "texting": .sms
    case "social_media": .social
    case "ad", "advertising", "paid_ads": .ads
    case "website", "site", "online": .web
    case "phone", "telephone", "phone_call", "calls", "mobile": .call
    default: nil
    }
  }
}
