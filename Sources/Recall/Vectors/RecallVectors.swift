/// What a question's vector is compared with. A copy of the table goes with the request: what changes
/// meanwhile does not touch it.
package struct RecallVectors: Sendable {
  /// The question's vector, of the norm 1. Names of speakers are best left out of what it is made of: a
  /// record that holds one is by somebody else.
  package var question: [Float]
  /// The vectors of the records.
  package var table: VectorTable
  /// The rows that are nearest to the question, where an index knows them; `nil` to compare all.
  package var nearest: [UInt32]?

  /// What to compare.
  package init(question: [Float], table: VectorTable, nearest: [UInt32]? = nil) {
    self.question = question
    self.table = table
    self.nearest = nearest
  }
}

extension RecallIndex {
  /// No row, of a document without a vector.
  static let noRow = UInt32.max

  /// Learns which rows its documents have in a table. Has to be called before a search with the table,
  /// after every record that has a vector there was stored here or never will be.
  package mutating func follow(_ table: VectorTable) {
    if vectorGeneration != table.generation {
      vectorRows = [UInt32](repeating: Self.noRow, count: documents.count)
      (vectorGeneration, vectorsSeen) = (table.generation, 0)
    }
    guard vectorsSeen < table.rowCount else { return }
    for row in UInt32(vectorsSeen)..<UInt32(table.rowCount) {
      if let version = table.version(of: row), let place = place(of: version) {
        vectorRows[Int(place)] = row
      }
    }
    vectorsSeen = table.rowCount
  }
}

/// How near the records are to a question by their vectors, in deviations from the mean of all that the reader
/// may see: so the weights hold for models whose cosines keep to a narrow range as for others, and a
/// record without a vector counts as one that is neither near nor far.
final class VectorSignals {
  /// Mean and deviation are those of so many records at most, evenly chosen.
  private static let sample = 1024

  private let vectors: RecallVectors
  private let rows: [UInt32]
  /// By row; empty when only some are compared.
  private let cosines: [Float]
  /// By document, not a number for one without a vector; empty when only some are compared.
  private var values: [Float] = []
  /// By document, with what is said around it, likewise.
  private var nearness: [Float] = []
  private var mean: Float = 0
  private var scale: Float = 0

  /// Compares; `nil` when the vectors do not go together or nothing can be compared.
  /// - Parameter canRead: whether the reader may see a document.
  init?(_ vectors: RecallVectors, rows: [UInt32], canRead: (Int) -> Bool) {
    guard vectors.table.count > 1, vectors.question.count == vectors.table.dimension else {
      return nil
    }
    self.vectors = vectors
    // The index may have followed a later table than the one that was copied for this search.
    let known = UInt32(vectors.table.rowCount)
    let rows = rows.map { $0 < known ? $0 : RecallIndex.noRow }
    self.rows = rows
    cosines =
      vectors.nearest == nil
      ? vectors.table.cosines(0..<vectors.table.rowCount, vectors.question) : []
    let stride = cosines.isEmpty ? max(1, rows.count / Self.sample) : 1
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    for document in Swift.stride(from: 0, to: rows.count, by: stride) {
      guard rows[document] != RecallIndex.noRow, canRead(document) else { continue }
      let value = Double(cosine(of: rows[document]))
      count += 1
      sum += value
      squares += value * value
    }
    guard count > 1 else { return nil }
    let average = sum / count
    let deviation = max(0, squares / count - average * average).squareRoot()
    guard deviation > 1e-6 else { return nil }
    (mean, scale) = (Float(average), Float(1 / deviation))
    guard isComplete else { return }
    values = rows.map { $0 == RecallIndex.noRow ? .nan : (cosine(of: $0) - mean) * scale }
  }

  /// Keeps how near every document is with what is said around it, for it is asked more than once.
  /// - Parameter nearness: by document; not a number for one without a vector.
  func keep(_ nearness: [Float]) { self.nearness = nearness }

  /// How near a document is with what is said around it; `nil` when that was not kept, not a number when it
  /// has no vector.
  @inline(__always)
  func kept(_ document: UInt32) -> Float? {
    nearness.isEmpty ? nil : nearness[Int(document)]
  }

  /// Whether every record is compared.
  var isComplete: Bool { !cosines.isEmpty }

  private func cosine(of row: UInt32) -> Float {
    cosines.isEmpty ? vectors.table.cosine(row, vectors.question) : cosines[Int(row)]
  }

  /// How near a document is; `nil` when it has no vector.
  @inline(__always)
  func own(_ document: UInt32) -> Float? {
    if !values.isEmpty {
      let value = values[Int(document)]
      return value.isNaN ? nil : value
    }
    let row = rows[Int(document)]
    return row == RecallIndex.noRow ? nil : (cosine(of: row) - mean) * scale
  }
}
