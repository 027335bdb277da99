import MCP

/// Cells in columns of equal width, for a terminal.
enum TextTable {
  /// The lines of a table.
  /// - Parameters:
  ///   - rows: all as long as `header`.
  ///   - numeric: the columns that are set to the right.
  static func lines(
    _ header: [String], _ rows: [[String]], numeric: ClosedRange<Int>
  ) -> [String] {
    let all = [header] + rows.map { $0.map(shown) }
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return numeric.contains(column) ? space + cell : cell + space
      }
      let line = cells.joined(separator: "  ")
      return "  " + line.prefix(line.count - line.reversed().prefix { $0 == " " }.count)
    }
  }

  /// A bar.
  /// - Parameter share: 0–1.
  static func bar(_ share: Double, width: Int = 30) -> String {
    let eighths = Int((min(1, max(0, share)) * Double(width) * 8).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let bar = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return bar.isEmpty && share > 0 ? "▏" : bar
  }

  /// Text of a file in one line that shows what it holds: a file may be anybody's.
  static func shown(_ text: String) -> String { VisibleText.revealing(text) }

  /// A share as a percentage.
  static func percent(_ share: Double) -> String {
    "\(ScoredColumns.fixed(share * 100, decimals: 1)) %"
  }
}
