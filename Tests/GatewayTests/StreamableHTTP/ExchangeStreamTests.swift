import Testing

@testable import Gateway

/// A stream that can be left and taken up again.
@Suite("The stream of an exchange") struct ExchangeStreamTests {
  private static let soon = Duration.milliseconds(1)

  private func texts(_ part: EventStream.Part) -> [String] {
    guard case .events(let events) = part else { return ["\(part)"] }
    return events.map { "\($0.number):\(String(decoding: $0.message, as: UTF8.self))" }
  }

  @Test func `events come in their order, then the end`() async {
    let stream = EventStream(number: 1, keepsHistory: true)
    stream.append(Array("a".utf8))
    stream.append(Array("b".utf8))
    stream.finish()
    let reader = stream.attach(after: nil)
    #expect(texts(await reader.next(atMost: Self.soon)) == ["1:a", "2:b"])
    #expect(await reader.next(atMost: Self.soon) == .end)
  }

  @Test func `what comes while a reader waits wakes it`() async {
    let stream = EventStream(number: 1, keepsHistory: true)
    let reader = stream.attach(after: nil)
    async let next = reader.next(atMost: .seconds(30))
    stream.append(Array("a".utf8))
    #expect(texts(await next) == ["1:a"])
  }

  @Test func `silence is told, and nothing is lost by it`() async {
    let stream = EventStream(number: 1, keepsHistory: true)
    let reader = stream.attach(after: nil)
    #expect(await reader.next(atMost: Self.soon) == .nothing)
    stream.append(Array("a".utf8))
    #expect(texts(await reader.next(atMost: Self.soon)) == ["1:a"])
  }

  @Test(arguments: [
    (0, ["1:a", "2:b", "3:c"]), (1, ["2:b", "3:c"]), (3, ["nothing"]), (99, ["nothing"]),
  ])
  func `a client goes on behind the last event it has seen`(_ last: Int, _ rest: [String]) async {
    let stream = EventStream(number: 1, keepsHistory: true)
    for text in ["a", "b", "c"] { stream.append(Array(text.utf8)) }
    _ = await stream.attach(after: nil).next(atMost: Self.soon)
    let again = stream.attach(after: last)
    #expect(texts(await again.next(atMost: Self.soon)) == rest)
  }

  @Test func `a new reader ends the old one`() async {
    let stream = EventStream(number: 1, keepsHistory: true)
    let first = stream.attach(after: nil)
    let second = stream.attach(after: 0)
    stream.append(Array("a".utf8))
    #expect(await first.next(atMost: Self.soon) == .end)
    #expect(texts(await second.next(atMost: Self.soon)) == ["1:a"])
    // The old reader's leaving is not the new one's.
    first.detach()
    #expect(stream.isRead)
    second.detach()
    #expect(!stream.isRead)
  }

  @Test func `a reader that is sent away gets what was there first`() async {
    let stream = EventStream(number: 1, keepsHistory: true)
    let reader = stream.attach(after: nil)
    stream.append(Array("a".utf8))
    stream.pause(for: .milliseconds(5))
    #expect(texts(await reader.next(atMost: Self.soon)) == ["1:a"])
    #expect(await reader.next(atMost: Self.soon) == .pause(.milliseconds(5)))
    reader.detach()
    stream.append(Array("b".utf8))
    stream.finish()
    let again = stream.attach(after: 1)
    #expect(texts(await again.next(atMost: Self.soon)) == ["2:b"])
    #expect(await again.next(atMost: Self.soon) == .end)
  }

  @Test func `of a long history the oldest goes first, and numbers stay`() async {
    let stream = EventStream(number: 1, keepsHistory: true, limits: .init(events: 2, bytes: 1000))
    for text in ["a", "b", "c", "d"] { #expect(stream.append(Array(text.utf8))) }
    #expect(texts(await stream.attach(after: 0).next(atMost: Self.soon)) == ["3:c", "4:d"])
  }

  @Test func `a stream without history is full when nobody reads`() async {
    let stream = EventStream(number: 0, keepsHistory: false, limits: .init(events: 10, bytes: 3))
    #expect(stream.append(Array("ab".utf8)))
    #expect(!stream.append(Array("cd".utf8)))
    let reader = stream.attach(after: nil)
    #expect(texts(await reader.next(atMost: Self.soon)) == ["1:ab"])
    #expect(stream.append(Array("cd".utf8)), "what has been read makes room")
  }

  @Test func `nothing comes behind the end`() async {
    let stream = EventStream(number: 1, keepsHistory: true)
    stream.finish()
    stream.append(Array("a".utf8))
    #expect(await stream.attach(after: nil).next(atMost: Self.soon) == .end)
  }

  @Test(arguments: [
    ("3-17", EventID(stream: 3, event: 17)), ("0-0", EventID(stream: 0, event: 0)), ("3", nil),
    ("3-", nil), ("-1-2", nil), ("a-b", nil), ("1-2-3", nil), ("", nil),
    ("99999999999999999999-1", nil),
  ])
  func ids(_ text: String, _ id: EventID?) {
    #expect(EventID(text) == id)
    if let id { #expect(id.description == text) }
  }
}

/// What a client says it accepts.
@Suite("Media ranges") struct MediaRangeTests {
  @Test(
    arguments: [
      (["application/json"], true), (["application/*"], true), (["*/*"], true), ([], true),
      (["text/event-stream, application/json"], true), (["text/html", "APPLICATION/JSON"], true),
      (["application/json;q=0"], false), (["application/json; q=0.5"], true),
      (["application/json; charset=utf-8"], true), (["text/event-stream"], false),
      (["application/jsonp"], false), (["application"], false), ([""], false),
    ] as [([String], Bool)])
  func coversJSON(_ values: [String], _ isCovered: Bool) {
    #expect(
      MediaRange.all(in: values).contains { $0.covers("application", "json") } == isCovered)
  }
}
