import Marketing

/// The rows of a file that is in memory, one after the other.
struct CSVRows {
  private static let piece = 1 << 18

  /// What separates the fields.
  let delimiter: UInt8
  /// The names of the columns.
  private(set) var header: [String] = []
  private let path: String
  private let bytes: [UInt8]
  private var reader: CSVReader
  /// How many bytes the reader has been given.
  private var given = 0
  private var isFinished = false

  /// Reads the header.
  /// - Throws: `ModelCommandError` for a file that is no table.
  init(_ bytes: [UInt8], path: String) throws {
    self.bytes = bytes
    self.path = path
    delimiter = bytes.prefix(CSVSniffer.enoughBytes).withUnsafeBytes {
      CSVSniffer.delimiter(of: $0, isWholeFile: bytes.count <= CSVSniffer.enoughBytes)
    }
    reader = CSVReader(delimiter: delimiter)
    if case .header(let names)? = try next() { header = names }
  }

  /// The share of the file that has been read, 0–1.
  var share: Double { Double(given) / Double(max(1, bytes.count)) }

  /// What comes next; `nil` at the end.
  mutating func next() throws -> CSVElement? {
    do throws(CSVFileError) {
      while true {
        if let element = try reader.next() { return element }
        if let offset = reader.resumeOffset {
          // A quote too many made the reader swallow lines that it now reads anew.
          (given, isFinished) = (offset, false)
        } else if given == bytes.count {
          if isFinished { return nil }
          reader.finish()
          isFinished = true
          continue
        }
        let end = min(bytes.count, given + Self.piece)
        reader.push(bytes[given..<end])
        given = end
      }
    } catch {
      throw ModelCommandError("\(path): \(error)")
    }
  }
}
