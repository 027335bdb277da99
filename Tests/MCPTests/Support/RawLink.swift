import ConformanceFixture
import Dispatch
import Glibc
import JSONRPC
import MCP

/// A connection over two pipes whose client end is bare bytes: what is written goes out as it is, in
/// the chunks it is written in, and what is read is cut into lines here.
final class RawLink: Sendable {
  let transport: DescriptorTransport
  /// The lines the server has written, as far as they have been read.
  let lines = Recorder<String>()
  private let reader: Int32
  private let writer: Int32
  private let reading = DispatchQueue(label: "test reader")
  private let writing = DispatchQueue(label: "test writer")
  private let isInputClosed = Locked(false)

  init(limits: DescriptorTransport.Limits = .init()) throws {
    let up = try OSPipe()
    let down = try OSPipe()
    transport = try DescriptorTransport(input: up.reader, output: down.writer, limits: limits)
    reader = down.reader
    writer = up.writer
  }

  func write(_ text: String) async throws { try await write(Array(text.utf8)) }

  /// Writes bytes, on a thread that may wait.
  func write(_ bytes: [UInt8]) async throws {
    let code = await withCheckedContinuation { continuation in
      writing.async { [writer] in continuation.resume(returning: Self.write(bytes, to: writer)) }
    }
    guard code == 0 else { throw OSPipe.Failure(code: code) }
  }

  private static func write(_ bytes: [UInt8], to writer: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(writer, $0.baseAddress, $0.count) }
      if count <= 0 { return errno }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  func closeInput() {
    let isFirst = isInputClosed.withLock { (isClosed: inout Bool) -> Bool in
      defer { isClosed = true }
      return !isClosed
    }
    if isFirst { close(writer) }
  }

  /// Reads until the server closes its end, on a thread that may wait.
  /// - Parameter size: how many bytes at a time; few make a slow reader.
  func readAll(size: Int = 65536) async {
    await withCheckedContinuation { continuation in
      reading.async { [reader, lines] in
        Self.read(reader, size, into: lines)
        continuation.resume()
      }
    }
  }

  private static func read(_ reader: Int32, _ size: Int, into lines: Recorder<String>) {
    var splitter = LineSplitter(limit: 64 << 20)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(reader, buffer.baseAddress, size)
      guard count > 0 else { return }
      splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { line in
        if case .complete(let bytes) = line { lines.append(String(decoding: bytes, as: UTF8.self)) }
      }
    }
  }

  func closeOutput() { close(reader) }
}

/// Serves a fixture on a raw connection; the session ends with the test at the latest.
func serving(
  _ fixture: FixtureServer, on link: RawLink, isReading: Bool = true,
  _ body: @escaping @Sendable (RawLink) async throws -> Void
) async throws {
  let session = ServerSession(
    server: fixture.server, transport: link.transport, principal: .local)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await session.run() }
    if isReading { group.addTask { await link.readAll() } }
    defer { link.closeInput() }
    try await body(link)
    link.closeInput()
    try await group.waitForAll()
  }
  link.closeOutput()
}

/// A generator whose numbers a seed decides (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
