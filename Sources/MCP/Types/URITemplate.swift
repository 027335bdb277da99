/// A URI template with simple variables (RFC 6570, level 1), for example `lead://{leadID}`. A variable
/// stands for one or more characters other than `/`, `?` and `#`.
package struct URITemplate: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case literal(String)
    case variable(String)
  }

  /// The template as it is written.
  package let text: String
  private let parts: [Part]

  /// The names of the variables in their order.
  package var variables: [String] {
    parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
  }

  /// Reads a template.
  /// - Returns: `nil` for braces that do not match, empty names, operators of higher levels, and two
  ///   variables with nothing between them.
  package init?(_ text: String) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
      let name = rest[rest.index(after: open)..<close]
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        return nil
      }
      if case .variable? = parts.last { return nil }
      parts.append(.variable(String(name)))
      rest = rest[rest.index(after: close)...]
    }
    guard !rest.contains("}") else { return nil }
    if !rest.isEmpty { parts.append(.literal(String(rest))) }
    self.text = text
    self.parts = parts
  }

  /// The variables' values in an address; `nil` when it does not match. Percent-encoded characters
  /// are decoded; an address with broken encoding does not match. Addresses are compared by their bytes.
  package func match(_ uri: String) -> [String: String]? {
    var rest = uri.utf8[...]
    var values: [String: String] = [:]
    for (index, part) in parts.enumerated() {
      switch part {
      case .literal(let literal):
        guard rest.starts(with: literal.utf8) else { return nil }
        rest = rest.dropFirst(literal.utf8.count)
      case .variable(let name):
        var end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        if index + 1 < parts.count, case .literal(let next) = parts[index + 1],
          let stop = Self.firstPlace(of: next.utf8, in: rest[..<end])
        {
          end = stop
        }
        guard let value = String(Substring(rest[..<end])).removingPercentEncoding(),
          !value.isEmpty
        else { return nil }
        values[name] = value
        rest = rest[end...]
      }
    }
    return rest.isEmpty ? values : nil
  }

  private static func firstPlace(
    of part: String.UTF8View, in text: Substring.UTF8View
  ) -> String.Index? {
    text.indices.first { text[$0...].starts(with: part) }
  }

  /// The address with these values, which `match` reads back: all bytes but letters, digits, `-`, `.`,
  /// `_` and `~` are percent-encoded (RFC 6570, section 3.2.2). A value that is missing is empty.
  package func expand(_ values: [String: String]) -> String {
    parts.map { part in
      switch part {
      case .literal(let literal): literal
      case .variable(let name): (values[name] ?? "").addingPercentEncoding()
      }
    }.joined()
  }
}

extension String {
  /// The text with `%XX` decoded; `nil` when an escape is broken or the bytes are not UTF-8.
  fileprivate func removingPercentEncoding() -> String? {
    guard utf8.contains(UInt8(ascii: "%")) else { return self }
    var bytes: [UInt8] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16),
        high != UInt8(ascii: "+"), high != UInt8(ascii: "-")
      else { return nil }
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with every byte that RFC 3986 reserves, or does not know, written as `%XX`.
  fileprivate func addingPercentEncoding() -> String {
    var bytes: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
