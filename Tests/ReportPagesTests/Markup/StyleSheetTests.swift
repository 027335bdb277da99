import ReportPages
import ServedFiles
import Testing

@Suite struct StyleSheetTests {
  private let sheet = String(decoding: ServedFile.reportStyle.bytes, as: UTF8.self)

  @Test func everyShapeHasALook() {
    for word in Ink.allCases.map(\.rawValue) + Lettering.allCases.map(\.rawValue)
      + ["start", "middle", "end"]
    where !["name"].contains(word) {
      #expect(sheet.contains("svg .\(word)"), "\(word)")
    }
  }

  @Test func needsNothingThatMarkupEscapes() {
    #expect(!sheet.contains { "<>&".contains($0) })
  }

  @Test func darkIsForScreensOnly() {
    #expect(sheet.components("prefers-color-scheme: dark").count == 2)
    #expect(sheet.contains("@media screen and (prefers-color-scheme: dark)"))
  }

  /// WCAG 2.2, 1.4.3 and 1.4.11: 4.5 for text, 3 for shapes that tell something.
  @Test(
    arguments: [
      ("ink", "paper", 7), ("quiet", "paper", 4.5), ("ink", "note", 7), ("ink", "wash", 7),
      ("quiet", "wash", 4.5), ("data", "paper", 3), ("data", "wash", 3), ("strong", "paper", 3),
      ("faint", "paper", 3), ("strong", "wash", 3),
    ] as [(String, String, Double)])
  func contrastIsEnoughInBothSchemes(front: String, back: String, least: Double) throws {
    let parts = sheet.components("@media screen")
    try #require(parts.count == 2)
    for scheme in parts {
      let (light, dark) = (
        try luminance(front, in: String(scheme)), try luminance(back, in: String(scheme))
      )
      let ratio = (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
      #expect(ratio >= least, "\(front) on \(back): \(ratio)")
    }
  }

  /// The relative luminance of a colour, with sRGB taken for a power of 2.2.
  private func luminance(_ name: String, in scheme: String) throws -> Double {
    let after = try #require(scheme.components("--\(name): #").dropFirst().first)
    let value = try #require(Int(after.prefix(6), radix: 16))
    return zip([16, 8, 0], [0.2126, 0.7152, 0.0722]).reduce(0) { sum, part in
      sum + part.1 * power(Double(value >> part.0 & 0xFF) / 255)
    }
  }

  private func power(_ channel: Double) -> Double {
    // x^2.2 as x²·x^0.2, by Newton's method for the fifth root.
    guard channel > 0 else { return 0 }
    var root = 1.0
    for _ in 0..<60 {
      root -= (root * root * root * root * root - channel) / (5 * root * root * root * root)
    }
    return channel * channel * root
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
