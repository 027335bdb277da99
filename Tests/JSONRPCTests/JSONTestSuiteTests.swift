import JSONRPC
import Testing

/// The public JSONTestSuite: what every JSON parser must accept, refuse, or survive.
@Suite struct JSONTestSuiteTests {
  private static let folder = "json-test-suite/test_parsing"
  private static let files = Fixture.files(below: folder)

  @Test func findsTheWholeSuite() {
    #expect(Self.files.count == 318)
    #expect(
      Set(Self.files.compactMap { $0.dropFirst(Self.folder.count + 1).first }) == ["y", "n", "i"])
  }

  @Test(arguments: files)
  func decides(file: String) throws {
    let bytes = try Fixture.bytes(file)
    let value = try? JSONParser().parse(bytes)
    switch file.dropFirst(Self.folder.count + 1).first {
    case "y": #expect(value != nil)
    case "n": #expect(value == nil)
    default: break
    }
    guard let value else { return }
    let written = JSONWriter.bytes(of: value)
    #expect(try JSONParser().parse(written) == value)
    #expect(JSONWriter.bytes(of: try JSONParser().parse(written)) == written)
  }

  /// What the suite leaves open, as this parser decides it: strictly in text, faithfully in numbers.
  @Test func decidesTheOpenCases() throws {
    let accepted = Self.files.filter { file in
      guard file.hasPrefix("\(Self.folder)/i_") else { return false }
      return (try? JSONParser().parse(try Fixture.bytes(file))) != nil
    }
    #expect(
      accepted.map { String($0.dropFirst(Self.folder.count + 1)) } == [
        "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json",
        "i_number_neg_int_huge_exp.json",
        "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json",
        "i_number_real_pos_overflow.json", "i_number_real_underflow.json",
        "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
        "i_number_very_big_negative_int.json",
      ])
  }
}
