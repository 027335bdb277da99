import Testing

@testable import LeadModels

@Suite struct TextEncodingTests {
  private static let text = "name;city\r\nJosé;Zürich\r\n日本;Łódź 😀\r\n"

  private static func utf16(_ text: String, isLittle: Bool, hasMark: Bool) -> [UInt8] {
    let units = (hasMark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return isLittle ? [low, high] : [high, low]
    }
  }

  @Test(arguments: [true, false], [true, false])
  func readsUTF16(isLittle: Bool, hasMark: Bool) throws {
    let bytes = Self.utf16(Self.text, isLittle: isLittle, hasMark: hasMark)
    let table = try DataTable(csv: bytes)
    #expect(table.columns.map(\.name) == ["name", "city"])
    #expect(table.column("name")?.texts == ["José", "日本"])
    #expect(table.column("city")?.texts == ["Zürich", "Łódź 😀"])
    #expect(table.warnings.isEmpty)
  }

  @Test func loneSurrogatesAndAnOddByteAreNoCrash() {
    let bytes: [UInt8] = [0xFF, 0xFE, 0x41, 0x00, 0x00, 0xD8, 0x42, 0x00, 0x43]
    #expect(
      String(decoding: TextEncoding(of: bytes).utf8(bytes), as: UTF8.self) == "A\u{FFFD}B")
  }

  @Test func readsWindows1252AndSaysSo() throws {
    // José;Zürich “5 €” – Œuvre
    let line: [UInt8] =
      Array("Jos".utf8) + [0xE9, 0x3B, 0x5A, 0xFC] + Array("rich ".utf8)
      + [0x93, 0x35, 0x20, 0x80, 0x94, 0x20, 0x96, 0x20, 0x8C] + Array("uvre\r\n".utf8)
    let bytes = Array("name;city\r\n".utf8) + line
    #expect(TextEncoding(of: bytes) == .windows1252)
    let table = try DataTable(csv: bytes)
    #expect(table.column("name")?[0] == "José")
    #expect(table.column("city")?[0] == "Zürich “5 €” – Œuvre")
    #expect(table.warnings.count == 1)
    #expect(table.warnings[0].contains("Windows-1252"))
  }

  @Test func aBrokenCellDoesNotMakeAnotherEncoding() throws {
    let good = (0..<30).map { "José \($0),Zürich\n" }.joined()
    let bytes = Array("name,city\n".utf8) + Array(good.utf8) + [0xE9, 0x2C, 0x78, 0x0A]
    let table = try DataTable(csv: bytes)
    #expect(table.rows == 30)
    #expect(table.column("city")?.texts == ["Zürich"])
    #expect(table.unreadable.values.reduce(0, +) == 1)
  }

  @Test(arguments: [[], [0x41], [0xFF], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
  func shortFilesAreNoCrash(bytes: [UInt8]) {
    _ = TextEncoding(of: bytes).utf8(bytes)
  }
}
