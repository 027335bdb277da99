import JSONRPC

/// Reads the answer of `/v1/embeddings`.
enum EmbeddingAnswer {
  /// What is wrong with an answer.
  struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  /// The longest vector that is taken, in numbers.
  static let longestVector = 8192

  /// How long an answer may be: a number takes up to 25 bytes, and there is more in it than numbers.
  static func mostBytes(vectors: Int) -> Int { 1 << 20 + vectors * longestVector * 25 }

  /// The vectors in the order of the texts, each of the norm 1, or empty where all numbers are zero.
  /// - Parameters:
  ///   - count: how many there shall be.
  ///   - length: how long they shall be; `nil` for as long as the first.
  static func vectors(
    in bytes: [UInt8], count: Int, length: Int?
  ) throws(Problem) -> [[Float]] {
    guard let json = try? JSONParser(maximumBytes: mostBytes(vectors: count)).parse(bytes) else {
      throw Problem("found an answer that is no JSON")
    }
    guard let entries = json["data"]?.arrayValue else {
      throw Problem("found an answer without data, expected vectors")
    }
    guard entries.count == count else {
      throw Problem("found \(entries.count) vectors, expected \(count)")
    }
    var vectors = [[Float]?](repeating: nil, count: count)
    var length = length
    for (place, entry) in entries.enumerated() {
      let index = entry["index"].map { $0.integerValue ?? -1 } ?? Int64(place)
      guard (0..<Int64(count)).contains(index), vectors[Int(index)] == nil else {
        throw Problem("found vector number \(place + 1) at index \(index), expected each once")
      }
      let numbers = try numbers(entry["embedding"])
      guard (1...longestVector).contains(numbers.count), numbers.count == length ?? numbers.count
      else {
        let wanted = length.map(String.init) ?? "1 to \(longestVector)"
        throw Problem("found a vector of \(numbers.count) numbers, expected \(wanted)")
      }
      length = numbers.count
      guard numbers.allSatisfy(\.isFinite) else {
        throw Problem("found a vector with a number that is none")
      }
      vectors[Int(index)] = UnitVector.of(numbers)
    }
    return vectors.compactMap { $0 }
  }

  private static func numbers(_ value: JSONValue?) throws(Problem) -> [Float] {
    switch value {
    case .array(let elements):
      let numbers = elements.compactMap { $0.doubleValue.map { Float($0) } }
      guard numbers.count == elements.count else {
        throw Problem("found a vector with what is no number")
      }
      return numbers
    case .string(let text):
      // Some answer so whatever they were asked for.
      guard let numbers = Base64Floats.numbers(in: text) else {
        throw Problem("found a vector as text that is not floats in base64")
      }
      return numbers
    case let other: throw Problem("found \(other?.typeName ?? "nothing") as a vector")
    }
  }
}

/// Floats of 32 bits, the lowest byte first, in base64 (RFC 4648, section 4).
enum Base64Floats {
  private static let values: [UInt8: UInt32] = {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return Dictionary(
      uniqueKeysWithValues: letters.utf8.enumerated().map { ($1, UInt32($0)) })
  }()

  /// The numbers in a text; `nil` when it holds no such.
  static func numbers(in text: String) -> [Float]? {
    var letters = text.utf8[...]
    for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count * 3 / 4)
    var bits: UInt32 = 0
    var count = 0
    for letter in letters {
      guard let value = values[letter] else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    guard bytes.count.isMultiple(of: 4), count < 6 else { return nil }
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      let pattern = bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Float(bitPattern: pattern)
    }
  }
}
