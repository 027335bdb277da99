import Foundation
import FoundationXML
import Testing

/// A page as a strict parser reads it.
struct PageDocument {
  /// An element with what is in it.
  final class Element {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [Element] = []
    /// The text of this element and of those in it, in order.
    fileprivate(set) var text = ""

    fileprivate init(name: String, attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    /// The elements in this one, in the order of the page.
    var descendants: [Element] { children.flatMap { [$0] + $0.descendants } }

    func all(_ name: String) -> [Element] { descendants.filter { $0.name == name } }

    func all(class word: String) -> [Element] {
      descendants.filter {
        ($0.attributes["class"] ?? "").split(separator: " ").contains(word[...])
      }
    }

    /// A length or place of a shape.
    func number(_ attribute: String) throws -> Double {
      try #require(attributes[attribute].flatMap { Double($0) })
    }
  }

  let root: Element

  init(_ text: String) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    guard parser.parse(), reader.open.count == 1 else {
      throw ParseError(line: parser.lineNumber, text: "\(parser.parserError as Any)")
    }
    root = reader.open[0]
  }

  struct ParseError: Error {
    var line: Int
    var text: String
  }

  /// The table with this caption, row by row; `nil` when there is none.
  func table(_ caption: String) -> [[String]]? {
    root.all("table").first { $0.all("caption").first?.text == caption }
      .map { $0.all("tr").map { $0.children.map(\.text) } }
  }

  /// The picture with this name.
  func picture(_ title: String) throws -> Element {
    try #require(root.all("svg").first { $0.all("title").first?.text == title })
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var open = [Element(name: "", attributes: [:])]

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = Element(name: name, attributes: attributes)
      open[open.count - 1].children.append(element)
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      for element in open { element.text += text }
    }
  }
}
