import Testing

@testable import MCPWebSocket

/// Which pings count as unanswered.
@Suite struct KeepaliveTests {
  @Test func `two unanswered pings are too many`() {
    var keepalive = Keepalive()
    let first = keepalive.next() ?? []
    let second = keepalive.next() ?? []
    #expect(first.count == 8)
    #expect(second.count == 8)
    #expect(first != second)
    #expect(keepalive.next() == nil)
  }

  @Test func `an answer to the last answers all`() {
    var keepalive = Keepalive()
    _ = keepalive.next()
    let second = keepalive.next() ?? []
    keepalive.hear(second)
    #expect(keepalive.next() != nil)
    #expect(keepalive.next() != nil)
    #expect(keepalive.next() == nil)
  }

  @Test func `a late answer to the first leaves one unanswered`() {
    var keepalive = Keepalive()
    let first = keepalive.next() ?? []
    _ = keepalive.next()
    keepalive.hear(first)
    #expect(keepalive.next() != nil)
    #expect(keepalive.next() == nil)
  }

  @Test func `pongs that nobody asked for say nothing`() {
    var keepalive = Keepalive()
    _ = keepalive.next()
    _ = keepalive.next()
    keepalive.hear([])
    keepalive.hear([0, 0, 0, 0, 0, 0, 0, 9])
    keepalive.hear([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
    #expect(keepalive.next() == nil)
  }

  @Test func `nothing is missed while nothing is read`() {
    var keepalive = Keepalive()
    _ = keepalive.next()
    _ = keepalive.next()
    keepalive.isListening = false
    keepalive.isListening = true
    #expect(keepalive.next() != nil)
  }
}
