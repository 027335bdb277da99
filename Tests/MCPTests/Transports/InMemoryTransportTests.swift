import JSONRPC
import MCP
import Testing

/// Connections inside the process.
@Suite(.timeLimit(.minutes(5))) struct InMemoryTransportTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `messages arrive in order, all that wait at once`() async {
    let (first, second) = InMemoryTransport.pair()
    for number in 0..<10 { first.send(Self.bytes("\(number)")) }
    #expect(await second.receive() == (0..<10).map { .message(Self.bytes("\($0)")) })
    async let later = second.receive()
    first.send(Self.bytes("x"))
    #expect(await later == [.message(Self.bytes("x"))])
    second.send(Self.bytes("back"))
    #expect(await first.receive() == [.message(Self.bytes("back"))])
  }

  @Test func `a message over the limit arrives as too long`() async {
    let (first, second) = InMemoryTransport.pair(limit: 3)
    first.send(Self.bytes("1234"))
    first.send(Self.bytes("123"))
    #expect(await second.receive() == [.tooLong, .message(Self.bytes("123"))])
  }

  @Test func `closing one end ends both, behind what was sent`() async {
    let (first, second) = InMemoryTransport.pair()
    first.send(Self.bytes("last"))
    await first.close()
    first.send(Self.bytes("never"))
    #expect(await second.receive() == [.message(Self.bytes("last"))])
    #expect(await second.receive() == [])
    #expect(await first.receive() == [])
  }

  @Test func `receiving stops and sending goes on`() async {
    let (first, second) = InMemoryTransport.pair()
    async let frames = first.receive()
    first.stopReceiving()
    #expect(await frames == [])
    second.send(Self.bytes("lost"))
    #expect(await first.receive() == [])
    first.send(Self.bytes("heard"))
    #expect(await second.receive() == [.message(Self.bytes("heard"))])
  }
}
