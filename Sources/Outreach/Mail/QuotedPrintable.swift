/// Text in ASCII lines of at most 76 characters (RFC 2045, section 6.7).
enum QuotedPrintable {
  private static let mostLineBytes = 76
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// The text in UTF-8, every line ended by CRLF, however the text ends its lines.
  static func bytes(of text: String) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count + text.utf8.count / 8)
    for line in lines(of: text) {
      append(line, to: &output)
      output += [0x0D, 0x0A]
    }
    return output
  }

  private static func lines(of text: String) -> [ArraySlice<UInt8>] {
    let bytes = Array(text.utf8)
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x0A || bytes[place] == 0x0D {
        lines.append(bytes[start..<place])
        if bytes[place] == 0x0D, place + 1 < bytes.count, bytes[place + 1] == 0x0A { place += 1 }
        start = place + 1
      }
      place += 1
    }
    if start < bytes.count { lines.append(bytes[start...]) }
    return lines
  }

  private static func append(_ line: ArraySlice<UInt8>, to output: inout [UInt8]) {
    var length = 0
    for place in line.indices {
      // The mark that the line goes on needs a place too.
      let room = mostLineBytes - (place == line.endIndex - 1 ? 0 : 1)
      if length + (isPlain(place, in: line, at: length) ? 1 : 3) > room {
        output += [0x3D, 0x0D, 0x0A]
        length = 0
      }
      if isPlain(place, in: line, at: length) {
        output.append(line[place])
        length += 1
      } else {
        output += [0x3D, digits[Int(line[place] >> 4)], digits[Int(line[place] & 15)]]
        length += 3
      }
    }
  }

  /// Whether a character stands for itself at a column of the output.
  private static func isPlain(
    _ place: Int, in line: ArraySlice<UInt8>, at column: Int
  ) -> Bool {
    switch line[place] {
    case 0x3D: false
    // White space at the end of a line is lost on the way.
    case 0x20, 0x09: place < line.endIndex - 1
    // Some hosts write `>` before a line that begins like this.
    case UInt8(ascii: "F"): column > 0 || !line[place...].starts(with: "From ".utf8)
    // A line of one dot alone ends a mail, for those who forget to double it.
    case UInt8(ascii: "."): column > 0
    case let byte: (0x21...0x7E).contains(byte)
    }
  }
}
