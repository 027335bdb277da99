package import JSONRPC

/// Which segment customers belong to by their recency and frequency, as a file says that people review.
package struct SegmentTable: Sendable {
  /// A group of customers that are treated alike.
  package struct Segment: Sendable, Hashable {
    /// The name, of `[a-z_]`.
    package let name: String
    /// Who is in it, in one sentence.
    package let about: String
    /// What to do, in one sentence.
    package let action: String
  }

  /// The table's name and version, for example `rfm-1`.
  package let version: String
  /// The segments from best to worst.
  package let segments: [Segment]
  /// The segment's place by recency, then frequency.
  private let places: [[Int]]

  /// The segment of a customer.
  package func segment(of scores: RFM) -> Segment {
    segments[places[scores.recency - 1][scores.frequency - 1]]
  }
}

/// Why a table of segments cannot be used.
package struct InvalidSegmentTable: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the file as a JSON Pointer (RFC 6901); empty for the file as a whole.
  package let field: String
  /// What was found there and what would be accepted.
  package let message: String

  package var description: String {
    "\(field.isEmpty ? "the table of segments" : field): \(message)"
  }
}

extension SegmentTable: Decodable {
  /// Reads a table that has been parsed already.
  /// - Throws: `InvalidSegmentTable` with the place, what was found there and what would be accepted.
  package init(json: JSONValue) throws(InvalidSegmentTable) {
    do {
      self = try JSONValueDecoder().decode(SegmentTable.self, from: json)
    } catch {
      let problem = InvalidModel(error)
      throw InvalidSegmentTable(field: problem.field, message: problem.message)
    }
  }

  /// Reads the layout of `resources/segments/rfm.json`: every recency with every frequency belongs to
  /// exactly one segment.
  /// - Throws: `DecodingError` with the coding path of the first part that cannot be used.
  package init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ["version", "about", "segments"])
    version = try reader.text("version", maximumLength: 64)
    _ = try reader.text("about", maximumLength: 2000)
    let entries = try reader.value("segments", as: [Entry].self)
    var places = [[Int?]](repeating: [Int?](repeating: nil, count: 5), count: 5)
    var names: Set<String> = []
    for (index, entry) in entries.enumerated() {
      guard names.insert(entry.segment.name).inserted else {
        throw reader.failure(
          at: "segments", found: "two segments '\(entry.segment.name)'",
          expected: "each name once")
      }
      for cell in entry.cells {
        if let other = places[cell.recency - 1][cell.frequency - 1] {
          throw reader.failure(
            at: "segments",
            found: "\(cell) in '\(entries[other].segment.name)' and '\(entry.segment.name)'",
            expected: "each combination in one segment")
        }
        places[cell.recency - 1][cell.frequency - 1] = index
      }
    }
    for (recency, row) in places.enumerated() {
      guard let frequency = row.firstIndex(of: nil) else { continue }
      throw reader.failure(
        at: "segments", found: "no segment for [\(recency + 1), \(frequency + 1)]",
        expected: "all 25 combinations of recency and frequency")
    }
    segments = entries.map(\.segment)
    self.places = places.map { $0.compactMap(\.self) }
  }

  private struct Entry: Decodable {
    let segment: Segment
    let cells: [Cell]

    init(from decoder: any Decoder) throws {
      let reader = try ModelReader(decoder, accepting: ["name", "about", "action", "cells"])
      let name = try reader.text("name", maximumLength: 32)
      guard name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F }) else {
        throw reader.failure(at: "name", found: "'\(name)'", expected: "a name of a-z and _")
      }
      segment = Segment(
        name: name, about: try reader.text("about"), action: try reader.text("action"))
      cells = try reader.value("cells")
      guard !cells.isEmpty else {
        throw reader.failure(at: "cells", found: "none", expected: "at least one combination")
      }
    }
  }

  /// A recency with a frequency, written as an array of both.
  private struct Cell: Decodable, CustomStringConvertible {
    let recency: Int
    let frequency: Int

    init(from decoder: any Decoder) throws {
      let numbers = try decoder.singleValueContainer().decode([Int].self)
      guard numbers.count == 2, numbers.allSatisfy({ (1...5).contains($0) }) else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "found \(numbers), expected recency and frequency, each from 1 to 5"))
      }
      (recency, frequency) = (numbers[0], numbers[1])
    }

    var description: String { "[\(recency), \(frequency)]" }
  }
}
