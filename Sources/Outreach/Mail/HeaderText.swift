import Foundation

/// Text in the header of a mail. Whatever it is made from, it stays within its field: no value ends a line.
enum HeaderText {
  /// So long may a line be that holds an encoded word (RFC 2047, section 2).
  private static let mostLineBytes = 76
  private static let mostWordBytes = 75
  /// A line longer than this is not allowed at all (RFC 5322, section 2.1.1); we stay well below.
  private static let longestPlainWord = 900
  private static let wrapper = "=?UTF-8?B?".utf8.count + "?=".utf8.count

  /// A value of unstructured text behind its field's name, folded, in ASCII.
  static func unstructured(_ text: String, after name: String) -> String {
    let text = oneLine(text)
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard isPlain, words.allSatisfy({ $0.utf8.count <= longestPlainWord }) else {
      return encoded(text, after: name)
    }
    return folded(words.map(String.init), after: name)
  }

  /// A name and an address, folded, as `From` and `To` have them.
  static func mailbox(name: String?, address: String, after field: String) -> String {
    let name = oneLine(name ?? "")
    guard !name.isEmpty else { return "<\(address)>" }
    let isPlain = name.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !name.contains("=?")
    guard isPlain, name.utf8.count < longestPlainWord else {
      return "\(encoded(name, after: field))\r\n <\(address)>"
    }
    let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(quoted)\"\r\n <\(address)>"
  }

  /// The text without what ends a line, is no character of text, or turns the direction of others around.
  static func oneLine(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { scalars.append(isText(scalar) ? scalar : " ") }
    return String(scalars).trimmingCharacters(in: .whitespaces)
  }

  /// Whether a character may stand in one line of text.
  static func isText(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF:
      false
    default: true
    }
  }

  private static func folded(_ words: [String], after name: String) -> String {
    var text = ""
    var line = name.utf8.count + 2
    for (place, word) in words.enumerated() {
      // A line of white space alone would end the header for some readers, so only in front of a word.
      if place > 0 {
        let hasWordBehind = !word.isEmpty
        if line + 1 + word.utf8.count > mostLineBytes, hasWordBehind, line > name.utf8.count + 2 {
          text += "\r\n "
          line = 1
        } else {
          text += " "
          line += 1
        }
      }
      text += word
      line += word.utf8.count
    }
    return text
  }

  /// Encoded words (RFC 2047), each of whole characters.
  private static func encoded(_ text: String, after name: String) -> String {
    var words: [String] = []
    var room = bytes(in: mostLineBytes - name.utf8.count - 2)
    var chunk: [UInt8] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if chunk.count + bytes.count > room, !chunk.isEmpty {
        words.append(word(chunk))
        chunk = []
        room = Self.bytes(in: mostWordBytes)
      }
      chunk += bytes
    }
    if !chunk.isEmpty || words.isEmpty { words.append(word(chunk)) }
    return words.joined(separator: "\r\n ")
  }

  /// How many bytes an encoded word of so many characters holds; at least one character's.
  private static func bytes(in characters: Int) -> Int { max(4, (characters - wrapper) / 4 * 3) }

  private static func word(_ bytes: [UInt8]) -> String {
    "=?UTF-8?B?\(Data(bytes).base64EncodedString())?="
  }
}
