/// One row of a CSV file: its fields as UTF-8 without the quotes that stood around them.
package struct CSVRow: Sendable, Hashable {
  /// The line that the row starts on, from 1. A quoted field may carry the row over several lines.
  package let line: Int
  private let bytes: [UInt8]
  /// Where each field ends in `bytes`.
  private let ends: [Int]

  init(line: Int, bytes: [UInt8], ends: [Int]) {
    self.line = line
    self.bytes = bytes
    self.ends = ends
  }

  /// How many fields there are.
  package var count: Int { ends.count }

  /// A field's bytes, which are valid UTF-8.
  /// - Parameter index: from 0 to `count` − 1.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// A field as text.
  /// - Parameter index: from 0 to `count` − 1.
  package func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// All fields as text.
  package var texts: [String] { (0..<count).map(text) }
}

/// What a reader finds next in a file.
package enum CSVElement: Sendable, Hashable {
  /// The first row: the columns' names, each one different, white space around them cut. A column
  /// without a name is called `column_` and its place from 1.
  case header([String])
  /// A row with as many fields as the header.
  case row(CSVRow)
  /// A row that cannot be read.
  case problem(CSVProblem)
}

/// Why one row of a CSV file cannot be read. Holds nothing of the row's content.
package struct CSVProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The rule that was broken.
  package enum Reason: Sendable, Hashable {
    /// A quoted field has no closing quote, or its closing quote comes in the middle of a later line.
    case unclosedQuote
    /// A quote stands inside a field that is not quoted, or text stands behind a closing quote.
    case strayQuote
    /// The row has another number of fields than the header.
    case fieldCount(found: Int, expected: Int)
    /// The bytes are not UTF-8.
    case encoding
    /// A field is longer than this many bytes. The row ends on `lastLine`.
    case fieldSize(limit: Int, lastLine: Int)
    /// A row is longer than this many bytes. It ends on `lastLine`.
    case rowSize(limit: Int, lastLine: Int)
    /// A NUL byte.
    case nul
  }

  /// The line that the row starts on, from 1.
  package let line: Int
  /// The place of the field, from 0; `nil` when the row as a whole is wrong.
  package let column: Int?
  /// The rule that was broken.
  package let reason: Reason

  /// What was found and what would be accepted.
  package var message: String {
    switch reason {
    case .unclosedQuote:
      "the quote that opens this field is not closed before a delimiter or the end of a line; "
        + "close it, and double each quote within the field"
    case .strayQuote:
      "a quote stands inside the field; put the whole field in quotes and double each quote within it"
    case .fieldCount(let found, let expected):
      "found \(found) \(found == 1 ? "field" : "fields"), expected \(expected) as in the header"
    case .encoding: "the bytes are not UTF-8; save the file as UTF-8"
    case .fieldSize(let limit, let last):
      "the field is longer than \(limit) bytes, which is the limit\(extent(last))"
    case .rowSize(let limit, let last):
      "the row is longer than \(limit) bytes, which is the limit\(extent(last))"
    case .nul: "found a NUL byte; only text is accepted"
    }
  }

  /// Says how many lines a row takes that is too long, so that nobody misses them.
  private func extent(_ last: Int) -> String {
    guard last > line else { return "" }
    return "; the row ends on line \(last): if its lines are rows of their own, "
      + "a quote before the field is one too many"
  }

  package var description: String {
    "line \(line)\(column.map { ", field \($0 + 1)" } ?? ""): \(message)"
  }
}

/// Why a file is no CSV file at all.
package struct CSVFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The first bad line, from 1.
  package let line: Int
  /// What was found and what would be accepted.
  package let message: String

  package var description: String { "line \(line): \(message)" }
}
