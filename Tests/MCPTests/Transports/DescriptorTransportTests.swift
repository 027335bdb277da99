import ConformanceFixture
import Dispatch
import Glibc
import JSONRPC
import MCP
import Testing

// One table of cases for one thread and its two pipes, which share the helpers below: why it is long.

/// Sessions over bare descriptors: slow readers, silent ones, and what they must not break.
@Suite(.timeLimit(.minutes(2))) struct DescriptorTransportTests {
  private static func call(_ id: Int, _ tool: String, _ arguments: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","#
      + #""arguments":\#(arguments),"_meta":{"io.modelcontextprotocol/protocolVersion":"#
      + #""2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"# + "\n"
  }

  /// Answers with so many times the same letter, after giving up its turn as often as is asked.
  private static func letters() throws -> RegisteredTool {
    try .test("letters") {
      (arguments: JSONObject, _: RequestContext) async throws(CallInterruption) in
      for _ in 0..<(arguments["yields"]?.integerValue ?? 0) { await Task.yield() }
      let letter = arguments["letter"]?.stringValue ?? "?"
      return .text(String(repeating: letter, count: Int(arguments["count"]?.integerValue ?? 0)))
    }
  }

  /// The text of each answer, by its id; fails when two answers have one id.
  private static func texts(_ lines: [String]) throws -> [Int64: String] {
    var texts: [Int64: String] = [:]
    for line in lines {
      let answer = try JSONParser().parse(line)
      let id = try #require(answer["id"]?.integerValue)
      let text = try #require(answer["result"]?["content"]?[0]?["text"]?.stringValue)
      #expect(texts.updateValue(text, forKey: id) == nil)
    }
    return texts
  }

  @Test(arguments: [3001, 50_000])
  func `big answers never interleave under a slow reader`(size: Int) async throws {
    let link = try RawLink()
    let fixture = try FixtureServer(only: Self.letters())
    let letters = Array("abcdefghijklmnop")
    try await serving(fixture, on: link, isReading: false) { link in
      async let reading: Void = link.readAll(size: size)
      let requests = letters.enumerated().map { index, letter in
        Self.call(
          index, "letters", #"{"letter":"\#(letter)","count":70000,"yields":\#(index % 5)}"#)
      }
      try await link.write(requests.joined())
      #expect(await link.lines.reaches { $0.count == letters.count })
      let texts = try Self.texts(link.lines.values)
      for (index, letter) in letters.enumerated() {
        #expect(texts[Int64(index)] == String(repeating: letter, count: 70_000))
      }
      link.closeInput()
      await reading
    }
  }

  @Test func `a thousand pipelined requests are all answered, each once`() async throws {
    let link = try RawLink()
    try await serving(FixtureServer(only: Self.letters()), on: link) { link in
      let requests = (0..<1000).map {
        Self.call($0, "letters", #"{"letter":"x","count":\#($0 % 99),"yields":\#($0 % 7)}"#)
      }
      try await link.write(requests.joined())
      #expect(await link.lines.reaches { $0.count == 1000 })
      let texts = try Self.texts(link.lines.values)
      #expect((0..<1000).allSatisfy { texts[Int64($0)]?.count == $0 % 99 })
    }
  }

  @Test func `more than may wait goes out to a client that reads`() async throws {
    var limits = DescriptorTransport.Limits()
    limits.outboundPause = 100_000
    let link = try RawLink(limits: limits)
    try await serving(FixtureServer(only: Self.letters()), on: link) { link in
      let requests = (0..<60).map {
        Self.call($0, "letters", #"{"letter":"x","count":30000}"#)
      }
      try await link.write(requests.joined())
      #expect(await link.lines.reaches { $0.count == 60 })
      #expect(try Self.texts(link.lines.values).values.allSatisfy { $0.count == 30_000 })
    }
  }

  @Test func `what waits for another thread is answered in silence`() async throws {
    let tool = try RegisteredTool.test("durable") {
      (_: JSONObject, _: RequestContext) async throws(CallInterruption) in
      await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume() }
      }
      return .text("durable")
    }
    let link = try RawLink()
    try await serving(FixtureServer(only: tool), on: link) { link in
      for id in 1...50 {
        try await link.write(Self.call(id, "durable"))
        // Nothing else is sent: the answer has to wake the thread by itself.
        #expect(await link.lines.reaches { $0.count == id })
      }
    }
  }

  @Test func `handlers run on the connection's thread, also after they waited`() async throws {
    let tool = try RegisteredTool.test("threads") {
      (_: JSONObject, _: RequestContext) async throws(CallInterruption) in
      let before = pthread_self()
      await Task.yield()
      try? await Task.sleep(for: .milliseconds(1))
      return .text(before == pthread_self() ? "same" : "other")
    }
    let link = try RawLink()
    try await serving(FixtureServer(only: tool), on: link) { link in
      try await link.write((0..<20).map { Self.call($0, "threads") }.joined())
      #expect(await link.lines.reaches { $0.count == 20 })
      #expect(try Self.texts(link.lines.values).values.allSatisfy { $0 == "same" })
    }
  }

  @Test func `a client that stops reading loses its connection`() async throws {
    var limits = DescriptorTransport.Limits()
    limits.writePatience = .milliseconds(50)
    limits.closePatience = .milliseconds(50)
    limits.endGrace = .milliseconds(50)
    let link = try RawLink(limits: limits)
    let fixture = try FixtureServer(only: Self.letters())
    let session = ServerSession(
      server: fixture.server, transport: link.transport, principal: .local)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      try? await link.write(Self.call(1, "letters", #"{"letter":"x","count":200000}"#))
      // Nothing is read and the input stays open: only the deadline can end the session.
      await group.waitForAll()
    }
    link.closeInput()
    link.closeOutput()
  }

  @Test func `a client that goes away ends the session`() async throws {
    let link = try RawLink()
    let fixture = try FixtureServer(only: Self.letters())
    let session = ServerSession(
      server: fixture.server, transport: link.transport, principal: .local)
    link.closeOutput()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      try? await link.write(Self.call(1, "letters", #"{"letter":"x","count":5}"#))
      await group.waitForAll()
    }
    link.closeInput()
  }

  /// A session whose client has more to read than may wait, reads nothing, and has more to say.
  private static func congested(
    _ body: (RawLink, ServerSession) async throws -> Void
  ) async throws {
    var limits = DescriptorTransport.Limits()
    limits.outboundPause = 100_000
    limits.writePatience = .seconds(3600)
    limits.closePatience = .milliseconds(1)
    limits.endGrace = .milliseconds(50)
    let link = try RawLink(limits: limits)
    let fixture = try FixtureServer(only: Self.letters())
    let session = ServerSession(
      server: fixture.server, transport: link.transport, principal: .local)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      try await link.write(
        (0..<10).map { Self.call($0, "letters", #"{"letter":"x","count":200000}"#) }.joined())
      // Blocked from now on: only what is held for a peer that takes nothing has a limit in time.
      while !link.transport.isDelivering, !link.transport.isPeerGone { await Task.yield() }
      try await body(link, session)
      // Only the deadline can end the session: nothing is read.
      try await group.waitForAll()
    }
    link.closeInput()
    link.closeOutput()
  }

  @Test func `the end of input is noticed while too much waits to be read`() async throws {
    try await Self.congested { link, _ in link.closeInput() }
  }

  @Test func `shutting down ends a session whose client does not read`() async throws {
    try await Self.congested { _, session in session.shutDown() }
  }

  @Test func `a client that starts to read late gets everything after the end of input`()
    async throws
  {
    var limits = DescriptorTransport.Limits()
    limits.outboundPause = 100_000
    // That nothing has been taken for long before the end does not count.
    limits.closePatience = .zero
    limits.endGrace = testPatience
    let link = try RawLink(limits: limits)
    try await serving(FixtureServer(only: Self.letters()), on: link, isReading: false) { link in
      let requests = (0..<60).map { Self.call($0, "letters", #"{"letter":"x","count":30000}"#) }
      try await link.write(requests.joined())
      link.closeInput()
      while !link.transport.isDelivering, !link.transport.isPeerGone { await Task.yield() }
      await link.readAll(size: 5000)
      #expect(try Self.texts(link.lines.values).count == 60)
    }
  }

  @Test func `a client that goes on reading gets everything after the end of input`()
    async throws
  {
    var limits = DescriptorTransport.Limits()
    limits.outboundPause = 100_000
    limits.endGrace = .zero
    limits.closePatience = testPatience
    let link = try RawLink(limits: limits)
    try await serving(FixtureServer(only: Self.letters()), on: link, isReading: false) { link in
      let requests = (0..<60).map { Self.call($0, "letters", #"{"letter":"x","count":30000}"#) }
      try await link.write(requests.joined())
      link.closeInput()
      await link.readAll(size: 5000)
      #expect(try Self.texts(link.lines.values).count == 60)
    }
  }

  @Test func `a handler that does not end holds no answer up`() async throws {
    let probe = Probe()
    var limits = FixtureServer.limits
    limits.drain = .milliseconds(1)
    let link = try RawLink()
    let fixture = try FixtureServer(
      only: Self.letters(), ProbeTools.stubborn(probe), limits: limits)
    try await serving(fixture, on: link, isReading: false) { link in
      try await link.write(Self.call(1, "stubborn") + Self.call(2, "letters", #"{"count":1}"#))
      #expect(await probe["started"].arrives())
      link.closeInput()
      // Returns when the server has closed its end.
      await link.readAll()
      #expect(try Self.texts(link.lines.values).keys.sorted() == [2])
      probe["release"].set()
    }
  }
}

/// The transport alone.
@Suite(.timeLimit(.minutes(2))) struct BareDescriptorTests {
  @Test func `receiving stops at once, and what was sent still goes out`() async throws {
    let link = try RawLink()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await link.readAll() }
      async let frames = link.transport.receive()
      link.transport.stopReceiving()
      #expect(await frames == [])
      #expect(await link.transport.receive() == [])
      link.transport.send(Array("a".utf8))
      await link.transport.close()
      link.transport.send(Array("b".utf8))
      await link.transport.close()
      await group.waitForAll()
    }
    #expect(link.lines.values == ["a"])
    #expect(await link.transport.receive() == [])
    link.closeInput()
    link.closeOutput()
  }

  @Test func `closing closes both descriptors`() async throws {
    let up = try OSPipe()
    let down = try OSPipe()
    let transport = try DescriptorTransport(input: up.reader, output: down.writer)
    await transport.close()
    var byte: UInt8 = 0
    #expect(read(down.reader, &byte, 1) == 0, "the end of what the server writes")
    // The thread closes its descriptors behind the continuation that `close` waits for.
    var code = write(up.writer, &byte, 1)
    while code == 1 {
      await Task.yield()
      code = write(up.writer, &byte, 1)
    }
    #expect(code == -1 && errno == EPIPE)
    close(up.writer)
    close(down.reader)
  }

  @Test func `a descriptor that others share stays blocking`() async throws {
    let up = try OSPipe()
    let down = try OSPipe()
    let shared = dup(down.writer)
    let transport = try DescriptorTransport(input: up.reader, output: down.writer)
    transport.send([1])
    #expect(fcntl(shared, F_GETFL) & O_NONBLOCK == 0)
    #expect(fcntl(up.writer, F_GETFL) & O_NONBLOCK == 0)
    await transport.close()
    for end in [shared, up.writer, down.reader] { close(end) }
  }

  @Test func `sockets carry messages too`() async throws {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let first = try DescriptorTransport(input: ends[0], output: dup(ends[0]))
    let second = try DescriptorTransport(input: ends[1], output: dup(ends[1]))
    let big = [UInt8](repeating: 0x78, count: 1_000_000)
    first.send(big)
    var received: [Frame] = []
    while received.isEmpty { received = await second.receive() }
    #expect(received == [.message(big)])
    #expect(fcntl(ends[0], F_GETFL) & O_NONBLOCK == 0)
    await first.close()
    #expect(await second.receive() == [])
    await second.close()
  }

  @Test func `a file is read to its end`() async throws {
    let path = "/tmp/mcp-transport-test-\(getpid())-\(UInt64.random(in: 0 ... .max)).txt"
    let file = open(path, O_CREAT | O_RDWR, 0o600)
    try #require(file >= 0)
    unlink(path)
    let text = Array("one\ntwo\nthree".utf8)
    #expect(text.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == text.count)
    lseek(file, 0, SEEK_SET)
    let transport = try DescriptorTransport(input: file, output: try OSPipe.null(O_WRONLY))
    var frames: [Frame] = []
    while true {
      let more = await transport.receive()
      if more.isEmpty { break }
      frames += more
    }
    #expect(frames == ["one", "two", "three"].map { .message(Array($0.utf8)) })
    await transport.close()
  }

  @Test func `many connections come and go at once`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          let link = try RawLink()
          async let reading: Void = link.readAll(size: 100)
          for _ in 0..<20 { link.transport.send(Array("\(number)".utf8)) }
          async let closing: Void = link.transport.close()
          link.transport.send(Array("\(number)".utf8))
          await closing
          await reading
          #expect(link.lines.values.allSatisfy { $0 == "\(number)" })
          #expect(link.lines.values.count >= 20)
          link.closeInput()
          link.closeOutput()
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `one long message is no sign that the peer is gone`() async throws {
    let up = try OSPipe()
    let down = try OSPipe()
    var limits = DescriptorTransport.Limits()
    // However long the reader's thread is in coming.
    limits.endGrace = testPatience
    let transport = try DescriptorTransport(input: up.reader, output: down.writer, limits: limits)
    let message = [UInt8](repeating: 0x78, count: 70 << 20)
    async let total = Self.count(down.reader)
    transport.send(message)
    transport.send([0x79])
    #expect(!transport.isPeerGone)
    await transport.close()
    #expect(await total == message.count + 3)
    close(up.writer)
    close(down.reader)
  }

  /// Reads to the end on a thread of its own.
  private static func count(_ reader: Int32) async -> Int {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: bytes(reader).count) }
    }
  }

  private static func bytes(_ reader: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(reader, &chunk, chunk.count)
      guard count > 0 else { return all }
      all += chunk[..<count]
    }
  }

  @Test(arguments: [100_000, 300_000, 900_000])
  func `a peer that reads nothing finds no half message in the end`(size: Int) async throws {
    var limits = DescriptorTransport.Limits()
    limits.endGrace = .milliseconds(20)
    limits.closePatience = .milliseconds(1)
    let up = try OSPipe()
    let down = try OSPipe()
    let transport = try DescriptorTransport(input: up.reader, output: down.writer, limits: limits)
    let message = [UInt8](repeating: 0x78, count: size)
    for _ in 0..<3 { transport.send(message) }
    await transport.close()
    let found = Self.bytes(down.reader)
    #expect(found.count == size + 1)
    #expect(found.last == 0x0A)
    close(up.writer)
    close(down.reader)
  }

  @Test func `a peer that is gone is known to be`() async throws {
    let up = try OSPipe()
    let down = try OSPipe()
    let transport = try DescriptorTransport(input: up.reader, output: down.writer)
    #expect(!transport.isPeerGone)
    close(down.reader)
    transport.send([1])
    #expect(await transport.receive() == [])
    #expect(transport.isPeerGone)
    await transport.close()
    close(up.writer)
  }
}
