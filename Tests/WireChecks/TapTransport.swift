import JSONRPC
package import MCP

/// Shows a log what passes through the client's end of a connection.
package final class TapTransport: Transport {
  private let inner: any Transport
  private let log: WireLog

  /// A transport that is the given one.
  package init(_ inner: any Transport, log: WireLog) {
    self.inner = inner
    self.log = log
  }

  package var executor: (any TaskExecutor)? { inner.executor }
  package var isPeerGone: Bool { inner.isPeerGone }

  package func receive() async -> [Frame] {
    let frames = await inner.receive()
    for case .message(let bytes) in frames {
      if let json = try? JSONParser(maximumBytes: .max).parse(bytes) { log.serverSends(json) }
    }
    return frames
  }

  package func send(_ message: [UInt8]) {
    if let json = try? JSONParser(maximumBytes: .max).parse(message) { log.clientSends(json) }
    inner.send(message)
  }

  package func stopReceiving() { inner.stopReceiving() }
  package func close() async { await inner.close() }
}
