import Marketing

/// A template's file taken apart: a front part of `name: value` lines between two lines of `---`, the text, and
/// behind a line `--- html` the same as HTML.
struct TemplateText {
  let front: [String: String]
  let text: Part
  let html: Part?

  /// A part of the file.
  struct Part {
    let text: String
    /// The line of the file that it begins with, from 1 on.
    let line: Int
  }

  private static let mark = "---"
  private static let htmlMark = "--- html"

  init(name: String, _ file: String) throws(TemplateError) {
    let lines = file.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.first == Self.mark,
      let end = lines.dropFirst().firstIndex(of: Self.mark)
    else {
      throw TemplateError(
        template: name, message: "expected a front part between two lines of '---'")
    }
    var front: [String: String] = [:]
    for (place, line) in zip(1..., lines[1..<end]) {
      guard let colon = line.firstIndex(of: ":") else {
        throw TemplateError(template: name, message: "line \(place + 1): expected 'name: value'")
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      front[String(line[..<colon])] = String(value)
    }
    self.front = front
    let htmlStart = lines[(end + 1)...].firstIndex(of: Self.htmlMark)
    let textLines = lines[(end + 1)..<(htmlStart ?? lines.endIndex)]
    text = Part(text: textLines.joined(separator: "\n"), line: end + 2)
    html = htmlStart.map {
      Part(text: lines[($0 + 1)...].joined(separator: "\n"), line: $0 + 2)
    }
  }
}
