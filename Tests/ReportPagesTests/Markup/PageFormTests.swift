import Marketing
import ReportPages
import Sealing
import ServedFiles
import Testing

/// What must hold of every page, whatever it reports.
@Suite struct PageFormTests {
  @Test(arguments: SampleReport.all)
  func isWellFormedAndOnlyOfKnownElements(sample: SampleReport) throws {
    let document = try sample.document()
    let known: Set = [
      "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "h1",
      "h2", "h3", "p", "ul", "li", "dl", "div", "dt", "dd", "figure", "figcaption", "details",
      "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "q", "strong",
      "span",
      "code", "svg", "desc", "line", "path", "rect", "circle", "text",
    ]
    let elements = document.root.descendants
    #expect(Set(elements.map(\.name)).subtracting(known) == [])
    // Nothing that loads, runs, links or is styled in place: the policy would refuse it.
    let attributes: Set = [
      "lang", "charset", "name", "content", "http-equiv", "class", "id", "aria-labelledby",
      "aria-label", "role", "tabindex", "scope", "viewBox", "width", "height", "x", "y", "x1", "y1",
      "x2", "y2", "cx", "cy", "r", "d",
    ]
    #expect(Set(elements.flatMap { $0.attributes.keys }).subtracting(attributes) == [])
    #expect(document.root.children[0].attributes["lang"] == "en")
  }

  @Test(arguments: SampleReport.all)
  func headingsAreInOrderAndNamesAreUnique(sample: SampleReport) throws {
    let elements = try sample.document().root.descendants
    let levels = elements.compactMap { ["h1": 1, "h2": 2, "h3": 3][$0.name] }
    #expect(levels.first == 1)
    #expect(levels.filter { $0 == 1 }.count == 1)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    let ids = elements.compactMap { $0.attributes["id"] }
    #expect(ids.count == Set(ids).count)
    for reference in elements.compactMap({ $0.attributes["aria-labelledby"] }) {
      #expect(Set(reference.split(separator: " ").map(String.init)).isSubset(of: ids))
    }
  }

  @Test(arguments: SampleReport.all)
  func everyPictureSaysWhatItShowsAndHasATable(sample: SampleReport) throws {
    let document = try sample.document()
    for figure in document.root.all("figure") {
      let picture = try #require(figure.all("svg").first)
      #expect(picture.attributes["role"] == "img")
      #expect(picture.children.prefix(2).map(\.name) == ["title", "desc"])
      #expect(picture.children.prefix(2).allSatisfy { !$0.text.isEmpty })
      #expect(figure.all("table").count == 1)
    }
    for table in document.root.all("table") {
      let rows = table.all("tr").map(\.children.count)
      #expect(Set(rows).count == 1, "rows of different length: \(rows)")
      #expect(
        table.all("tbody")[0].children.allSatisfy { $0.children[0].attributes["scope"] == "row" })
    }
  }

  @Test(arguments: SampleReport.all)
  func thePolicyAllowsOnlyThePagesOwnStyle(sample: SampleReport) throws {
    let document = try sample.document()
    let policy = try #require(
      document.root.all("meta").first {
        $0.attributes["http-equiv"] == "Content-Security-Policy"
      })
    let style = document.root.all("style")
    try #require(style.count == 1)
    let digest = base64(try SHA256.digest(of: Array(style[0].text.utf8)))
    #expect(PageStyle.digest == digest, "set PageStyle.digest to \(digest)")
    #expect(
      policy.attributes["content"]
        == "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'")
    #expect(document.root.all("script").isEmpty)
  }

  /// The unusual model's names are such references, escaped.
  @Test(arguments: SampleReport.all.filter { $0.testDescription != "model unusual" })
  func refersToNothingOutside(sample: SampleReport) throws {
    let html = try sample.html().lowercased()
    for reference in [
      "http:", "https:", "//", "src=", "href", "url(", "@import", "<script",
    ] {
      #expect(!html.contains(reference), "\(reference)")
    }
  }

  @Test(arguments: SampleReport.all)
  func printsNothingThatIsNoNumber(sample: SampleReport) throws {
    for element in try sample.document().root.descendants where element.name != "style" {
      let texts = [element.children.isEmpty ? element.text : ""] + Array(element.attributes.values)
      for word in texts.flatMap({ $0.lowercased().split { !$0.isLetter } }) {
        #expect(!["nan", "inf", "infinity", "nil", "optional"].contains(word))
      }
    }
  }

  @Test(arguments: [(SamplePage.usual, 8), (.unusual, 8), (.bare, 4)])
  func everyPictureOfAModelIsThere(sample: SamplePage, count: Int) throws {
    #expect(try sample.document().root.all("figure").count == count)
  }

  @Test(arguments: SampleReport.all)
  func madeTwiceItIsTheSame(sample: SampleReport) throws {
    #expect(try sample.html() == sample.html())
  }

  @Test(arguments: SamplePage.allCases)
  func sameValuesMakeTheSameBytes(sample: SamplePage) throws {
    var other = sample.page
    // Dictionaries that were filled in another order keep another order.
    let skipped = other.model.report.skipped
    other.model.report.skipped = [:]
    other.model.report.skipped.reserveCapacity(500)
    for (reason, count) in skipped.reversed() { other.model.report.skipped[reason] = count }
    #expect(try sample.page.html() == other.html())
  }

  private func base64(_ bytes: [UInt8]) -> String {
    let text = Base64URL.text(of: bytes).replacing("-", with: "+").replacing("_", with: "/")
    return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
  }
}
