import JSONRPC

/// What a service says of an error, made fit for a log: services repeat what they were sent, and neither the key
/// nor a text may stand there.
enum ServiceMessage {
  /// How much of it is kept, in Unicode scalars.
  private static let longest = 200
  /// So many bytes of the key in a row give it away: services show its start and its end.
  private static let keyBytes = 4

  /// Words of such messages, which stay though a text holds them too: alone they tell nothing of it.
  private static let ordinary = Set(
    """
    a an and api are at bad be body by can cannot characters code configured context credentials
    does dimension dimensions empty error exceeded exceeds expected failed field float for format
    found from has have in input inputs incorrect internal invalid is it key length limit limits
    loaded long longer many max maximum missing model models more most must no not number of on
    only or overloaded parameter per please provided quota rate request requests required resource
    retry server service should size string supported texts than that the this to token tokens too
    type unauthorized unavailable unknown unsupported use valid value was with you your
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// The message in an error's body, with every word of the texts and every part of the key left out.
  static func text(of body: [UInt8], key: APIKey?, texts: [String]) -> String {
    let words = Set(texts.flatMap { Self.words(of: $0) }).subtracting(ordinary)
    return message(in: body).split { $0.isWhitespace }.map { token in
      if let key, gives(token, away: key) { return "…" }
      return masked(token, words)
    }.joined(separator: " ").shortened(to: longest)
  }

  private static func message(in body: [UInt8]) -> String {
    guard let json = try? JSONParser().parse(body) else {
      let text = String(decoding: body, as: UTF8.self)
      // A page for people says nothing in its first lines.
      return text.contains("<") ? "" : text
    }
    let found =
      json["error"]?["message"] ?? json["error"] ?? json["message"] ?? json["detail"]?[0]?["msg"]
      ?? json["detail"]
    return found?.stringValue ?? ""
  }

  private static func words(of text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber }.map { $0.lowercased() }
  }

  private static func gives(_ token: Substring, away key: APIKey) -> Bool {
    let secret = Array(key.text.utf8)
    let bytes = Array(token.utf8)
    let width = min(keyBytes, secret.count)
    guard bytes.count >= width else { return false }
    let parts = Set((0...secret.count - width).map { secret[$0..<$0 + width] })
    return (0...bytes.count - width).contains { parts.contains(bytes[$0..<$0 + width]) }
  }

  /// A word in another script has no certain end, so none of them stays.
  private static func masked(_ token: Substring, _ words: Set<String>) -> String {
    var result = ""
    var word = ""
    func close() {
      guard !word.isEmpty else { return }
      let isTold = words.contains(word.lowercased()) || !word.utf8.allSatisfy { $0 < 0x80 }
      result += isTold ? "…" : word
      word = ""
    }
    for character in token {
      if character.isLetter || character.isNumber {
        word.append(character)
      } else {
        close()
        if let byte = character.asciiValue, byte > 0x20, byte < 0x7F { result.append(character) }
      }
    }
    close()
    return result
  }
}
