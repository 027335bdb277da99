import JSONRPC
import Testing

@testable import LeadModels

@Suite struct ColumnBinsTests {
  @Test func categoriesThatTrainingSawAreKeptInOrder() throws {
    let words = (0..<300).map { ColumnReading.Value.word("v\($0 * 7 % 90)") }
    let bins = ColumnBins(words, kind: .category)
    #expect(bins.seen?.count == 90)
    for word in words { #expect(bins.hasSeen(word)) }
    for word in ["", "a", "v", "v90", "v00", "zzz"] { #expect(!bins.hasSeen(.word(word))) }
    #expect(!bins.hasSeen(.missing))
    // A set would be written in another order by another process.
    let again = ColumnBins(words.reversed(), kind: .category)
    #expect(
      try JSONValueEncoder().encode(bins)["seen"] == JSONValueEncoder().encode(again)["seen"])
  }

  @Test func everyValueHasABinAndSharesAddUp() {
    let numbers: [ColumnReading.Value] =
      (0..<200).map { .number(Double($0 % 40)) } + [.missing, .unreadable]
    let bins = ColumnBins(numbers, kind: .number)
    #expect(abs(bins.shares.reduce(0, +) - 1) < 1e-12)
    #expect(bins.shares.count == bins.count)
    for number in [-1e300, -1, 0, 39, 40, 1e300] {
      #expect((0..<bins.count - 1).contains(bins.bin(of: .number(number))))
    }
    #expect(bins.bin(of: .missing) == bins.count - 1)
    let constant = ColumnBins([.number(3), .number(3)], kind: .number)
    #expect(constant.count == 2)
  }
}
