import Marketing

/// A delimited file's text, opened the same way for training and for scoring: in UTF-8, without the line
/// that names the delimiter.
package struct DelimitedText: Sendable {
  /// What the file is written in.
  package let encoding: TextEncoding
  /// The text in UTF-8.
  package let bytes: [UInt8]
  /// What separates the fields.
  package let delimiter: UInt8

  /// Opens a file: UTF-8, UTF-16 or Windows-1252. The delimiter is found out, or named by a first line such
  /// as `sep=;`.
  /// - Parameter delimiter: what separates the fields; `nil` to find it out.
  package init(_ file: [UInt8], delimiter: UInt8? = nil) {
    encoding = TextEncoding(of: file)
    var bytes = encoding.utf8(file)
    let named = Self.takeDelimiter(of: &bytes)
    self.bytes = bytes
    self.delimiter =
      delimiter ?? named
      ?? bytes.prefix(CSVSniffer.enoughBytes).withUnsafeBytes {
        CSVSniffer.delimiter(of: $0, isWholeFile: bytes.count <= CSVSniffer.enoughBytes)
      }
  }

  /// Takes away the line by which spreadsheets are told the delimiter. Its end stays, so that lines keep
  /// their numbers.
  private static func takeDelimiter(of bytes: inout [UInt8]) -> UInt8? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = bytes.starts(with: mark) ? mark.count : 0
    let line = bytes[start...].prefix(16).prefix { $0 != 0x0A && $0 != 0x0D }
    guard line.count == 5, let delimiter = line.last, bytes.count > start + line.count,
      line.dropLast().elementsEqual("sep=".utf8), CSVSniffer.candidates.contains(delimiter)
    else { return nil }
    bytes.removeFirst(start + line.count)
    return delimiter
  }
}
