import Marketing

/// Random leads whose outcomes follow a rule, the same for the same seed.
struct LeadRows {
  /// The columns that there always are.
  static let columns = ["Lead No", "Visits", "Minutes", "Channel", "Notes", "Converted"]

  var count = 400
  var seed: UInt64 = 1
  /// How much longer each lead was looking than the leads of another file, in minutes.
  var shift = 0.0
  /// Whether there is a column `Stage`, which tells the outcome.
  var leaks = false
  var delimiter = ","
  var lineEnd = "\n"
  var hasDecimalCommas = false

  private static let channels = ["Search", "Fair", "Referral"]

  private struct Random {
    var state: UInt64

    mutating func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
  }

  /// The header.
  var header: [String] { Self.columns + (leaks ? ["Stage"] : []) }

  /// The cells of each lead.
  var rows: [[String]] {
    var random = Random(state: seed)
    return (0..<count).map { number in
      let visits = Int(random.uniform() * 12)
      let tenths = Int(random.uniform() * 300)
      let channel = Self.channels[Int(random.uniform() * 3)]
      let likes = Double(visits - 6) / 3 + Double(tenths - 150) / 80 + (channel == "Fair" ? 1 : 0)
      let isWon = random.uniform() * 6 - 3 < likes
      let shown = tenths + Int(shift * 10)
      let cells = [
        "\(number + 1)", "\(visits)", "\(shown / 10)\(hasDecimalCommas ? "," : ".")\(shown % 10)",
        channel,
        // What an output must keep as it was.
        number % 7 == 0 ? "said \"call; or write\",\nthen left" : " é ", isWon ? "1" : "0",
      ]
      return cells + (leaks ? [isWon ? "Closed" : "Dead"] : [])
    }
  }

  /// The whole file.
  var text: String {
    ([header] + rows).map { row in
      row.map { cell in
        cell.contains { "\",;\n".contains($0) }
          ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
      }.joined(separator: delimiter)
    }.joined(separator: lineEnd) + lineEnd
  }
}

/// What a CSV text holds.
struct ReadTable {
  var header: [String] = []
  var rows: [[String]] = []

  /// Reads a text.
  /// - Throws: `CSVFileError`, and the first `CSVProblem` there is.
  init(_ text: String, delimiter: UInt8 = UInt8(ascii: ",")) throws {
    var reader = CSVReader(delimiter: delimiter)
    reader.push(text.utf8)
    reader.finish()
    while let element = try reader.next() {
      switch element {
      case .header(let names): header = names
      case .row(let row): rows.append(row.texts)
      case .problem(let problem): throw problem
      }
    }
  }

  /// A column's cells.
  subscript(name: String) -> [String] {
    header.firstIndex(of: name).map { place in rows.map { $0[place] } } ?? []
  }
}
