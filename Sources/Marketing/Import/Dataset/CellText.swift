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

  /// What a cell's text looks like without telling what it says: each digit as `9`, each letter as
  /// `a`, cut to 40 characters.
  static func shape(of text: String) -> String {
    let shape = text.unicodeScalars.prefix(40).map { scalar -> Character in
      switch scalar {
      case "0"..."9": "9"
      case " "..."~" where !scalar.properties.isAlphabetic: Character(scalar)
      default: "a"
      }
    }
    return "text of the form '\(String(shape))\(text.unicodeScalars.count > 40 ? "…" : "")'"
  }

  /// The text of a cell that should hold a fixed word: quoted when it is one, otherwise only its
  /// shape, as it may have slipped in from a column of personal data.
  static func word(_ text: String) -> String {
    let isWord =
      text.utf8.count <= 32
      && text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || "_- ".contains(Character($0))
      }
    return isWord ? "'\(text)'" : shape(of: text)
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
