import Marketing

/// A file's rows, column by column; each different text is kept once.
package struct DataTable: Sendable {
  /// One column.
  package struct Column: Sendable {
    /// The name in the header.
    package let name: String
    /// The different texts, trimmed, in the order in which they first come.
    package private(set) var texts: [String] = []
    /// For each row the place of its text, −1 where the cell is empty.
    package private(set) var codes: [Int32] = []
    private var places: [String: Int32] = [:]

    /// A column without rows.
    package init(name: String) { self.name = name }

    /// Adds a row.
    /// - Parameter text: not empty; `nil` for a missing value.
    package mutating func append(_ text: String?) {
      guard let text else {
        codes.append(-1)
        return
      }
      if let place = places[text] {
        codes.append(place)
      } else {
        let place = Int32(texts.count)
        texts.append(text)
        places[text] = place
        codes.append(place)
      }
    }

    /// How many rows have each text.
    package var counts: [Int] {
      var counts = [Int](repeating: 0, count: texts.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      return counts
    }

    /// A row's text; `nil` where it is missing.
    package subscript(row: Int) -> String? {
      let code = codes[row]
      return code < 0 ? nil : texts[Int(code)]
    }
  }

  /// The columns in the order of the header, all of the same length.
  package var columns: [Column]
  /// Rows that could not be read, by the reason in words.
  package var unreadable: [String: Int] = [:]
  /// What the reader should know about the file, in sentences.
  package var warnings: [String] = []

  /// How many rows there are.
  package var rows: Int { columns.first?.codes.count ?? 0 }

  /// A table.
  package init(columns: [Column]) { self.columns = columns }

  /// A column by its name.
  package func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}

extension DataTable {
  /// The most rows that are read of a file.
  package static let rowLimit = 2_000_000

  /// Reads delimited text: UTF-8, UTF-16 or Windows-1252. The delimiter is found out, or named by a first line
  /// such as `sep=;`; lines end with LF, CRLF or CR. Rows that cannot be read are counted and left out.
  /// - Parameter delimiter: what separates the fields; `nil` to find it out.
  /// - Throws: `DataError` for text that is no table.
  package init(
    csv bytes: [UInt8], delimiter: UInt8? = nil, missing: MissingMarkers = MissingMarkers()
  ) throws(DataError) {
    let text = DelimitedText(bytes, delimiter: delimiter)
    let bytes = text.bytes
    self.init(columns: [])
    if text.encoding == .windows1252 {
      warnings.append(
        "The file is not UTF-8 and was read as Windows-1252: if letters with accents look wrong, save it "
          + "as CSV in UTF-8.")
    }
    var reader = CSVReader(delimiter: text.delimiter)
    reader.push(bytes)
    reader.finish()
    do throws(CSVFileError) {
      while true {
        while let element = try reader.next() {
          take(element, missing)
          if rows > Self.rowLimit { break }
        }
        // A quote too many made the reader swallow lines that it now reads anew.
        guard let offset = reader.resumeOffset, offset < bytes.count else { break }
        reader.push(bytes[offset...])
        reader.finish()
      }
    } catch {
      throw DataError(error.description)
    }
    guard rows <= Self.rowLimit else {
      throw DataError("the file has more than \(Self.rowLimit) rows, which is the limit")
    }
    guard !columns.isEmpty else { throw DataError("the file is empty: expected a header and rows") }
  }

  private mutating func take(_ element: CSVElement, _ missing: MissingMarkers) {
    switch element {
    case .header(let names): columns = names.map(Column.init(name:))
    case .row(let row):
      for place in columns.indices {
        columns[place].append(missing.value(of: row[place]))
      }
    case .problem(let problem): unreadable[problem.message, default: 0] += 1
    }
  }
}

/// Why data cannot be used: what was found and what would be accepted.
package struct DataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The whole message.
  package let description: String

  /// An error.
  package init(_ description: String) { self.description = description }
}
