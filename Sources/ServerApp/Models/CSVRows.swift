import LeadModels
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

  /// Reads the header. The file is opened as training opens it.
  /// - Parameter delimiter: what separates the fields; `nil` to find it out.
  /// - Throws: `ModelCommandError` for a file that is no table.
  init(_ file: [UInt8], path: String, delimiter: UInt8? = nil) throws {
    let text = DelimitedText(file, delimiter: delimiter)
    bytes = text.bytes
    self.delimiter = text.delimiter
    self.path = path
    reader = CSVReader(delimiter: text.delimiter)
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
