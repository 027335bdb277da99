import JSONRPC
import Marketing
import Testing

@Suite("CSV reader")
struct CSVReaderTests {
  /// Everything found in a text, fed in chunks of one size.
  static func elements(
    _ bytes: some Collection<UInt8>, chunk: Int = .max, delimiter: UInt8 = UInt8(ascii: ","),
    limits: CSVReader.Limits = CSVReader.Limits()
  ) throws(CSVFileError) -> [CSVElement] {
    var reader = CSVReader(delimiter: delimiter, limits: limits)
    var found: [CSVElement] = []
    let bytes = Array(bytes)
    var at = 0
    while true {
      let isAtEnd = at == bytes.count
      if isAtEnd {
        reader.finish()
      } else {
        let end = bytes.count - at > chunk ? at + chunk : bytes.count
        reader.push(bytes[at..<end])
        at = end
      }
      while let element = try reader.next() { found.append(element) }
      if let offset = reader.resumeOffset {
        at = offset
      } else if isAtEnd {
        break
      }
    }
    return found
  }

  /// An element in short: `h a|b`, `2 a|b`, `! 3 1 strayQuote`.
  static func short(_ element: CSVElement) -> String {
    switch element {
    case .header(let names): "h \(names.joined(separator: "|"))"
    case .row(let row): "\(row.line) \(row.texts.joined(separator: "|"))"
    case .problem(let problem):
      "! \(problem.line) \(problem.column.map(String.init) ?? "-") \(name(problem.reason))"
    }
  }

  private static func name(_ reason: CSVProblem.Reason) -> String {
    switch reason {
    case .fieldCount(let found, let expected): "\(found) of \(expected)"
    case .fieldSize: "fieldSize"
    case .rowSize: "rowSize"
    default: "\(reason)"
    }
  }

  @Test(
    "reads well-formed text",
    arguments: [
      ("a,b\n1,2\n3,4\n", ["h a|b", "2 1|2", "3 3|4"]),
      ("a,b\n1,2\n3,4", ["h a|b", "2 1|2", "3 3|4"]),
      ("a,b\r\n1,2\r\n3,4\r\n", ["h a|b", "2 1|2", "3 3|4"]),
      ("a,b\r1,2\r3,4", ["h a|b", "2 1|2", "3 3|4"]),
      ("a,b\r1,2\n3,4\r\n5,6\r", ["h a|b", "2 1|2", "3 3|4", "4 5|6"]),
      ("\u{FEFF}a,b\n1,2\n", ["h a|b", "2 1|2"]),
      ("\u{FEFF}\"a\",b\n1,2\n", ["h a|b", "2 1|2"]),
      ("\n\r\n\ra,b\n\n\n1,2\n\n", ["h a|b", "7 1|2"]),
      ("a,b\n\"1\",\"2\"\n", ["h a|b", "2 1|2"]),
      ("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", ["h a|b", "2 x,y|say \"hi\""]),
      ("a,b\n\"x\ny\",2\n3,4\n", ["h a|b", "2 x\ny|2", "4 3|4"]),
      ("a,b\r\n\"x\r\ny\rz\",2\r\n3,4", ["h a|b", "2 x\r\ny\rz|2", "5 3|4"]),
      ("a,b\n,\n\"\",\"\"\n", ["h a|b", "2 |", "3 |"]),
      ("a\n\"\"\n1\n", ["h a", "2 ", "3 1"]),
      ("a,b\n 1 ,\t2\n", ["h a|b", "2  1 |\t2"]),
      ("a,b\n1,", ["h a|b", "2 1|"]),
      ("a,b\n1,\"2\"", ["h a|b", "2 1|2"]),
      ("a,b\n1,\"\"\"\"", ["h a|b", "2 1|\""]),
      ("a,b\nE\u{2011}commerce,“Grüße”\n", ["h a|b", "2 E\u{2011}commerce|“Grüße”"]),
      ("a,,c\n1,2,3\n", ["h a|column_2|c", "2 1|2|3"]),
      (" a , b \n1,2\n", ["h a|b", "2 1|2"]),
    ])
  func wellFormed(text: String, expected: [String]) throws {
    for chunk in [1, 2, 3, 7, .max] {
      #expect(try Self.elements(text.utf8, chunk: chunk).map(Self.short) == expected)
    }
  }

  @Test(
    "reports each bad row with its line and field, and reads on",
    arguments: [
      ("a,b\n1\n3,4\n", ["h a|b", "! 2 - 1 of 2", "3 3|4"]),
      ("a,b\n1,2,3\n3,4\n", ["h a|b", "! 2 - 3 of 2", "3 3|4"]),
      ("a,b\n1,x\"y\n3,4\n", ["h a|b", "! 2 1 strayQuote", "3 3|4"]),
      ("a,b\n\"1\"x,2\n3,4\n", ["h a|b", "! 2 0 strayQuote", "3 3|4"]),
      ("a,b\n1, \"2\"\n3,4\n", ["h a|b", "! 2 1 strayQuote", "3 3|4"]),
      // A forgotten quote at the end of the file costs its own row only.
      ("a,b\n1,\"2\n3,4\n5,6\n", ["h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6"]),
      ("a,b\n1,\"2\r\n3,4\r\n5,6\r\n", ["h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6"]),
      ("a,b\n1,\"2\r3,4\r5,6", ["h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6"]),
      ("a,b\n1,\"2", ["h a|b", "! 2 1 unclosedQuote"]),
      // In a file that quotes everything, the next row's quote seems to close the field.
      (
        "a,b\n\"1\",\"2\n\"3\",\"4\"\n\"5\",\"6\"\n",
        ["h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6"]
      ),
      // Quotes that are doubled in later rows do not open a field there.
      ("a,b\n1,\"2\n3,\"\"\n5,\"x\"\"\"\n", ["h a|b", "! 2 1 unclosedQuote", "3 3|", "4 5|x\""]),
      ("a,b\n1,2\n\"\n", ["h a|b", "2 1|2", "! 3 0 unclosedQuote"]),
      ("a,b\n,,,,\n3,4", ["h a|b", "! 2 - 5 of 2", "3 3|4"]),
    ])
  func badRows(text: String, expected: [String]) throws {
    for chunk in [1, 2, 3, 7, .max] {
      #expect(try Self.elements(text.utf8, chunk: chunk).map(Self.short) == expected)
    }
  }

  @Test("refuses bytes that are not UTF-8, row by row")
  func encoding() throws {
    let text = Array("a,b\n1,2\n3,".utf8) + [0xFC, 0x0A] + Array("5,6\n7,".utf8) + [0xC3]
    #expect(
      try Self.elements(text).map(Self.short)
        == ["h a|b", "2 1|2", "! 3 1 encoding", "4 5|6", "! 5 1 encoding"])
    // Two halves that only together are one character are refused in two fields.
    let split = Array("a,b\n".utf8) + [0xC3, UInt8(ascii: ","), 0xBC, 0x0A]
    #expect(try Self.elements(split).map(Self.short) == ["h a|b", "! 2 0 encoding"])
  }

  @Test("refuses long fields and rows without keeping them")
  func sizes() throws {
    var limits = CSVReader.Limits()
    limits.fieldBytes = 10
    limits.rowBytes = 15
    let cases: [(String, [String])] = [
      ("a,b\n1234567890,2\n3,4\n", ["h a|b", "2 1234567890|2", "3 3|4"]),
      ("a,b\n12345678901,2\n3,4\n", ["h a|b", "! 2 0 fieldSize", "3 3|4"]),
      ("a,b\n1,\"12345678901\",\"x\"\n3,4\n", ["h a|b", "! 2 1 fieldSize", "3 3|4"]),
      ("a,b\n1234567890,123456\r\n3,4\n", ["h a|b", "! 2 1 rowSize", "3 3|4"]),
      // The lines of a long field are content, whatever they look like.
      ("a,b\n1,\"12345\n6789012\n3,4\n\"\n5,6\n", ["h a|b", "! 2 1 fieldSize", "6 5|6"]),
      (
        "a,b\n\"12345\n6,\"\"7\"\"\n8,9\n\",\"x\n3,4\n\"\n5,6\n",
        ["h a|b", "! 2 0 fieldSize", "8 5|6"]
      ),
      // So are those of a field behind one that is too long.
      ("a,b\n12345678901,\"x\n3,4\n\"\n5,6\n", ["h a|b", "! 2 0 fieldSize", "5 5|6"]),
      // A quote that is never closed is one too many: the lines behind it are rows.
      (
        "a,b\n1,\"2\n3,4\n5,6\n7,8\n9,10",
        ["h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6", "5 7|8", "6 9|10"]
      ),
      // So is one behind which another field's quote seems to close it.
      (
        "a,b\n1,\"2\n3,4\n5,6\n7,8\n\"9\",\"10\"\n",
        ["h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6", "5 7|8", "6 9|10"]
      ),
      (
        "a,b\r\n1,\"2\r\n3,4\r\n5,6\r\n7,8\r\n9,\"10\r\n1,2\r\n3,4\r\n5,6\r\n7,8",
        [
          "h a|b", "! 2 1 unclosedQuote", "3 3|4", "4 5|6", "5 7|8", "! 6 1 unclosedQuote",
          "7 1|2", "8 3|4", "9 5|6", "10 7|8",
        ]
      ),
    ]
    for (text, expected) in cases {
      for chunk in [1, 4, .max] {
        #expect(
          try Self.elements(text.utf8, chunk: chunk, limits: limits).map(Self.short) == expected)
      }
    }
  }

  @Test("a long field's problem says how far its row goes, and holds no more than the limit")
  func longField() throws {
    let lines = String(repeating: "x,evil@x.example,Mallory\n", count: 100_000)
    let text = "id,email,message\n1,a@b.example,\"\(lines)\"\n2,b@b.example,hi\n"
    let found = try Self.elements(text.utf8, chunk: 100_000)
    #expect(
      found.map(Self.short) == ["h id|email|message", "! 2 2 fieldSize", "100003 2|b@b.example|hi"])
    guard case .problem(let problem) = found[1] else { return }
    #expect(problem.message.contains("the row ends on line 100002"), "\(problem.message)")
  }

  @Test("a stray quote far before the end of a large file costs its row only")
  func strayQuoteInLargeFile() throws {
    let rows = String(repeating: "1,2\n", count: 600_000)
    let found = try Self.elements("a,b\n0,\"x\n\(rows)".utf8, chunk: 1 << 18)
    #expect(found.count == 600_002)
    #expect(found.prefix(3).map(Self.short) == ["h a|b", "! 2 1 unclosedQuote", "3 1|2"])
    #expect(found.last.map(Self.short) == "600002 1|2")
  }

  @Test(
    "a file that is no CSV file gives one error with the first bad line",
    arguments: [
      ([], 1, "empty"),
      (Array("\n\n".utf8), 1, "empty"),
      ([0xEF, 0xBB, 0xBF], 1, "empty"),
      (Array("a,b\n1,\u{0}\n".utf8), 2, "NUL"),
      ([0x50, 0x4B, 3, 4, 0x14, 0, 6, 0, 0x0A, 0x0A], 1, "NUL"),
      ([0xFF, 0xFE, 0x61, 0, 0x2C, 0, 0x62, 0], 1, "NUL"),
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], 1, "UTF-8"),
      (Array("\n\na,b,a\n1,2,3\n".utf8), 3, "twice"),
      (Array("a,\"b\n1,2\n".utf8), 1, "quote"),
      (Array("a,b\"\n1,2\n".utf8), 1, "quote"),
      (Array("a,\"b\"x\n1,2\n".utf8), 1, "quote"),
    ] as [([UInt8], Int, String)])
  func noCSV(bytes: [UInt8], line: Int, word: String) throws {
    for chunk in [1, 3, .max] {
      let error = #expect(throws: CSVFileError.self) { try Self.elements(bytes, chunk: chunk) }
      #expect(error?.line == line)
      #expect(error?.message.contains(word) == true)
    }
  }

  @Test("a NUL byte far behind the start costs its row only")
  func lateNUL() throws {
    let text = "a,b\n" + String(repeating: "1,2\n", count: 2500) + "3,\u{0}\n5,6\n"
    let found = try Self.elements(text.utf8, chunk: 1000)
    #expect(found.count == 2503)
    #expect(found.suffix(2).map(Self.short) == ["! 2502 1 nul", "2503 5|6"])
  }

  @Test("an error is repeated, not read past")
  func errorStays() {
    var reader = CSVReader()
    reader.push("a,a\n1,2\n".utf8)
    for _ in 0..<3 { #expect(throws: CSVFileError.self) { try reader.next() } }
  }

  @Test(
    "finds the delimiter",
    arguments: [
      ("a,b\n1,2\n", ","), ("a;b\n1,5;2,5\n3,5;4\n", ";"), ("a\tb\n1,2\t3\n", "\t"),
      ("a|b|c\n1|2|3\n", "|"), ("only\n1\n2\n", ","), ("", ","),
      ("\"a;x\",b\n\"1;2;3\",4\n", ","), ("name, first;mail\nA;b@c\n", ";"),
      ("a;b;c\r1;\"x\ry\";3\r", ";"), ("a;b", ";"),
    ])
  func sniffing(text: String, delimiter: Unicode.Scalar) {
    let found = Array(text.utf8).withUnsafeBytes { CSVSniffer.delimiter(of: $0, isWholeFile: true) }
    #expect(found == UInt8(ascii: delimiter))
  }

  @Test("reads back what the writer wrote, whatever the content and the chunks", arguments: 0..<40)
  func roundTrip(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) &* 7919 &+ 1)
    let pieces = [
      "a", "Z", "0", ",", ";", "\"", "\"\"", "\n", "\r", "\r\n", "\t", " ", "|", "é", "“", "漢", "👩‍💻",
      "\u{FEFF}", "{\"k\": 1}", "",
    ]
    let delimiter = CSVSniffer.candidates[Int.random(in: 0..<4, using: &random)]
    let quoting: CSVWriter.Quoting = Bool.random(using: &random) ? .always : .whereNeeded
    var writer = CSVWriter(delimiter: delimiter, quoting: quoting)
    let width = Int.random(in: 1...7, using: &random)
    let header = (0..<width).map { "column \($0)" }
    writer.write(header)
    var rows: [[String]] = []
    for _ in 0..<50 {
      let row = (0..<width).map { _ in
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
          pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }.joined()
      }
      rows.append(row)
      writer.write(row)
    }
    let bytes = writer.take()

    var reader = CSVReader(delimiter: delimiter)
    var read: [[String]] = []
    var at = 0
    while true {
      while let element = try reader.next() {
        switch element {
        case .header(let names): #expect(names == header)
        case .row(let row): read.append(row.texts)
        case .problem(let problem): Issue.record("\(problem)")
        }
      }
      guard at < bytes.count else { break }
      let size = min(Int.random(in: 1...40, using: &random), bytes.count - at)
      reader.push(bytes[at..<at + size])
      at += size
      if at == bytes.count { reader.finish() }
    }
    // String equality folds canonical equivalents, so the bytes are compared.
    #expect(read.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
  }

  @Test("never crashes and never loses count of lines on arbitrary bytes", arguments: 0..<60)
  func fuzz(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) &+ 99)
    let alphabet = Array("a,\"\n\r\"\",;".utf8) + [0xC3, 0xBC]
    let body = (0..<400).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
    let bytes = Array("a,b\n".utf8) + body
    let whole = try Self.elements(bytes)
    for chunk in [1, 5, 64] { #expect(try Self.elements(bytes, chunk: chunk) == whole) }
    var limits = CSVReader.Limits()
    limits.fieldBytes = 12
    let short = try Self.elements(bytes, limits: limits)
    for chunk in [1, 5, 64] {
      #expect(try Self.elements(bytes, chunk: chunk, limits: limits) == short)
    }
    let lines = whole.compactMap { element -> Int? in
      switch element {
      case .header: nil
      case .row(let row): row.line
      case .problem(let problem): problem.line
      }
    }
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0 < $1 })
  }
}

/// A small generator with a fixed seed for tests.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
