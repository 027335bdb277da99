import MCPHTTP
import Testing

@Suite struct EventStreamParserTests {
  private struct Outcome: Equatable {
    var items: [StreamItem] = []
    var id: String?
    var retry: Duration?
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let stream: String
    let items: [StreamItem]
    var id: String?
    var retry: Duration?
    var testDescription: String { name }
  }

  private static func said(_ data: String, _ type: String = "message") -> StreamItem {
    .event(type, Array(data.utf8))
  }

  static let cases = [
    Case(name: "LF", stream: "data: a\n\n", items: [said("a")]),
    Case(name: "CR", stream: "data: a\r\rdata: b\r\r", items: [said("a"), said("b")]),
    Case(name: "CRLF", stream: "data: a\r\n\r\ndata: b\r\n\r\n", items: [said("a"), said("b")]),
    Case(name: "mixed ends", stream: "data: a\r\n\ndata: b\r\r\n", items: [said("a"), said("b")]),
    Case(name: "lines", stream: "data: a\ndata:\ndata: b\n\n", items: [said("a\n\nb")]),
    Case(name: "no space", stream: "data:a\n\n", items: [said("a")]),
    Case(name: "two spaces", stream: "data:  a\n\n", items: [said(" a")]),
    Case(name: "colon in data", stream: "data: a: b\n\n", items: [said("a: b")]),
    Case(
      name: "type", stream: "event: other\ndata: a\n\ndata: b\n\n",
      items: [said("a", "other"), said("b")]),
    Case(name: "comments", stream: ": keep\n\n:\n\ndata: a\n: inside\n\n", items: [said("a")]),
    Case(name: "mark", stream: "\u{FEFF}data: a\n\n", items: [said("a")]),
    Case(name: "mark, blank line", stream: "\u{FEFF}\ndata: a\n\n", items: [said("a")]),
    Case(name: "second mark", stream: "\u{FEFF}\u{FEFF}data: a\n\n", items: []),
    Case(name: "id", stream: "id: 7\ndata: a\n\n", items: [said("a")], id: "7"),
    Case(name: "priming", stream: "id: 7\ndata:\n\n", items: [], id: "7"),
    Case(
      name: "id lasts", stream: "id: 7\ndata: a\n\ndata: b\n\n", items: [said("a"), said("b")],
      id: "7"),
    Case(name: "id emptied", stream: "id: 7\n\nid\ndata: b\n\n", items: [said("b")], id: ""),
    Case(name: "id with NUL", stream: "id: 7\n\nid: 8\0\ndata: b\n\n", items: [said("b")], id: "7"),
    Case(name: "id without end", stream: "id: 7\n\nid: 8\ndata: b\n", items: [], id: "7"),
    Case(name: "retry", stream: "retry: 250\n\n", items: [], retry: .milliseconds(250)),
    Case(name: "bad retry", stream: "retry: 1s\nretry: -5\nretry:\n\n", items: []),
    Case(name: "huge retry", stream: "retry: 99999999999999999999\n\n", items: []),
    Case(name: "unknown fields", stream: "datas: a\nx\ndata : b\n\n", items: []),
    Case(name: "unfinished", stream: "data: a\n\ndata: b", items: [said("a")]),
    Case(
      name: "too long", stream: "id: 1\ndata: \(String(repeating: "x", count: 65))\n\ndata: b\n\n",
      items: [.tooLong, said("b")], id: "1"),
    Case(
      name: "too long in lines",
      stream: String(repeating: "data: \(String(repeating: "x", count: 20))\n", count: 5)
        + "\ndata: b\n\n", items: [.tooLong, said("b")]),
    Case(
      name: "at the limit", stream: "data: \(String(repeating: "x", count: 64))\n\n",
      items: [said(String(repeating: "x", count: 64))]),
  ]

  @Test(arguments: cases)
  func inChunksOfEverySize(_ one: Case) {
    let wanted = Outcome(items: one.items, id: one.id, retry: one.retry)
    let bytes = Array(one.stream.utf8)
    for size in 1...max(1, bytes.count) {
      #expect(Self.parse(bytes, size) == wanted, "in chunks of \(size)")
    }
  }

  private static func parse(_ bytes: [UInt8], _ size: Int) -> Outcome {
    var parser = EventStreamParser(limit: 64)
    var items: [StreamItem] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let chunk = bytes[start..<min(start + size, bytes.count)]
      chunk.withUnsafeBytes { parser.feed($0) { items.append($0) } }
    }
    return Outcome(items: items, id: parser.lastEventID, retry: parser.retry)
  }

  @Test func goesOnBehindAnID() {
    #expect(EventStreamParser(limit: 64, lastEventID: "9").lastEventID == "9")
  }
}
