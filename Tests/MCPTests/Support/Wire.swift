import ConformanceFixture
import Glibc
import JSONRPC
import MCP
import Testing

/// What a test's connection is made of.
enum Wire: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// Both ends in memory.
  case memory
  /// Two pipes of the operating system, the server on its own thread as on stdio.
  case pipes

  var testDescription: String { rawValue }
}

/// Both ends of a connection. The client's end is two halves, so that it can stop sending and still
/// read.
struct Link: Sendable {
  let server: any Transport
  let inbound: any Transport
  let outbound: any Transport

  init(_ wire: Wire, limits: DescriptorTransport.Limits = .init()) throws {
    switch wire {
    case .memory:
      let (client, server) = InMemoryTransport.pair(limit: limits.line)
      self.init(server: server, inbound: client, outbound: client)
    case .pipes:
      let up = try OSPipe()
      let down = try OSPipe()
      self.init(
        server: try DescriptorTransport(input: up.reader, output: down.writer, limits: limits),
        inbound: try DescriptorTransport(
          input: down.reader, output: try OSPipe.null(O_WRONLY), limits: Self.wide),
        outbound: try DescriptorTransport(
          input: try OSPipe.null(O_RDONLY), output: up.writer, limits: Self.wide))
    }
  }

  /// Both ends of a connection, the client's in one piece.
  static func duplex(_ wire: Wire) throws -> (client: any Transport, server: any Transport) {
    guard wire == .pipes else { return InMemoryTransport.pair() }
    let up = try OSPipe()
    let down = try OSPipe()
    return (
      try DescriptorTransport(input: down.reader, output: up.writer),
      try DescriptorTransport(input: up.reader, output: down.writer)
    )
  }

  private init(server: any Transport, inbound: any Transport, outbound: any Transport) {
    self.server = server
    self.inbound = inbound
    self.outbound = outbound
  }

  private static var wide: DescriptorTransport.Limits {
    var limits = DescriptorTransport.Limits()
    limits.line = 64 << 20
    limits.writePatience = testPatience
    return limits
  }
}

/// A pipe of the operating system.
struct OSPipe: Sendable {
  let reader: Int32
  let writer: Int32

  struct Failure: Error {
    let code: Int32
  }

  init() throws {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reader = ends[0]
    writer = ends[1]
  }

  static func null(_ mode: Int32) throws -> Int32 {
    let descriptor = open("/dev/null", mode | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(code: errno) }
    return descriptor
  }
}
